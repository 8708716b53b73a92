"""What becomes of contacts and state when a rebuild takes over."""

from __future__ import annotations

import datetime as dt
import io
import random
from collections.abc import Iterable, Sequence

from hypothesis import given, settings
from rich.console import Console

from schemas import ArticleReports, Contact
from streams.rebuild.difference import Difference
from streams.rebuild.matching import changes, same, standing
from streams.rebuild.planning import Planned, plan
from streams.rebuild.shelf import Row, Shelf
from streams.rebuild.state import adopted, counted, known_to, names_of, trimmed, with_trimmed
from streams.rebuild.view import difference_view
from tests.test_ledger_properties import CHANCE, stories
from tests.told import Ledger, article, ledger, report, value

PROPERTY = settings(max_examples=60, deadline=None)
KILLED = article("x/1", version=2)


def planned(served: Ledger, rebuilt: Ledger, published: Iterable[Contact] = ()) -> list[Planned]:
    """Plan; `published` is what a swap that was cut short has published already."""
    return plan(latest([*served.published, *published]), rebuilt.latest, is_told=lambda _: True)


def latest(contacts: Iterable[Contact]) -> dict[str, Contact]:
    return {c.contact_id: c for c in sorted(contacts, key=lambda c: c.revision)}


def to_publish(plans: Sequence[Planned]) -> list[Contact]:
    return [one.contact for one in plans if one.fate in {"changed", "added", "gone"}]


def taken_over(served: Ledger, rebuilt: Ledger) -> Ledger:
    """The ledger as it goes on after the swap."""
    plans = planned(served, rebuilt)
    state = adopted("KAZ-QAT", rebuilt.state, plans, served.latest)
    return Ledger(dict(state), [*served.published, *to_publish(plans)])


def fates(plans: Iterable[Planned]) -> list[str]:
    return [one.fate for one in plans]


def test_what_is_the_same_keeps_its_record() -> None:
    """Nothing but the coder's version differs: nobody has to hear of it."""
    before = ledger([article("x/1", report(coder="1")), article("x/2", report(coder="1"))])
    after = ledger([article("x/2", report(coder="2")), article("x/1", report(coder="2"))])
    (one,) = planned(before, after)
    assert (one.fate, one.contact) == ("equal", before.contacts[0])


def test_what_differs_is_the_next_revision_under_the_same_id() -> None:
    """The id follows the claim, whatever date and names another coding gives it."""
    before = ledger([article("x/1", report(date="2026-03-01"))])
    after = ledger([article("x/1", report(date="2026-02-28", topics=["energy"]))])
    (one,) = planned(before, after)
    assert one.fate == "changed"
    assert (one.contact.contact_id, one.contact.revision) == (before.contacts[0].contact_id, 2)
    assert one.contact.change == "updated"
    assert {change.field for change in one.changes} >= {"date", "topics", "reports.date"}


def test_two_contacts_of_one_article_are_told_apart() -> None:
    """The visit that is new does not take the place of the call that is gone."""
    before = ledger([article("x/1", report("call"))])
    after = ledger([article("x/1", report("visit"))])
    gone, added = sorted(planned(before, after), key=lambda one: one.fate, reverse=True)
    assert (gone.fate, gone.contact.change, gone.contact.revision) == ("gone", "retracted", 2)
    assert (added.fate, added.contact.change, added.contact.revision) == ("added", "reported", 1)
    assert gone.contact.merged_into == added.contact.contact_id
    assert gone.contact.contact_id != added.contact.contact_id


def test_a_day_tells_two_calls_of_one_article_apart() -> None:
    """All else is alike."""
    days = ("2026-03-01", "2026-03-02")
    before = ledger([article("x/1", *(report(date=day) for day in days))])
    after = ledger([article("x/1", *(report(date=day) for day in reversed(days)))])
    assert same(before.latest, after.latest) == {name: name for name in before.latest}
    assert fates(planned(before, after)) == ["equal", "equal"]


