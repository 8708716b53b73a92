"""Who held which office for whom, and when: optional knowledge that settles names the text leaves open.

Lines are `name,office,role,code,from,until,source`; `from` and `until` are years or dates, or empty.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from streams.coder.gazetteer import data_text
from streams.coder.names import name_key

_SLACK = dt.timedelta(days=200)
_EARLIEST, _LATEST = dt.date(1900, 1, 1), dt.date(2200, 1, 1)
_YEAR_ONLY = 4
PUBLIC_RECORD = "public record"  # source of the lines that this project wrote itself
# Offices whose holders the news calls by surname alone.
_WELL_KNOWN = frozenset(("head", "government", "heir", "foreign", "defence", "organisation", "deputy"))


@dataclass(frozen=True, slots=True)
class Holder:
    """One person in one office for one state or organisation."""

    name: str
    office: str
    role: str
    code: str
    since: dt.date
    until: dt.date
    source: str

    def held_on(self, day: dt.date | None) -> bool:
        """Whether the office was held on a day, give or take; any day where it is unknown."""
        return day is None or self.since - _SLACK <= day <= self.until + _SLACK

    def certainly_held_on(self, day: dt.date | None) -> bool:
        """Whether the office was held on a day by the years given."""
        return day is None or self.since <= day <= self.until


def _day(text: str, default: dt.date, *, last: bool) -> dt.date:
    if not text:
        return default
    if len(text) == _YEAR_ONLY:
        return dt.date(int(text), 12, 31) if last else dt.date(int(text), 1, 1)
    return dt.date.fromisoformat(text)


def read_holders(rows: Iterable[Mapping[str, str]]) -> list[Holder]:
    """Holders of a roster's lines."""
    return [
        Holder(
            row["name"],
            row["office"],
            row["role"],
            row["code"],
            _day(row["from"], _EARLIEST, last=False),
            _day(row["until"], _LATEST, last=True),
            row["source"],
        )
        for row in rows
    ]


class Roster:
    """Looks office holders up by name and day."""

    def __init__(self, holders: Iterable[Holder]) -> None:
        self._by_word: dict[str, list[tuple[tuple[str, ...], Holder]]] = {}
        self._given: set[str] = set()
        self.holders = tuple(holders)
        for holder in self.holders:
            key = name_key(holder.name)
            if len(key) > 1:
                self._given.add(key[0])
            for word in {key[-1], key[0]}:
                self._by_word.setdefault(word, []).append((key, holder))

    def is_given_name(self, word: str) -> bool:
        """Whether a holder's name begins with the word."""
        return name_key(word)[0] in self._given

    def lookup(self, name: str, day: dt.date | None, offices: frozenset[str] = frozenset()) -> Holder | None:
        """The one holder whom a full or short name may mean on a day; None where nobody or several fit.

        A full name must agree in all words that both have; a surname alone must be of holders of one state.
        """
        key = name_key(name)
        wanted = offices if len(key) > 1 else offices & _WELL_KNOWN or _WELL_KNOWN
        seen = [pair for word in {key[-1], key[0]} for pair in self._by_word.get(word, ())]
        fitting = [(own, h) for own, h in seen if _fits(own, key) and h.held_on(day)]
        if len(key) == 1:
            fitting = [(own, h) for own, h in fitting if h.office in wanted]
        if offices and len({h.code for _, h in fitting}) > 1:
            fitting = [(own, h) for own, h in fitting if h.office in offices] or fitting
        if len({h.code for _, h in fitting}) != 1:
            return None
        return max(
            (h for _, h in fitting),
            key=lambda h: (h.certainly_held_on(day), h.office in offices, h.since, h.name),
        )


def _fits(own: tuple[str, ...], key: tuple[str, ...]) -> bool:
    if own == key:
        return True
    if len(key) == 1:
        return key[0] in (own[-1], own[0])
    return set(key) <= set(own) or (set(own) <= set(key) and len(own) > 1)


@cache
def shipped_roster() -> Roster:
    """The roster of the shipped data."""
    return Roster(read_holders(csv.DictReader(data_text("roster.csv").splitlines())))


def extended_roster(path: Path) -> Roster:
    """The shipped roster with a user's own lines (same columns), which come first."""
    own = read_holders(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    return Roster([*own, *read_holders(csv.DictReader(data_text("roster.csv").splitlines()))])
