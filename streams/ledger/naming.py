"""Which id a contact goes by: the one it was published under, else one made from its first report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from streams.ledger.book import Book, Entry, iso, short_hash
from streams.ledger.names import sound
from streams.ledger.traits import Traits

Tree = Sequence[Traits]


@dataclass(slots=True)
class Named:
    """Trees by contact id; ids that no tree goes by any more, with the id that took them over."""

    trees: dict[str, Tree] = field(default_factory=dict)
    pending: set[str] = field(default_factory=set)
    gone: dict[str, str | None] = field(default_factory=dict)


def name_trees(book: Book, trees: Sequence[Tree], touched: Iterable[str]) -> Named:
    """Name each tree.

    An id goes with most of its reports. Where several ids meet in one tree, the contact published first keeps
    its own. Reports that only mention something as history make no contact: their tree waits under a
    name of its own, unpublished, until something tells of it.
    """
    named = Named()
    entries = {contact: book.entry(contact) for contact in sorted(touched)}
    homes = {contact: _home(entry, trees) for contact, entry in entries.items() if entry.published}
    for n, tree in enumerate(trees):
        claims = [contact for contact, home in homes.items() if home == n]
        if all(report.background for report in tree):
            contact = f"p-{tree[0].key}"
            named.pending.add(contact)
        elif claims:
            contact = min(claims, key=lambda c: (entries[c].since or "", c))
        else:
            contact = next(c for c in _new_ids(book.dyad, tree) if _is_free(book, c, tree, named, homes))
        named.trees[contact] = tree
    for contact in entries:
        if contact not in named.trees:
            home = homes.get(contact)
            named.gone[contact] = None if home is None else _published_name(named, trees[home])
    return named


def _published_name(named: Named, tree: Tree) -> str | None:
    return next((c for c, t in named.trees.items() if t is tree and c not in named.pending), None)


def _home(entry: Entry, trees: Sequence[Tree]) -> int | None:
    """Find the tree that holds most of a contact's reports, the first among equals."""
    held = Counter(n for n, tree in enumerate(trees) for report in tree if report.key in entry.reports)
    return min(held, key=lambda n: (-held[n], n), default=None)


def _new_ids(dyad: str, tree: Tree) -> Iterator[str]:
    """Make ids from what copies of the first report share: dyad, kind, day and names.

    The first is taken where those people were in contact twice that day; the others depend on the article.
    """
    root = tree[0]
    kind = root.kind if root.kind in ("visit", "message") else "talk"
    people = ["".join(sound(part) for part in side.name) for side in (root.first, root.second)]
    told = "|".join((dyad, kind, iso(root.anchor if root.day is None else root.day) or "", *people))
    yield "c-" + short_hash(told)
    for n in count():
        yield "c-" + short_hash(f"{told}|{root.article}|{root.order}|{n}")


def _is_free(book: Book, contact: str, tree: Tree, named: Named, homes: Mapping[str, int | None]) -> bool:
    """Whether an id is nobody's: never published, retracted, or left by all its reports.

    It is also free where a delivery of this record that a crash cut short made it for this very tree.
    """
    if contact in named.trees:
        return False
    entry = book.entry(contact)
    if entry.published is None:
        return True
    if contact in homes:
        return homes[contact] is None
    return any(report.key in entry.reports for report in tree)
