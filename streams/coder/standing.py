"""For whom each person stands, where the title itself does not say.

In this order: the person's own titles anywhere in the text, the dated roster, a title shared in a
coordination, the state an office's name belongs to by custom ("Taoiseach"), the outlet's home, the states of
the sentence, the dateline, the states named before.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from functools import cache

from streams.coder.gazetteer import data_lines, data_text, fold
from streams.coder.layout import Layout
from streams.coder.meta import ArticleMeta
from streams.coder.outlets import home_of, is_office, is_worldwide
from streams.coder.people import FROM_ROSTER, Person, Title
from streams.coder.roles import RolePhrase
from streams.coder.roster import Roster

_COMMON = frozenset(
    (
        "head",
        "government",
        "deputy",
        "foreign",
        "defence",
        "minister",
        "secretary",
        "security",
        "adviser",
        "spokesperson",
        "envoy",
        "parliament",
        "military",
        "heir",
    )
)
# Whoever serves as one of these is nobody's minister of the same name.
_SERVANTS = frozenset(("envoy", "spokesperson", "adviser"))
# Offices that only a state has.
_OF_STATES = frozenset(
    ("head", "government", "deputy", "foreign", "defence", "minister", "parliament", "military", "heir")
)
# Offices of which no two belong to one state: "President A and Prime Minister B" may well be of two.
_COORDINATIONS = frozenset((("and",), ("and", "his"), ("and", "her"), (",", "and"), ("and", "the")))
_LIKELY = 0.6
_BEHIND = 2  # tokens after an office phrase in which its body may be named
_SINGLE = frozenset(("head", "government", "foreign", "defence"))
_TELLING = frozenset(("state", "demonym", "capital", "city", "organisation"))
_FIRST = frozenset(("head", "government"))


@cache
def private_words() -> frozenset[str]:
    """Words that make an office one of no state."""
    return frozenset(data_lines("private.txt"))


@cache
def _defaults() -> dict[str, tuple[str, bool]]:
    rows = csv.DictReader(data_text("default_codes.csv").splitlines())
    return {fold(row["phrase"]): (row["code"], row["strength"] == "strong") for row in rows}


@cache
def _governments() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Offices that only some states have, and states that lack an office."""
    rows = csv.DictReader(data_text("governments.csv").splitlines())
    return {fold(row["phrase"]): (_codes(row["only"]), _codes(row["never"])) for row in rows}


def _codes(cell: str) -> frozenset[str]:
    return frozenset(code for code in cell.split(";") if code)


def is_private(layout: Layout, role: RolePhrase) -> bool:
    """Whether an office is held outside any state: "opposition leader", "president of a bank"."""
    near = [*range(role.start, role.core), *([role.start - 1] if role.start else [])]
    if any(layout.word(i) in private_words() and i not in layout.place_at for i in near):
        return True
    # "of the American Chamber of Commerce", "of the International Olympic Committee"
    words_of = range(role.core, min(role.end + _BEHIND, len(layout)))
    within = [i for i in words_of if layout.sentence[i] == layout.sentence[role.start]]
    return "of" in map(layout.word, within) and any(layout.word(i) in _private_after() for i in within)


@cache
def _private_after() -> frozenset[str]:
    return frozenset(data_lines("private_after.txt"))


def _is_served(phrase: str) -> bool:
    """Whether an office is one that states have rather than companies and international bodies."""
    return fold(phrase) in _served()


@cache
def _served() -> frozenset[str]:
    return frozenset(data_lines("served.txt"))


