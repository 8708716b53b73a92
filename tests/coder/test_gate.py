from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from streams.coder.gate import Gate
from streams.coder.text import compose

GOLD = Path(os.environ.get("CONTACTWIRE_GOLD", Path(__file__).parents[3] / "shared" / "gold")) / "dev.jsonl"
MOST_LOST = 0.005


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("The foreign ministers of Peru and Chile met in Lima.", None),
        ("President Nurova congratulated the Emir of Qatar.", "Kabar, Kyrgyzstan"),
        ("TURKISH PRESIDENT TO VISIT JAPAN", None),
    ],
)
def test_articles_with_two_parties_and_a_cue_pass(text: str, source: str | None) -> None:
    """What may hold a contact is read."""
    assert Gate().admits(text, source).passes


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Rain fell in Peru on Monday.",
        "Shares of the firm rose.",
        "Peru is large. Chile is long. He met her.",
    ],
)
def test_other_articles_are_passed_by_with_a_reason(text: str) -> None:
    """What cannot hold one is not, and it says why."""
    admission = Gate().admits(text)
    assert not admission.passes
    assert admission.reason


@pytest.mark.skipif(
    not GOLD.exists(), reason="needs the annotated articles, which are not part of the project"
)
def test_few_articles_with_contacts_are_lost() -> None:
    """The gate costs under half a percent of the articles that tell of contacts."""
    rows = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    telling = [row for row in rows if row["contacts"]]
    lost = [r for r in telling if not Gate().admits(compose(r["title"], r["text"]).text, r["source"]).passes]
    assert len(lost) <= MOST_LOST * len(telling)
