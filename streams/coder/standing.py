"""For whom each person stands, where the title itself does not say.

In this order: the person's own titles anywhere in the text, a title shared in a coordination, the dated roster, the
state an office's name belongs to by custom ("Taoiseach"), the outlet's home, the dateline, the state named before.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from streams.coder.gazetteer import data_lines, data_text, fold
from streams.coder.layout import Layout
from streams.coder.outlets import home_of, is_worldwide
from streams.coder.people import Person, Title
from streams.coder.roles import RolePhrase
from streams.coder.roster import Roster

if TYPE_CHECKING:
    from streams.coder.parties import ArticleMeta

_COMMON = frozenset(("head", "government", "deputy", "foreign", "defence", "minister", "secretary", "security", "adviser", "spokesperson", "envoy", "parliament", "military", "heir"))
# Offices of which no two belong to one state: "President A and Prime Minister B" may well be of two.
_FIRST = frozenset(("head", "government"))


@cache
def private_words() -> frozenset[str]:
    """Words that make an office one of no state."""
    return frozenset(data_lines("private.txt"))


@cache
def _defaults() -> dict[str, str]:
    return {fold(row["phrase"]): row["code"] for row in csv.DictReader(data_text("default_codes.csv").splitlines())}


class Standing:
    """Settles the codes of the persons of one article."""

    def __init__(self, roster: Roster | None, meta: ArticleMeta, layout: Layout, roles: Sequence[RolePhrase]) -> None:
        self._roster = roster
        self._meta = meta
        self._layout = layout
        self._home = home_of(meta.source)
        header = meta.header
        self._dateline = header.place_code if header else None
        self._day = meta.published or (header.day if header else None)

    def settle(self, persons: Sequence[Person]) -> None:
        """Give every person a code and an office where something tells them."""
        for person in persons:
            person.code = person.titled_code()
            person.office = next((t.office for t in person.titles if t.office), None)
        for person in persons:
            if person.code is None:
                self._settle_open(person, persons)

    def _settle_open(self, person: Person, persons: Sequence[Person]) -> None:
        titles = [t for t in person.titles if t.office]
        if titles and all(t.private for t in titles):
            return
        for code, certainty in (self._rostered(person), self._coordinated(person, persons), self._customary(titles), self._nearby(titles)):
            if code is not None:
                person.code, person.certainty = code, certainty
                return

    def _coordinated(self, person: Person, persons: Sequence[Person]) -> tuple[str | None, float]:
        """Take over the state in "Russian President A and Foreign Minister B"."""
        for occurrence in person.occurrences:
            if occurrence.title is None or occurrence.form != "titled" or occurrence.title.office in _FIRST:
                continue
            for other in persons:
                if other is person or other.titled_code() is None:
                    continue
                for before in other.occurrences:
                    between = [self._layout.word(i) for i in range(before.end, occurrence.start)]
                    if before.title is not None and before.title.code and before.end <= occurrence.start and between in (["and"], ["and", "his"], ["and", "her"], [",", "and"], ["and", "the"]):
                        return before.title.code, 0.9
        return None, 0.0

    def _rostered(self, person: Person) -> tuple[str | None, float]:
        if self._roster is None or person.name is None:
            return None, 0.0
        offices = frozenset(t.office for t in person.titles if t.office)
        holder = self._roster.lookup(person.name, self._day, offices)
        if holder is None:
            return None, 0.0
        words = person.name.split()
        if len(words) == 1 and not offices and not any(o.honorific for o in person.occurrences) and self._day is None:
            return None, 0.0
        if person.office is None:
            person.office = holder.office
            person.titles.append(Title(holder.role, holder.office, holder.code, 1 << 30, ""))
        return holder.code, 0.8

    def _customary(self, titles: Sequence[Title]) -> tuple[str | None, float]:
        for title in titles:
            code = _defaults().get(fold(title.phrase))
            if code is not None:
                return code, 0.8
        return None, 0.0

    def _nearby(self, titles: Sequence[Title]) -> tuple[str | None, float]:
        if not any(t.office in _COMMON for t in titles):
            return None, 0.0
        if self._home is not None and not is_worldwide(self._meta.source):
            return self._home, 0.6
        if self._dateline is not None:
            return self._dateline, 0.5
        before = [p for p in self._layout.places if p.start < titles[0].position and p.form in ("state", "demonym", "capital")]
        if before:
            return before[-1].code, 0.3
        return (self._home, 0.3) if self._home is not None else (None, 0.0)
