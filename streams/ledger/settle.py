"""Reports in, contacts out: what one more record of `reports` changes in the ledger.

`settle` is a pure function of the record and the dyad's state. Its caller publishes the contacts, then writes
the changes in their order, then finishes the record. Why a crash at any point does no harm:

- Before the first change is written, a second delivery finds the same state and comes to the same contacts:
  they are published again, as the same bytes.
- The first change is the journal of all (see `streams.ledger.journal`), and everything was published before
  it: a second delivery writes what is missing and publishes nothing.
- After the last change, a second delivery finds the article's version known and does nothing.

Which reports make one contact depends on the set of reports alone (see `streams.ledger.identity`), and so
does every field of a contact. Its id and its revision depend on history by design: an id, once published,
stays with the contact when an earlier or better report turns up, and a revision counts up.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

from schemas import ArticleRef, ArticleReports, Contact, Report
from streams.ledger.book import JSON, Book, Entry, Place, Read, iso, short_hash
from streams.ledger.fields import Told, settled
from streams.ledger.identity import Link, rank
from streams.ledger.journal import journalled, unfinished
from streams.ledger.linking import changed_links, kept_link
from streams.ledger.naming import Named, name_trees
from streams.ledger.traits import Traits
from streams.ledger.versions import contacts_of, is_known, new_record, with_contacts


@dataclasses.dataclass(frozen=True, slots=True)
class Settled:
    """What follows from one record: contacts to publish, then changes to write, None deleting a key."""

    contacts: list[Contact]
    changes: dict[str, JSON]


def settle(read: Read, incoming: ArticleReports) -> Settled:
    """Settle one article's reports of a dyad; `read` gives the value of a state key, or None."""
    missing = unfinished(incoming.dyad, read)
    settled_ = _settle(lambda key: missing[key] if key in missing else read(key), incoming)
    return Settled(settled_.contacts, missing | settled_.changes)


def _settle(read: Read, incoming: ArticleReports) -> Settled:
    name = short_hash(incoming.article.uri)
    before, book = Book(incoming.dyad, read), Book(incoming.dyad, read)
    known = before.article(name)
    if is_known(known, incoming):
        return Settled([], {})
    old = before.traits(name)
    record = new_record(known, incoming)
    book.put_article(name, record)
    new = book.traits(name)
    changed = changed_links(book, name, old, new)
    touched = _touched(book, old, changed) | contacts_of(known)
    members, links = _members(book, touched, new, changed)
    trees = _trees(members, links)
    named = name_trees(book, trees, touched)
    contacts = [*_withdrawn(before, book, named), *_published(book, named)]
    _put_places(book, old, named, links)
    slots = {report.key: report.key.rpartition(".")[2] for report in new}
    contact_of = {slots[r.key]: c for c, tree in named.trees.items() for r in tree if r.key in slots}
    book.put_article(name, with_contacts(record, contact_of))
    book.article_last(name)
    return Settled(contacts, journalled(incoming.dyad, book.written, record["day"]))


def _touched(book: Book, old: Sequence[Traits], changed: Mapping[str, Link | None]) -> set[str]:
    """Contacts that the change may concern."""
    reports = [*old]
    for key, link in changed.items():
        report = book.trait(key)
        reports += [r for r in (report, link and link.to) if r]
    return {place.contact for report in reports if (place := book.place(report))}


def _members(
    book: Book, touched: set[str], new: Sequence[Traits], changed: Mapping[str, Link | None]
) -> tuple[dict[str, Traits], dict[str, Link | None]]:
    """Collect the reports of the touched contacts, and their links, which touch what they lead to."""
    members: dict[str, Traits] = {}
    links: dict[str, Link | None] = {}
    waiting = [*new, *(r for contact in sorted(touched) for r in _reports(book, contact))]
    while waiting:
        report = waiting.pop()
        if report.key in members:
            continue
        members[report.key] = report
        link = changed[report.key] if report.key in changed else kept_link(book, report)
        links[report.key] = link
        if link and link.to.key not in members:
            place = book.place(link.to)
            if place and place.contact not in touched:
                touched.add(place.contact)
                waiting += _reports(book, place.contact)
            waiting.append(link.to)
    return members, links


def _reports(book: Book, contact: str) -> list[Traits]:
    return [report for key in book.entry(contact).reports if (report := book.trait(key))]


def _trees(members: Mapping[str, Traits], links: Mapping[str, Link | None]) -> list[list[Traits]]:
    """Part reports by what hangs together, each tree from its root, in order of linking."""
    trees: dict[str, list[Traits]] = defaultdict(list)
    root: dict[str, str] = {}
    for report in sorted(members.values(), key=rank):
        link = links[report.key]
        root[report.key] = root[link.to.key] if link else report.key
        trees[root[report.key]].append(report)
    return list(trees.values())


def _withdrawn(before: Book, book: Book, named: Named) -> list[Contact]:
    """Retract contacts that have no report left, or have become one with an older one."""
    contacts = []
    for contact_id, merged_into in named.gone.items():
        entry = book.entry(contact_id)
        if entry.published is None:
            if entry.revision == 0:
                book.put_entry(contact_id, None)
            continue
        last = settled(contact_id, _told(before, entry.reports))
        contacts.append(
            last.model_copy(
                update={
                    "revision": entry.revision + 1,
                    "change": "retracted",
                    "merged_into": merged_into,
                    "reports": [],
                }
            )
        )
        withdrawn = dataclasses.replace(entry, revision=entry.revision + 1, published=None, reports=())
        book.put_entry(contact_id, withdrawn)
    return contacts


def _published(book: Book, named: Named) -> list[Contact]:
    """Publish contacts whose reports make something else of them than was published."""
    contacts = []
    for contact_id, tree in named.trees.items():
        entry = book.entry(contact_id)
        keys = tuple(sorted(report.key for report in tree))
        day = iso(max((d for r in tree for d in (r.anchor, r.day) if d), default=None))
        if contact_id in named.pending:
            book.put_entry(contact_id, Entry(reports=keys, day=day))
            continue
        told = _told(book, keys)
        contact = settled(contact_id, told)
        content = short_hash(contact.model_dump_json())
        if content != entry.published:
            versions = {t.article.uri: t.article.version for t in told}
            revision = max(entry.revision + 1, sum(versions.values()))
            change = "updated" if entry.published or revision > 1 else "reported"
            contacts.append(contact.model_copy(update={"revision": revision, "change": change}))
            entry = dataclasses.replace(entry, revision=revision, published=content)
        new = contact_id in named.new
        kept = dataclasses.replace(
            entry,
            reports=keys,
            founder=tree[0].key if new else entry.founder,
            absorbed=named.absorbed[contact_id],
            since=iso(tree[0].anchor) if new else entry.since,
            day=day,
        )
        book.put_entry(contact_id, kept)
    return contacts


def _told(book: Book, keys: Sequence[str]) -> list[Told]:
    found = [pair for key in keys if (pair := book.report(key))]
    return [Told(ArticleRef.model_validate(a), Report.model_validate(r)) for a, r in found]


def _put_places(book: Book, old: Sequence[Traits], named: Named, links: Mapping[str, Link | None]) -> None:
    for report in old:
        book.put_place(report, None)
    for contact_id, tree in named.trees.items():
        for report in tree:
            link = links[report.key]
            place = Place(contact_id, link.points, link.to.key) if link else Place(contact_id)
            book.put_place(report, place)


def expired(value: JSON, horizon: dt.date) -> bool:
    """Whether a state value may be deleted: all it tells of lies before the horizon."""
    day = value.get("day")
    return day is not None and day < horizon.isoformat()
