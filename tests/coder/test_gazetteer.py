from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.codes import is_code
from streams.coder.gazetteer import fold, gazetteer, state_codes

NAMES = [
    ("He flew to the United Arab Emirates.", [("United Arab Emirates", "ARE", "state")]),
    ("The U.S. and the UK spoke.", [("U.S.", "USA", "state"), ("UK", "GBR", "state")]),
    ("N. Korea's envoy left.", [("N. Korea", "PRK", "state")]),
    ("An Emirati and a Kyrgyz left.", [("Emirati", "ARE", "demonym"), ("Kyrgyz", "KGZ", "demonym")]),
    ("Two Kazakhs left.", [("Kazakhs", "KAZ", "people")]),
    ("They landed in Mumbai.", [("Mumbai", "IND", "city")]),
    ("Baku said no.", [("Baku", "AZE", "capital")]),
    ("The Élysée and the Akorda spoke.", [("Élysée", "FRA", "seat"), ("Akorda", "KAZ", "seat")]),
    (
        "UNHCR and the Arab League met.",
        [("UNHCR", "UN", "organisation"), ("Arab League", "LAS", "organisation")],
    ),
    (
        "The Soviet Union and Czechoslovakia.",
        [("Soviet Union", "SUN", "state"), ("Czechoslovakia", "CSK", "state")],
    ),
    ("PAPUA NEW GUINEA RINGS TUVALU", [("PAPUA NEW GUINEA", "PNG", "state"), ("TUVALU", "TUV", "state")]),
    ("Moscow’s answer", [("Moscow", "RUS", "capital")]),
    ("Georgian envoys left Georgia.", [("Georgian", "GEO", "demonym"), ("Georgia", "GEO", "state")]),
]


@pytest.mark.parametrize(("text", "names"), NAMES)
def test_names(text: str, names: list[tuple[str, str, str]]) -> None:
    """Names are found with their code and form, the longest first."""
    assert [(text[p.start : p.end], p.code, p.form) for p in gazetteer().find(text)] == names


@pytest.mark.parametrize(
    "text",
    [
        "He told us to can it, and may he rest.",
        "The Washington Post wrote it.",
        "They crossed the South China Sea and the Persian Gulf.",
        "Voters in Georgia, Ohio and Iowa.",
        "An Iran-backed group.",
        "He lives in New Mexico.",
        "The PA system failed.",
        "She ate turkey.",
    ],
)
def test_lookalikes(text: str) -> None:
    """Words that only look like states are left alone."""
    assert gazetteer().find(text) == []


def test_every_code_is_known_to_the_contracts() -> None:
    """No name may lead to a code that a report would refuse."""
    assert all(is_code(code) for code in state_codes())
    assert {"XKX", "PSE", "TWN", "VAT", "SUN", "YUG"} <= state_codes()


@settings(deadline=None)
@given(st.text(max_size=300))
def test_folding_keeps_every_position(text: str) -> None:
    """Folded and original text have the same length, so that positions agree."""
    assert len(fold(text)) == len(text)


@settings(deadline=None)
@given(st.text(max_size=120), st.sampled_from(["Qatar", "the European Union", "Tashkent"]))
def test_places_are_in_order_and_apart(text: str, name: str) -> None:
    """Names found never overlap."""
    places = gazetteer().find(f"{text} {name} {text}")
    assert all(a.end <= b.start for a, b in pairwise(places))
    assert any(name.endswith(f"{text} {name} {text}"[p.start : p.end]) for p in places)
