import pytest

from streams.coder.quotes import Quoted, quotes
from tests.coder.contents import claim, parties, read, told

START = "President Lima rang King Amund."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"We are friends of Norway," Lima said.', Quoted("We are friends of Norway,", "Ana Lima", "CHL")),
        ("“Salmon is our gold”, said Amund.", Quoted("Salmon is our gold", "Amund", "NOR")),
        ("Amund said: “Salmon is our gold.”", Quoted("Salmon is our gold.", "Amund", "NOR")),
    ],
)
def test_a_quotation_has_its_speaker_and_side(text: str, expected: Quoted) -> None:
    """Straight and curly marks, speaker before and after."""
    doc = read(f"{START} {text}")
    known = parties(doc, ("CHL", "Ana Lima", "Lima"), ("NOR", "Amund", "Amund"))
    made = claim(doc, "President Lima rang King Amund", known)
    assert quotes(doc, told(doc, made), made, known) == [expected]


def test_words_in_quotes_are_no_quotation() -> None:
    """Scare quotes of a word or two are left out."""
    doc = read(f'{START} It was a "warm" call.')
    known = parties(doc, ("CHL", "Ana Lima", "Lima"), ("NOR", "Amund", "Amund"))
    made = claim(doc, "President Lima rang King Amund", known)
    assert quotes(doc, told(doc, made), made, known) == []