def test_what_was_retracted_comes_back_with_a_higher_revision() -> None:
    """Subscribers that saw the retraction would take revision 1 for old."""
    before = ledger([article("x/1", report()), KILLED])
    after = ledger([article("x/1", report())])
    (one,) = planned(before, after)
    assert (one.fate, one.contact.change, one.contact.revision) == ("added", "updated", 3)


def test_a_contact_whose_articles_are_gone_is_left_alone() -> None:
    """Retention has taken them: nobody can say that they do not tell of it."""
    before = ledger([article("x/1", report())])
    (one,) = plan(before.latest, {}, is_told=lambda contact: contact.reports[0].article_id != "x/1")
    assert (one.fate, one.contact) == ("kept", before.contacts[0])


def test_the_ledger_stands_in_for_articles_that_are_gone() -> None:
    """Their reports stay as they were coded, and merge with what is coded anew."""
    day = "2026-03-01"
    before = ledger([article("x/1", report(date=day)), article("x/2", report(date=day))])
    rebuilt = ledger([article("x/2", report(date=day, topics=["energy"]))])
    gone = trimmed("KAZ-QAT", before.state, names_of(["x/2"]))
    assert [record.article.uri for record in gone] == ["x/1"]
    state, contacts = with_trimmed(rebuilt.state, rebuilt.latest, gone)
    whole = ledger([article("x/1", report(date=day)), article("x/2", report(date=day, topics=["energy"]))])
    assert {value(c) for c in standing(contacts).values()} == set(whole.values)
    assert state.keys() == whole.state.keys()


def test_what_the_topic_has_lost_is_known_to_the_ledger() -> None:
    before = ledger([article("x/1", report()), article("x/2", report()), article("x/3", report("visit"))])
    known = list(known_to("KAZ-QAT", before.state))
    assert {(c.contact_id, c.revision, value(c)) for c in known} == {
        (c.contact_id, c.revision, value(c)) for c in before.contacts
    }


@PROPERTY
@given(stories(most_versions=2), stories(), CHANCE)
def test_the_rebuilt_contacts_stand_whatever_stood_before(
    told: list[ArticleReports], told_anew: list[ArticleReports], chance: random.Random
) -> None:
    """Subscribers come to them by rising revisions, each told once, wherever a swap is cut short."""
    before, after = ledger(told), ledger(told_anew)
    plans = planned(before, after)
    final = latest([*before.published, *to_publish(plans)])
    assert sorted(value_without_coder(c) for c in standing(final).values()) == sorted(
        value_without_coder(c) for c in after.contacts
    )
    for one in to_publish(plans):
        known = before.latest.get(one.contact_id)
        assert known is None or one.revision > known.revision
    part = to_publish(plans)
    part = chance.sample(part, chance.randint(0, len(part)))
    rest = to_publish(planned(before, after, part))
    names = [(c.contact_id, c.revision) for c in (*before.published, *part, *rest)]
    assert len(names) == len({*names})
    ended = latest([*before.published, *part, *rest])
    assert sorted(map(value, standing(ended).values())) == sorted(map(value, standing(final).values()))
    assert not to_publish(planned(before, after, [*part, *rest]))


@PROPERTY
@given(stories(), stories(), stories(most_versions=3))
def test_the_ledger_goes_on_from_what_was_taken_over(
    told: list[ArticleReports], told_anew: list[ArticleReports], more: list[ArticleReports]
) -> None:
    """It is as if it had heard the new coding only; what it publishes has revisions that nobody has seen."""
    going_on = taken_over(ledger(told), ledger(told_anew))
    later = [article(f"later/{n}", *r.reports, published=r.article.published) for n, r in enumerate(more)]
    going_on.tell(*later)
    assert sorted(map(value_without_coder, going_on.contacts)) == sorted(
        map(value_without_coder, ledger([*told_anew, *later]).contacts)
    )
    names = [(c.contact_id, c.revision) for c in going_on.published]
    assert len(names) == len({*names})


