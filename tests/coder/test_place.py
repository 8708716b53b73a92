from schemas.base import Kind
from streams.coder.place import Where, place
from streams.coder.records import Entity, Mention, Parties
from streams.coder.telling import telling
from tests.coder.contents import claim, read, stretch


def where(text: str, evidence: str, city: str, kind: Kind) -> Where | None:
    doc = read(text)
    at = stretch(doc, city)
    entities = (
        Entity(0, "person", "CHL", "Ana Lima", None),
        Entity(1, "person", "NOR", "Amund", None),
        Entity(2, "state", "CHE", None, None),
    )
    known = Parties(entities, (Mention(at[0], at[1], at[1] - 1, "capital", (2,)),))
    made = claim(doc, evidence, known, kind=kind)
    return place(doc, telling(doc, made), made, known)


def test_a_meeting_is_in_the_place_told() -> None:
    """The place follows a preposition of place."""
    found = where("Lima met Amund in Bern on Monday.", "Lima met Amund", "Bern", "meeting")
    assert found is not None
    assert (found.name, found.country) == ("Bern", "CHE")


def test_a_visit_leads_to_its_place() -> None:
    """The destination of a trip is its place."""
    found = where("Lima travelled to Bern on Monday.", "Lima travelled", "Bern", "visit")
    assert found is not None
    assert found.name == "Bern"


def test_a_capital_that_stands_for_its_government_is_no_place() -> None:
    """Talk of a capital says nothing about where."""
    assert where("Lima met Amund and talked of Bern.", "Lima met Amund", "Bern", "meeting") is None


def test_a_call_has_no_place() -> None:
    """Only encounters take place somewhere."""
    assert where("Lima rang Amund in Bern.", "Lima rang Amund", "Bern", "call") is None
