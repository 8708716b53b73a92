"""Which reports make one contact, what the contact says, and what becomes of it."""

from __future__ import annotations

import datetime as dt

import pytest

from schemas import Report
from streams.ledger import expired, fingerprint
from streams.ledger.copies import near, unpacked
from tests.told import TAMIM, TOKAYEV, Ledger, article, ledger, report, told_by

PRESIDENTS = {"a_role": "President", "b_role": "Emir of Qatar"}
MINISTERS = {"a": "Murat Nurtleu", "b": "Mohammed Al Thani", "a_role": "foreign minister"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(report("call"), report("conversation"), id="a conversation may be the call"),
        pytest.param(report(a="Tokayev"), report(a="Kassym-Jomart Tokayev"), id="a surname"),
        pytest.param(report(a="Qasym-Zhomart Toqayev"), report(), id="another transliteration"),
        pytest.param(
            report(a=None, a_role="Kazakh President"), report(**PRESIDENTS), id="an office for a name"
        ),
        pytest.param(report(date="2026-03-02"), report(), id="a date and none"),
        pytest.param(
            report("meeting", "planned", date="2026-03-03"),
            report("meeting"),
            id="a plan and what came of it",
        ),
        pytest.param(
            report("visit", date="2026-03-01"), report("visit", date="2026-03-03"), id="a visit's first days"
        ),
        pytest.param(
            report("meeting", date="2026-03-01", date_precision="month"),
            report("meeting"),
            id="a month and no date",
        ),
        pytest.param(report("visit", b=None), report("visit", b="Somebody Else"), id="whoever a visitor saw"),
    ],
)
def test_one_contact(one: Report, other: Report) -> None:
    """Two reports of two outlets are one contact with both."""
    (contact,) = ledger([article("x/1", one), article("y/1", other)]).contacts
    assert told_by(contact) == ["x/1", "y/1"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(report(date="2026-03-01"), report(date="2026-03-02"), id="two calls on two days"),
        pytest.param(report(), report(**MINISTERS), id="the leaders' call, the ministers' call"),
        pytest.param(
            report(a=None, b=None, a_role="President"),
            report(a=None, b=None, a_role="foreign minister"),
            id="the same, by office alone",
        ),
        pytest.param(report("visit"), report("meeting"), id="a visit and the talks during it"),
        pytest.param(report("call"), report("message"), id="a call and a message"),
        pytest.param(
            report("visit", direction="directed"),
            report("visit", a=TAMIM, b=TOKAYEV, a_code="QAT", b_code="KAZ", direction="directed"),
            id="a visit and its return",
        ),
        pytest.param(
            report("meeting", "proposed", None, None, date=None),
            report("meeting", "refused", None, None, date=None),
            id="wishes of nobody in particular",
        ),
    ],
)
def test_two_contacts(one: Report, other: Report) -> None:
    """Two reports of two outlets stay two contacts."""
    assert len(ledger([article("x/1", one), article("y/1", other)]).contacts) == 2


def test_one_article_tells_a_contact_once() -> None:
    """What one article tells as two stays two, and another article's two are matched with them."""
    morning, evening = report("meeting", date="2026-03-02"), report("meeting", "planned", date="2026-03-04")
    contacts = ledger([article("x/1", morning, evening), article("y/1", evening, morning)]).contacts
    assert [told_by(c) for c in contacts] == [["x/1", "y/1"]] * 2


def test_a_report_that_tells_little_does_not_pull_two_contacts_into_one() -> None:
    """That officials met may be the leaders' meeting or the ministers', but does not make these one."""
    records = [
        article("x/1", report("meeting", date="2026-03-02")),
        article("y/1", report("meeting", date="2026-03-02", **MINISTERS)),
        article("z/1", report("meeting", a=None, b=None, date="2026-03-02")),
    ]
    assert [len(c.reports) for c in ledger(records).contacts] in ([1, 2], [2, 1])


def test_modality_moves_forward() -> None:
    """Planned, then held: the same contact, updated. Planned, then called off: likewise."""
    plan = article("x/1", report("visit", "planned", date="2026-03-05"))
    for what in ("held", "refused"):
        book = ledger([plan])
        (updated,) = book.tell(
            article("y/1", report("visit", what, date="2026-03-05"), published="2026-03-05")
        )
        assert (updated.change, updated.revision, updated.modality) == ("updated", 2, what)
        assert updated.contact_id == book.published[0].contact_id
    late = ledger([article("y/1", report("visit", date="2026-03-05"), published="2026-03-05"), plan])
    assert [c.modality for c in late.contacts] == ["held"]


def test_history_links_to_the_contact_and_makes_none() -> None:
    """A mention of an old meeting says nothing new; where the meeting is known it joins its reports."""
    mention = article("z/1", report("meeting", "background"), published="2026-05-01")
    book = ledger([mention])
    assert book.published == []
    book.tell(article("x/1", report("meeting", date="2026-03-02")))
    (contact,) = book.contacts
    assert told_by(contact) == ["x/1", "z/1"]
    assert contact.modality == "held"
    book.tell(article("x/1", version=2))
    assert book.contacts == []


def test_a_story_its_correction_its_withdrawal_and_its_return() -> None:
    """One id through all of it: reported, updated, retracted, told again."""
    book = Ledger()
    book.tell(article("x/1", report(date="2026-03-01")))
    book.tell(article("x/1", report(date="2026-02-28"), version=2))
    book.tell(article("x/1", version=3))
    book.tell(article("x/1", report(date="2026-02-28"), version=4))
    assert len({c.contact_id for c in book.published}) == 1
    assert [(c.revision, c.change, str(c.date)) for c in book.published] == [
        (1, "reported", "2026-03-01"),
        (2, "updated", "2026-02-28"),
        (3, "retracted", "2026-02-28"),
        (4, "updated", "2026-02-28"),
    ]
    assert book.published[2].reports == []