@PROPERTY
@given(stories(), stories())
def test_a_withdrawal_after_the_swap_retracts_everything(
    told: list[ArticleReports], told_anew: list[ArticleReports]
) -> None:
    """No subscriber is left with a contact that nothing stands behind."""
    going_on = taken_over(ledger(told), ledger(told_anew))
    going_on.tell(*(article(r.article.uri, version=9) for r in told_anew))
    assert going_on.contacts == []


def value_without_coder(contact: Contact) -> str:
    """What a contact says, but for what names of reports and versions of coders say of it."""
    reports = [
        r.model_copy(update={"report": r.report.model_copy(update={"coder": "", "report_id": ""})})
        for r in contact.reports
    ]
    return value(contact.model_copy(update={"reports": reports}))


def test_counting_anew_forgets_what_has_expired() -> None:
    """The hours that the workers have let go of do not come back."""
    told = [
        article(f"x/{day}", report(date=f"2026-03-{day}"), published=f"2026-03-{day}") for day in ("01", "20")
    ]
    contacts = ledger(told).contacts
    assert len([k for k in counted(contacts, "KAZ", None) if "T" in k]) == 2
    assert [k for k in counted(contacts, "KAZ", dt.date(2026, 3, 2)) if "T" in k] == ["KAZ|2026-03-20T00"]
    gone = contacts[0].model_copy(update={"revision": 2, "change": "retracted"})
    ((key, index),) = counted([gone], "KAZ", None).items()
    assert (key, index["revision"], index["day"]) == (f"KAZ|{gone.contact_id}", 2, "2026-03-01")


def test_the_shelf_gives_what_has_to_be_written() -> None:
    """By value: another spelling of the same JSON is no difference. The higher revision is kept."""
    shelf = Shelf()
    shelf.put("served", "rollups", [Row("a", b'{"x": 1}'), Row("b", b"2"), Row("c", b"3"), Row("d", b"4")])
    shelf.put("served", "rollups", [Row("d", None)])
    shelf.put("wanted", "rollups", [Row("a", b'{"x":1}'), Row("b", b"5", place=3), Row("e", b"6")])
    assert [(r.key, r.value, r.place) for r in shelf.differences("rollups")] == [
        ("b", b"5", 3),
        ("e", b"6", 0),
    ]
    assert [(r.key, r.value) for r in shelf.surplus("rollups")] == [("c", None)]
    shelf.put(
        "served", "contacts", [Row("c-1", b"2", "A-B", revision=2), Row("c-1", b"1", "A-B", revision=1)]
    )
    assert [r.value for r in shelf.rows("served", "contacts", "A-B")] == [b"2"]
    assert shelf.parts("contacts", "rollups") == ["", "A-B"]


def test_the_difference_is_shown_with_examples() -> None:
    """Field by field, and what is only on one side with its evidence."""
    before = ledger([article("x/1", report(date="2026-03-01")), article("x/2", report("visit"))])
    after = ledger([article("x/1", report(date="2026-03-02")), article("x/3", report("message"))])
    difference = Difference()
    difference.add_contacts(planned(before, after))
    difference.add_coders("rebuilt", after.contacts)
    difference.add_rollups("KAZ", hours(before), hours(after))
    assert (difference.contacts, difference.equal) == ({"changed": 1, "added": 1, "gone": 1}, False)
    console = Console(width=140, record=True, file=io.StringIO())
    console.print(difference_view(difference, "articles"))
    shown = console.export_text()
    for expected in ("something differs", "2026-03-01", "2026-03-02", "visit", "message", "test (2 reports)"):
        assert expected in shown, shown
    assert difference.to_json()["fields"]["date"] == 1


def hours(told: Ledger) -> dict[str, object]:
    return {k: v for k, v in counted(told.contacts, "KAZ", None).items() if "T" in k}


def test_no_field_differs_between_a_contact_and_itself() -> None:
    (one,) = ledger([article("x/1", report()), article("x/2", report())]).contacts
    assert changes(one, one) == []
