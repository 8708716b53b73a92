"""Which id a contact goes by: the one it was published under, else one made from its first report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from streams.ledger.book import Book, Entry, iso, short_hash
from streams.ledger.names import sound
from streams.ledger.traits import Traits

Tree = Sequence[Traits]


@dataclass(slots=True)
class Named:
    """Trees by contact id, and what became of the ids that no tree goes by any more.

    `pending` are trees that only mention something as history: they are no contact, and wait under a name of
    their own, unpublished, until something tells of it. `new` ids were made just now. `absorbed` are, by
    contact id, other ids that its tree could be known by. `gone` tells of each id which contact took over its
    reports, if any.
    """

    trees: dict[str, Tree] = field(default_factory=dict)
    pending: set[str] = field(default_factory=set)
    new: set[str] = field(default_factory=set)
    absorbed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    gone: dict[str, str | None] = field(default_factory=dict)


def name_trees(book: Book, trees: Sequence[Tree], touched: Collection[str]) -> Named:
    """Name each tree.

    An id goes with the report that it was made from, its founder; where an older contact has taken that, with
    most of its other reports. So where contacts become one, the one published first keeps its id, and where
    they part again each has its own back. A retracted contact has its id back when its founder does.
    """
    known = {contact: book.entry(contact) for contact in sorted(touched)}
    known |= {other: book.entry(other) for entry in list(known.values()) for other in entry.absorbed}
    taken = _take_ids(known, trees)
    named = Named()
    for n, tree in enumerate(trees):
        if _is_history(tree):
            contact = f"p-{book.dyad}-{tree[0].key}"
            named.pending.add(contact)
        else:
            contact = taken.get(n) or _new_id(book, tree, {*known, *named.trees})
            if n not in taken:
                named.new.add(contact)
            named.absorbed[contact] = _others_of(tree, known, {contact, *taken.values()})
        named.trees[contact] = tree
    for contact, entry in known.items():
        if contact not in named.trees and contact in touched:
            named.gone[contact] = _heir(entry, named)
    return named


def _take_ids(known: Mapping[str, Entry], trees: Sequence[Tree]) -> dict[int, str]:
    """Give known ids to trees: those that are published first, the oldest first."""
    taken: dict[int, str] = {}
    order = sorted(
        (c for c in known if known[c].revision),
        key=lambda c: (known[c].published is None, known[c].since or "", c),
    )
    for contact in order:
        homes = _homes(known[contact], trees)
        home = next((n for n in homes if n not in taken and not _is_history(trees[n])), None)
        if home is not None:
            taken[home] = contact
    return taken


def _homes(entry: Entry, trees: Sequence[Tree]) -> list[int]:
    """Where a contact may live on: with its founder, else with most of its reports."""
    held = Counter(n for n, tree in enumerate(trees) for report in tree if report.key in entry.reports)
    founded = [n for n, tree in enumerate(trees) if any(report.key == entry.founder for report in tree)]
    return [*founded, *sorted(held, key=lambda n: (-held[n], n))]


def _others_of(tree: Tree, known: Mapping[str, Entry], named: set[str]) -> tuple[str, ...]:
    """Ids founded by other reports of the tree, to be had back when it parts."""
    keys = {report.key for report in tree}
    return tuple(sorted(c for c, entry in known.items() if c not in named and entry.founder in keys))


def _heir(entry: Entry, named: Named) -> str | None:
    standing = {c: tree for c, tree in named.trees.items() if c not in named.pending}
    homes = _homes(entry, list(standing.values()))
    return list(standing)[homes[0]] if homes else None


def _is_history(tree: Tree) -> bool:
    return all(report.background for report in tree)


def _new_id(book: Book, tree: Tree, used: set[str]) -> str:
    """Make an id that is nobody's."""
    for contact in _ids(book.dyad, tree[0]):
        if contact not in used and book.entry(contact).published is None:
            return contact
    raise AssertionError("there is no end of ids")


def _ids(dyad: str, root: Traits) -> Iterator[str]:
    """Make ids from what copies of one report share: dyad, kind, day and names.

    The first is taken where those people were in contact twice that day; the others depend on the article.
    """
    kind = root.kind if root.kind in ("visit", "message") else "talk"
    people = ["".join(sound(part) for part in side.name) for side in (root.first, root.second)]
    told = "|".join((dyad, kind, iso(root.anchor if root.day is None else root.day) or "", *people))
    yield "c-" + short_hash(told)
    for n in count():
        yield "c-" + short_hash(f"{told}|{root.article}|{root.order}|{n}")
