"""What becomes of the contacts of one dyad when the rebuilt ones take the place of the served ones; pure.

A contact that is the same keeps its id, and its record too where nothing but the coder's version differs.
What differs is its next revision; what is not there any more is retracted; what is new comes under the id
that the rebuilt ledger gave it, unless that is another's. Planned again after a crash in the middle of
publishing, what was published counts as served, and nothing follows from it a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Literal

from schemas import Contact
from streams.ledger.book import short_hash
from streams.rebuild.matching import Change, Contacts, articles, changes, same, standing

Fate = Literal["equal", "changed", "added", "gone", "kept"]


@dataclass(frozen=True, slots=True)
class Planned:
    """One contact: as served, as it will be, and what it goes by in the rebuilt ledger.

    `kept` are contacts that cannot be told anew, since retention has taken their articles.
    """

    fate: Fate
    contact: Contact
    served: Contact | None = None
    rebuilt_id: str | None = None
    changes: tuple[Change, ...] = ()


def plan(served: Contacts, rebuilt: Contacts, *, is_told: Callable[[Contact], bool]) -> list[Planned]:
    """Plan all contacts of one dyad; `is_told` says whether any article of a contact is still there."""
    before, after = standing(served), standing(rebuilt)
    names = same(before, after)
    names |= _names_of_new(before, after, names)
    planned = [_renewed(names[name], contact, served) for name, contact in sorted(after.items())]
    left = {name: contact for name, contact in sorted(before.items()) if name not in names.values()}
    for contact in left.values():
        if is_told(contact):
            planned.append(Planned("gone", _retracted(contact, after, names), contact))
        else:
            planned.append(Planned("kept", contact, contact))
    return planned


def _renewed(name: str, rebuilt: Contact, served: Contacts) -> Planned:
    """Give a rebuilt contact its lasting id and its revision."""
    before = served.get(name)
    known = before.revision if before else 0
    contact = rebuilt.model_copy(update={"contact_id": name, "revision": max(known + 1, rebuilt.revision)})
    if before is None:
        return Planned("added", contact, None, rebuilt.contact_id)
    contact = contact.model_copy(update={"change": "updated"})
    if before.change == "retracted":
        return Planned("added", contact, None, rebuilt.contact_id)
    differing = tuple(changes(before, rebuilt))
    if not differing:
        return Planned("equal", before, before, rebuilt.contact_id)
    return Planned("changed", contact, before, rebuilt.contact_id, differing)


def _names_of_new(before: Contacts, after: Contacts, names: Mapping[str, str]) -> dict[str, str]:
    """Name the contacts that are new: as the ledger did, where that is no other contact's id."""
    used = {*before, *names.values()}
    given: dict[str, str] = {}
    for name in sorted(after.keys() - names.keys()):
        others = ("c-" + short_hash(f"{name}|{n}") for n in count())
        given[name] = name if name not in used else next(c for c in others if c not in used | after.keys())
        used.add(given[name])
    return given


def _retracted(contact: Contact, after: Contacts, names: Mapping[str, str]) -> Contact:
    """Retract a contact, in favour of the one that most of its articles tell of now."""
    mine = articles(contact)
    shares = {name: len(mine & articles(other)) for name, other in sorted(after.items())}
    heir = max(shares, key=lambda name: shares[name], default=None)
    return contact.model_copy(
        update={
            "revision": contact.revision + 1,
            "change": "retracted",
            "merged_into": names[heir] if heir and shares[heir] else None,
            "reports": [],
        }
    )
