"""What holds for the ledger whatever it is told, and in whatever order."""

from __future__ import annotations

import random
from collections import defaultdict
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import ArticleReports, Contact, Report
from streams.ledger import settle
from streams.ledger.identity import best_links, links, rank
from streams.ledger.traits import Traits, traits
from tests.told import Ledger, article, ledger, partition, report

PROPERTY = settings(max_examples=40, deadline=None)

CHANCE = st.integers(0, 10**6).map(random.Random)
KINDS = ("call", "message", "meeting", "visit", "conversation")
MODALITIES = ("held", "planned", "proposed", "refused", "background")
PEOPLE = ((None, None), ("Aigerim Bekova", "President"), ("Bekova", None), (None, "foreign minister"))
OTHERS = (
    (None, None),
    ("Hassan Al Mannai", "Emir"),
    (None, "Emir"),
    ("Jassim Al Kuwari", "foreign minister"),
)
DAYS = (None, "2026-03-01", "2026-03-02", "2026-03-04")
PUBLISHED = (None, "2026-03-01", "2026-03-02T10:00:00+05:00", "2026-03-03", "2026-03-20")


@st.composite
def reports(draw: st.DrawFn) -> Report:
    (a, a_role), (b, b_role) = draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(OTHERS))
    return report(
        draw(st.sampled_from(KINDS)),
        draw(st.sampled_from(MODALITIES)),
        a,
        b,
        a_role=a_role,
        b_role=b_role,
        date=draw(st.sampled_from(DAYS)),
        direction=draw(st.sampled_from(("mutual", "directed"))),
    )


@st.composite
def stories(draw: st.DrawFn, most_versions: int = 1) -> list[ArticleReports]:
    """Draw some articles, each in some versions, the later ones later in the list."""
    told = []
    for n in range(draw(st.integers(1, 7))):
        published = draw(st.sampled_from(PUBLISHED))
        for version in range(1, draw(st.integers(1, most_versions)) + 1):
            claims = draw(st.lists(reports(), max_size=3))
            told.append(article(f"outlet/{n}", *claims, published=published, version=version))
    return told


@PROPERTY
@given(stories(), CHANCE)
def test_neither_order_nor_duplicates_matter(told: list[ArticleReports], chance: random.Random) -> None:
    """Any order, any number of times: the same reports together, the same contacts of them."""
    other = [record for record in told for _ in range(chance.randint(1, 3))]
    chance.shuffle(other)
    one, two = ledger(told), ledger(other)
    assert partition(one.state) == partition(two.state)
    assert one.values == two.values


@PROPERTY
@given(stories(most_versions=3), CHANCE)
def test_only_the_latest_versions_matter(told: list[ArticleReports], chance: random.Random) -> None:
    """Whatever earlier versions said, and whenever it arrives, is gone."""
    latest = {record.article.uri: record for record in told}
    shuffled = [*told, *told]
    chance.shuffle(shuffled)
    quiet = ledger(latest.values())
    assert ledger(told).values == quiet.values
    assert ledger(shuffled).values == quiet.values


@PROPERTY
@given(stories())
def test_what_hangs_together_is_what_linking_everything_at_once_gives(told: list[ArticleReports]) -> None:
    """The ledger changes links one by one, but comes to what the definition says."""
    by_article = {record.article.uri: _traits(record) for record in told}
    uris = sorted(by_article)
    pairs = [(x, y) for n, x in enumerate(uris) for y in uris[:n]]
    best = best_links(link for x, y in pairs for link in links(by_article[x], by_article[y]))
    root: dict[str, str] = {}
    groups: dict[str, set[str]] = defaultdict(set)
    for trait in sorted((t for ts in by_article.values() for t in ts), key=rank):
        root[trait.key] = root[best[trait.key].to.key] if trait.key in best else trait.key
        groups[root[trait.key]].add(trait.key)
    assert partition(ledger(told).state) == {frozenset(group) for group in groups.values()}


def _traits(record: ArticleReports) -> list[Traits]:
    ref = record.article.model_dump(mode="json")
    claims = [claim.model_dump(mode="json") for claim in record.reports]
    return [traits(f"{record.article.uri}#{n}", ref, claim, n) for n, claim in enumerate(claims)]


@PROPERTY
@given(stories(), stories())
def test_told_and_withdrawn_leaves_everything_as_it_was(
    told: list[ArticleReports], more: list[ArticleReports]
) -> None:
    """Also the ids: no contact changes its name for a story that turned out to be none."""
    book = ledger(told)
    before = {c.contact_id: _without_history(c) for c in book.contacts}
    added = [article(f"added/{r.article.uri}", *r.reports, published=r.article.published) for r in more]
    book.tell(*added)
    book.tell(*(article(r.article.uri, published=None, version=2) for r in added))
    assert sorted(book.values) == sorted(ledger(told).values)
    kept = {c.contact_id: _without_history(c) for c in book.contacts}
    assert {c: v for c, v in kept.items() if c in before} == {c: before[c] for c in kept if c in before}


@PROPERTY
@given(stories(most_versions=2), CHANCE)
def test_a_crash_at_any_point_leaves_no_trace(told: list[ArticleReports], chance: random.Random) -> None:
    """Delivered again after none, some or all of its changes were written, a record does what it would have.

    What it publishes twice is the same bytes; what was published before a change was written is not again.
    """
    quiet, crashing = Ledger(), Ledger()
    for record in told:
        quiet.tell(record)
        settled = settle(crashing.state.get, record)
        changes = [*settled.changes.items()]
        for written in range(len(changes) + 1):
            again = Ledger(state=dict(crashing.state))
            again.write(dict(changes[:written]))
            assert again.tell(record) == ([] if written else settled.contacts)
            assert again.state == quiet.state
        crashing.write(dict(changes[: chance.randint(0, len(changes))]))
        crashing.tell(record)
    assert crashing.state == quiet.state


@PROPERTY
@given(stories(most_versions=3))
def test_ids_and_revisions_of_what_is_published(told: list[ArticleReports]) -> None:
    """Revisions rise, each tells something new; every id stands or was retracted, none of them twice."""
    book = ledger(told)
    history: dict[str, list[Contact]] = defaultdict(list)
    for contact in book.published:
        history[contact.contact_id].append(contact)
    for revisions in history.values():
        numbers = [c.revision for c in revisions]
        assert numbers == sorted(set(numbers))
        assert revisions[0].change == ("reported" if revisions[0].revision == 1 else "updated")
        assert all(x.change != y.change for x, y in pairwise(revisions) if y.change == "retracted")
        assert all(_without_history(x) != _without_history(y) for x, y in pairwise(revisions))
    standing = {value["published"] and key.split("|")[2] for key, value in book.state.items() if "|c|" in key}
    assert {c.contact_id for c in book.contacts} == standing - {None}


@PROPERTY
@given(stories())
def test_no_article_tells_one_contact_of_history_alone(told: list[ArticleReports]) -> None:
    """Every contact that stands has a report that tells of it as news."""
    for contact in ledger(told).contacts:
        assert any(r.report.modality != "background" for r in contact.reports)


def _without_history(contact: Contact) -> str:
    return contact.model_dump_json(exclude={"revision", "change"})