class Standing:
    """Settles the codes of the persons of one article."""

    def __init__(self, roster: Roster, meta: ArticleMeta, layout: Layout) -> None:
        self._roster = roster
        self._layout = layout
        self._home = home_of(meta.source)
        self._worldwide = is_worldwide(meta.source)
        self._is_office = is_office(meta.source)
        header = meta.header
        self._dateline = header.place_code if header else None
        self._day = meta.day
        self._code_ending: dict[int, str] = {}  # state of the titled name that ends before a token
        self._held: dict[str, set[str]] = {}  # states whose holder of an office is known

    def settle(self, persons: Sequence[Person]) -> None:
        """Give every person a code and an office where something tells them."""
        for person in persons:
            person.code = person.titled_code()
            person.office = next((t.office for t in person.titles if t.office), None)
            if person.code is not None and person.office is None:
                self._add_office(person)
            for seen in person.occurrences:
                if seen.title is not None and seen.title.code:
                    self._code_ending[seen.end] = seen.title.code
            self._note_held(person)
        for person in persons:
            if person.code is None:
                self._settle_open(person)

    def _note_held(self, person: Person) -> None:
        if person.code is not None and person.office is not None and person.certainty > _LIKELY:
            self._held.setdefault(person.office, set()).add(person.code)

    def _settle_open(self, person: Person) -> None:
        titles = [t for t in person.titles if t.office]
        if titles and all(t.private for t in titles):
            self._settle_private(person)
            return
        for code, certainty in (
            self._rostered(person),
            self._coordinated(person),
            self._customary(titles),
            self._nearby(titles),
        ):
            if code is not None:
                person.code, person.certainty = code, certainty
                self._note_held(person)
                return

    def _settle_private(self, person: Person) -> None:
        """Who leads a party may hold an office too, if the roster knows the whole name on that very day."""
        holder = self._roster.lookup(person.name, self._day) if person.name and " " in person.name else None
        if holder is not None and self._day is not None and holder.certainly_held_on(self._day):
            person.code, person.certainty, person.office = holder.code, _LIKELY, holder.office
            person.titles.append(Title(holder.role, holder.office, holder.code, FROM_ROSTER, ""))

    def _add_office(self, person: Person) -> None:
        """Take the office from the roster where the text gives the state alone: "Russia's Lavrov"."""
        holder = self._roster.lookup(person.name, self._day) if person.name else None
        if holder is not None and holder.code == person.code:
            person.office = holder.office

    def _coordinated(self, person: Person) -> tuple[str | None, float]:
        """Take over the state in "Russian President A and Foreign Minister B"."""
        for seen in person.occurrences:
            if seen.title is None or seen.form != "titled" or seen.title.office in _FIRST:
                continue
            for length in (1, 2):
                between = tuple(self._layout.word(k) for k in range(seen.start - length, seen.start))
                code = self._code_ending.get(seen.start - length)
                if code is not None and between in _COORDINATIONS:
                    return code, 0.9
        return None, 0.0

    def _rostered(self, person: Person) -> tuple[str | None, float]:
        if person.name is None:
            return None, 0.0
        offices = frozenset(t.office for t in person.titles if t.office)
        holder = self._roster.lookup(person.name, self._day, offices)
        if holder is None or (offices and offices <= _SERVANTS and holder.office not in offices):
            return None, 0.0
        honoured = bool(offices) or any(seen.honorific for seen in person.occurrences)
        if " " not in person.name and not honoured and self._day is None:
            return None, 0.0
        if person.office is None:
            person.office = holder.office
            person.titles.append(Title(holder.role, holder.office, holder.code, FROM_ROSTER, ""))
        return holder.code, 0.8

    def _customary(self, titles: Sequence[Title]) -> tuple[str | None, float]:
        """The state an office's name belongs to by custom, or the outlet's own where that is only a habit."""
        for title in titles:
            custom = _defaults().get(fold(title.phrase))
            if custom is not None:
                code, strong = custom
                if not strong and self._home is not None and not self._worldwide:
                    return self._home, 0.6
                return code, 0.8
        return None, 0.0

    def _nearby(self, titles: Sequence[Title]) -> tuple[str | None, float]:
        """Find the first state in reach that has such an office, held by nobody else in the article."""
        if not any(t.office in _COMMON for t in titles):
            served = self._is_office and any(t.office == "director" and _is_served(t.phrase) for t in titles)
            return (self._home, _LIKELY) if served else (None, 0.0)
        barred = self._barred(titles)
        forms = _TELLING - {"organisation"} if any(t.office in _OF_STATES for t in titles) else _TELLING
        reach = self._in_reach(titles[0].position, forms)
        return next(((code, certainty) for code, certainty in reach if code not in barred), (None, 0.0))

    def _in_reach(self, position: int, forms: frozenset[str]) -> Iterator[tuple[str, float]]:
        if self._home is not None and not self._worldwide:
            yield self._home, 0.6
        sentence = self._layout.sentence[position]
        before = [p for p in self._layout.places if p.start < position and p.form in forms]
        yield from ((p.code, 0.5) for p in reversed(before) if self._layout.sentence[p.start] == sentence)
        if self._dateline is not None:
            yield self._dateline, 0.5
        yield from ((p.code, 0.3) for p in reversed(before))
        if self._home is not None:
            yield self._home, 0.3

    def _barred(self, titles: Sequence[Title]) -> set[str]:
        """States that a person cannot stand for: without such an office, or with another holder of it."""
        barred: set[str] = set()
        for title in titles:
            only, never = _governments().get(fold(title.phrase), (frozenset(), frozenset()))
            barred |= never
            if only:
                known = {p.code for p in self._layout.places} | {self._home or "", self._dateline or ""}
                barred |= known - only
            if title.office in _SINGLE:
                barred |= self._held.get(title.office, set())
        return barred
