"""The first person, for whom it stands."""

from __future__ import annotations

import pytest

from streams.coder.meta import ArticleMeta
from streams.coder.records import Parties
from tests.coder.marked import found


def spoken(parties: Parties) -> list[str | None]:
    """Codes that the words of the first person stand for, in the order of the text."""
    return [parties.entities[m.entities[0]].code for m in parties.mentions if m.form == "speaker"]


@pytest.mark.parametrize(
    ("source", "text", "codes"),
    [
        ("Prime Minister of Fiji", "Next week I will travel to Tonga. Our ties are old.", ["FJI", "FJI"]),
        ("Ministry of Foreign Affairs of Chile", "We met the envoy of Peru in our capital.", ["CHL", "CHL"]),
        # a newspaper speaks for no state
        ("The Suva Times", "Next week I will travel to Tonga.", []),
        # an official's byline
        ("x", "Ana Lim, Foreign Minister of Chile\n\nI met the Peruvian President today.", ["CHL"]),
        # turns of a transcript; whoever asks is nobody's
        (
            "x",
            "Minister Ana Lim of Chile: I am.\n\nPresident Jose Paz of Peru: I am, too.\n\nQUESTION: May I?",
            ["CHL", "PER"],
        ),
    ],
)
def test_the_first_person_is_its_speaker(source: str, text: str, codes: list[str]) -> None:
    """Publisher, byline and label tell who speaks."""
    _, parties = found(text, ArticleMeta(source=source))
    assert spoken(parties) == codes


def test_us_in_capitals_is_a_state() -> None:
    """The abbreviation is no pronoun."""
    _, parties = found("The US said so.", ArticleMeta(source="Ministry of Foreign Affairs of Chile"))
    assert spoken(parties) == []
