"""Which contacts of two codings are the same, and in what they differ; pure.

The ledger's own rule decides: what a contact's article tells, dates aside, is the same claim in both codings
(see `streams.ledger.identity.same_claim`). Contacts are paired one to one: those first that share such an
article, and of these the ones with the same id, the same date, the most such articles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schemas import Contact
from streams.ledger.identity import same_claim
from streams.ledger.traits import Traits, traits

JSON = Any
Contacts = Mapping[str, Contact]

_OF_HISTORY = {"contact_id", "revision", "change", "merged_into"}
_OF_CODER = {"report_id", "coder"}  # these differ with every coder, and tell nothing of the contact


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a contact, as served and as rebuilt."""

    field: str
    served: JSON
    rebuilt: JSON


def standing(contacts: Contacts) -> dict[str, Contact]:
    """Leave out what is retracted."""
    return {name: contact for name, contact in contacts.items() if contact.change != "retracted"}


def same(served: Contacts, rebuilt: Contacts) -> dict[str, str]:
    """Pair the contacts of one dyad: the rebuilt contact's id → the served one's."""
    shared = _shared(served, rebuilt)
    for name in served.keys() & rebuilt.keys():
        shared.setdefault((name, name), set())

    def best_first(pair: tuple[str, str]) -> tuple[object, ...]:
        one, other = pair
        alike = one == other, served[one].date == rebuilt[other].date, len(shared[pair])
        return (not shared[pair], *(-int(n) for n in alike), one, other)

    paired: dict[str, str] = {}
    taken: set[str] = set()
    for one, other in sorted(shared, key=best_first):
        if other not in paired and one not in taken:
            paired[other] = one
            taken.add(one)
    return paired


def _shared(served: Contacts, rebuilt: Contacts) -> dict[tuple[str, str], set[str]]:
    """Articles that make the same claim of both of a pair."""
    claims: dict[str, list[tuple[str, Traits]]] = defaultdict(list)
    for name, contact in served.items():
        for uri, claim in _claims(contact):
            claims[uri].append((name, claim))
    shared: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name, contact in rebuilt.items():
        for uri, claim in _claims(contact):
            for other, told in claims.get(uri, ()):
                if same_claim(told, claim):
                    shared[other, name].add(uri)
    return shared


def changes(served: Contact, rebuilt: Contact) -> list[Change]:
    """Tell in which fields two codings of one contact differ; reports by article, where both have it."""
    one, other = _fields(served), _fields(rebuilt)
    found = [Change(name, one[name], other[name]) for name in one if one[name] != other[name]]
    mine, theirs = _reports(served), _reports(rebuilt)
    if mine.keys() != theirs.keys():
        gone, added = sorted(mine.keys() - theirs.keys()), sorted(theirs.keys() - mine.keys())
        found.append(Change("articles", gone, added))
    differing: dict[str, Change] = {}
    for uri in sorted(mine.keys() & theirs.keys()):
        for name, value in mine[uri].items():
            if value != theirs[uri][name]:
                change = Change(f"reports.{name}", _only(value), _only(theirs[uri][name]))
                differing.setdefault(name, change)
    return found + list(differing.values())


def _only(values: list[JSON]) -> JSON:
    """Give the value itself where there is one."""
    return values[0] if len(values) == 1 else values


def articles(contact: Contact) -> set[str]:
    """Articles that tell of a contact, carriers of copies too."""
    return {uri for told in contact.reports for uri in (told.article_id, *told.carriers)}


def _claims(contact: Contact) -> Iterator[tuple[str, Traits]]:
    for told in contact.reports:
        article = {"uri": told.article_id, "published": told.published and str(told.published)}
        claim = traits("", {**article, "fingerprint": None}, told.report.model_dump(mode="json"), 0)
        for uri in (told.article_id, *told.carriers):
            yield uri, claim


def _fields(contact: Contact) -> dict[str, JSON]:
    return contact.model_dump(mode="json", exclude={*_OF_HISTORY, "reports"})


def _reports(contact: Contact) -> dict[str, dict[str, list[JSON]]]:
    """Fields of the reports by article, each a list: an article may tell a contact more than once."""
    found: dict[str, dict[str, list[JSON]]] = {}
    for told in contact.reports:
        fields = told.model_dump(mode="json", exclude={"article_id", "report"})
        fields |= told.report.model_dump(mode="json", exclude=_OF_CODER)
        of_article = found.setdefault(told.article_id, {name: [] for name in fields})
        for name, value in fields.items():
            of_article[name].append(value)
    return found