def test_a_withdrawn_report_leaves_the_others() -> None:
    """The contact is told by who still tells it."""
    book = ledger([article("x/1", report()), article("y/1", report())])
    (updated,) = book.tell(article("x/1", version=2))
    assert told_by(updated) == ["y/1"]


def test_two_contacts_that_turn_out_to_be_one() -> None:
    """The older id stays; the other is retracted and says which; both come back where they part again."""
    first = article("x/1", report("meeting", date=None), published="2026-03-01")
    other = article("y/1", report("meeting", date="2026-03-06"), published="2026-03-05")
    between = article("z/1", report("meeting", date=None), published="2026-03-04")
    book = ledger([article("x/1", report("meeting"), published="2026-02-20"), other])
    kept = {c.contact_id for c in book.contacts}
    bridge = article("x/1", report("meeting", date="2026-03-06"), published="2026-02-20", version=2)
    changed = book.tell(bridge)
    (standing,) = book.contacts
    gone = next(c for c in changed if c.change == "retracted")
    assert (gone.merged_into, {gone.contact_id, standing.contact_id}) == (standing.contact_id, kept)
    book.tell(article("x/1", report("meeting"), published="2026-02-20", version=3))
    assert {c.contact_id for c in book.contacts} == kept
    assert len(ledger([first, between]).contacts) == 1


def test_the_same_record_again_changes_nothing() -> None:
    """Neither the state nor what is published."""
    book = ledger([article("x/1", report())])
    before = dict(book.state)
    assert book.tell(article("x/1", report())) == []
    assert book.state == before


DISPATCH = (
    "ASTANA, March 2. The presidents of the two countries spoke by telephone on Monday and discussed trade, "
    "transit and the situation in the region, the press service said. They agreed to stay in touch, and to "
    "meet before the end of the spring. The conversation took place at the initiative of the Qatari side."
)
EDITED = DISPATCH.replace("ASTANA, March 2. ", "(Agency) ").replace("on Monday ", "") + " Follow us for more."
OTHER = (
    "Doha announced a new programme of investment in ports and railways, with credit lines for builders. "
    "Analysts in the capital called the sum modest, and said that much depends on the price of gas next year."
)


def test_copies_are_one_report_with_several_carriers() -> None:
    """A dispatch in three papers, edited, has one voice."""
    records = [
        article("wire/1", report(date="2026-03-02"), text=DISPATCH, published="2026-03-02T08:00:00Z"),
        article("paper/1", report(date="2026-03-02"), text=EDITED, published="2026-03-02T09:00:00Z"),
        article("paper/2", report("conversation", date="2026-03-02"), text=OTHER),
    ]
    (contact,) = ledger(records).contacts
    carriers = {r.article_id: r.carriers for r in contact.reports}
    assert carriers == {"wire/1": ["paper/1"], "paper/2": []}


def test_fingerprints() -> None:
    """Near for edited copies, not for other stories; short texts have none."""
    dispatch, edited, other = (unpacked(fingerprint(text)) for text in (DISPATCH, EDITED, OTHER))
    assert near(dispatch, edited)
    assert not near(dispatch, other)
    assert fingerprint("They spoke.") == ""
    assert not near(unpacked(""), unpacked(""))
    assert len(fingerprint(DISPATCH)) == 256


def test_each_field_is_settled_from_its_reports_and_conflicts_stay_visible() -> None:
    """Fullest name, majority kind, furthest modality, earliest date of equals; the rest is kept as told."""
    records = [
        article("a/1", report("conversation", a="Tokayev", date="2026-03-01"), published="2026-03-01"),
        article("b/1", report(date="2026-03-01", place={"name": "Doha", "country": "QAT"})),
        article("c/1", report("call", a=None, topics=["energy"]), published="2026-03-03"),
        article(
            "d/1", report("call", "refused", date="2026-03-01", topics=["conflict"]), published="2026-03-04"
        ),
    ]
    (contact,) = ledger(records).contacts
    assert (contact.kind, contact.a.name, str(contact.date)) == ("call", TOKAYEV, "2026-03-01")
    assert (contact.event_time_basis, contact.topics) == ("contact", ["conflict", "energy"])
    assert contact.modality == "refused"
    assert contact.conflicts == {"modality": ["held"]}


def test_without_any_time_the_event_time_is_unknown() -> None:
    """Never "now"; the first publication where only that is known."""
    (unknown,) = ledger([article("x/1", report(), published=None)]).contacts
    assert (unknown.event_time, unknown.event_time_basis) == (None, "unknown")
    (known,) = ledger([article("x/1", report(), published="2026-03-02T09:30:00+05:00")]).contacts
    assert (known.event_time and known.event_time.isoformat()) == "2026-03-02T04:30:00+00:00"
    assert known.event_time_basis == "published"


def test_what_has_expired_is_forgotten_and_does_no_harm() -> None:
    """Values of before the horizon go; what is told afterwards is settled as though they had never been."""
    book = ledger([article("x/1", report()), article("y/1", report(), published="2026-04-20")])
    old = [key for key, value in book.state.items() if expired(value, dt.date(2026, 4, 1))]
    assert len(old) == 3
    book.write(dict.fromkeys(old))
    assert book.tell(article("y/1", report(), published="2026-04-20")) == []
    book.tell(article("z/1", report(), published="2026-04-21"))
    assert [told_by(c) for c in book.contacts if c.revision > 1] == [["y/1", "z/1"]]
