from streams.coder.holder import holder
from streams.coder.stances import candidates, rules, stances
from tests.coder.contents import claim, parties, read, told

TEXT = (
    "President Lima rang King Amund on Monday. Lima congratulated Amund on his jubilee. "
    "Amund thanked Chile for its support. The two leaders agreed to meet."
)
PEOPLE = (("CHL", "Ana Lima", "Lima|Chile"), ("NOR", "Amund", "Amund"))


def test_each_stance_is_given_to_its_holder() -> None:
    """Congratulations, thanks and agreement of one call, each by the side that expressed it."""
    doc = read(TEXT)
    known = parties(doc, *PEOPLE)
    made = claim(doc, "President Lima rang King Amund", known)
    found = stances(doc, told(doc, made), made, known)
    assert {("CHL", "congratulation"), ("NOR", "gratitude")} <= set(found)
    assert {("CHL", "agreement"), ("NOR", "agreement")} <= set(found)
    assert ("NOR", "congratulation") not in found


def test_thanks_are_by_the_other_side_than_the_one_thanked() -> None:
    """The object decides where the subject is open."""
    doc = read("President Lima rang King Amund. He thanked Chile warmly.")
    known = parties(doc, *PEOPLE)
    made = claim(doc, "President Lima rang King Amund", known)
    thanked = next(t.i for t in doc if t.text == "thanked")
    sentence = (thanked - 1, len(doc))
    assert holder(doc, sentence, (thanked, thanked + 1), made, known, directed=True).codes == ("NOR",)


def test_only_the_two_sides_hold_stances() -> None:
    """A third party's words are nobody's stance here."""
    doc = read("President Lima rang King Amund. Minister Paz of Peru condemned the call.")
    known = parties(doc, *PEOPLE)
    made = claim(doc, "President Lima rang King Amund", known)
    assert {e.code for e in candidates(doc, told(doc, made), made, known)} <= {"CHL", "NOR"}


def test_a_dry_readout_has_no_stance() -> None:
    """Nothing is read into a contact that is only asserted."""
    doc = read("President Lima rang King Amund. They discussed salmon.")
    known = parties(doc, *PEOPLE)
    made = claim(doc, "President Lima rang King Amund", known)
    assert stances(doc, told(doc, made), made, known) == []


def test_rules_are_named_once() -> None:
    """A rule's name identifies it in the learned weights."""
    names = [rule.name for rule in rules()]
    assert len(names) == len(set(names))
