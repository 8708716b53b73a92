"""Who is who: mentions of one person gathered under one entity, with the office and state the text gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import islice

from streams.coder.names import name_key
from streams.coder.records import MentionForm

_CLOSE = 0.8
_LONG = 5
_REACH = 40
_SPELLINGS = 16  # the latest of one person's that are compared; nobody in the news has as many
FROM_ROSTER = 1 << 30  # position of a title that stands in the roster, not in the text


@dataclass(slots=True)
class Title:
    """An office that the text gives a person, at one place."""

    text: str
    office: str
    code: str | None
    position: int
    phrase: str
    former: bool = False
    private: bool = False


@dataclass(slots=True)
class Occurrence:
    """One place where a person is named."""

    start: int
    end: int
    form: MentionForm
    name: str
    title: Title | None = None
    honorific: str = ""
    certainty: float = 1.0


@dataclass(slots=True)
class Person:
    """Everything the text says about one person."""

    keys: dict[tuple[str, ...], None] = field(default_factory=dict)  # a set in the order of the text
    names: list[str] = field(default_factory=list)
    titles: list[Title] = field(default_factory=list)
    occurrences: list[Occurrence] = field(default_factory=list)
    code: str | None = None
    certainty: float = 1.0
    office: str | None = None
    gender: str = ""

    @property
    def name(self) -> str | None:
        """Fullest form of the name."""
        return max(self.names, key=lambda name: (len(name_key(name)), len(name)), default=None)

    @property
    def first(self) -> int:
        """Where the person is first named."""
        return min(occurrence.start for occurrence in self.occurrences)

    def matches(self, key: tuple[str, ...]) -> int:
        """How well a name fits: 0 not at all, 1 by one word, 2 by spelling, 3 in full."""
        if key in self.keys:
            return 4
        return max((_fit(own, key) for own in islice(reversed(self.keys), _SPELLINGS)), default=0)

    def titled_code(self) -> str | None:
        """State of the first title that names one."""
        return next((t.code for t in self.titles if t.code and not t.private), None)


def _fit(own: tuple[str, ...], other: tuple[str, ...]) -> int:  # noqa: PLR0911 - one answer per case
    if own == other or "".join(own) == "".join(other):
        return 4
    short, long = sorted((own, other), key=len)
    if set(short) <= set(long):
        if len(short) > 1:
            return 3
        return 3 if short[0] in (long[-1], long[0]) else 1
    if own[-1] == other[-1] and (len(own) == 1 or len(other) == 1 or _alike(own[0], other[0])):
        return 2
    if len(own) == len(other) and all(_alike(a, b) for a, b in zip(own, other, strict=True)):
        return 2
    if min(len(own), len(other)) == 1 and _alike(own[-1], other[-1]):
        return 2
    return 0


@lru_cache(maxsize=8192)
def _alike(a: str, b: str) -> bool:
    if a == b:
        return True
    if min(len(a), len(b)) < _LONG:
        return (len(a) == 1 and b.startswith(a)) or (len(b) == 1 and a.startswith(b))
    return a[0] == b[0] and SequenceMatcher(None, a, b, autojunk=False).ratio() >= _CLOSE


class People:
    """The persons of one article, gathered in the order of the text."""

    def __init__(self) -> None:
        self.persons: list[Person] = []
        self._by_word: dict[str, list[Person]] = {}

    def add(self, occurrence: Occurrence) -> Person:
        """Give an occurrence to the person it fits best, or to a new one."""
        key = name_key(occurrence.name)
        person = self._best(key, occurrence)
        if person is None:
            person = Person()
            self.persons.append(person)
        if key not in person.keys:
            person.keys[key] = None
            for word in key:
                self._by_word.setdefault(word, []).append(person)
        person.names.append(occurrence.name)
        person.occurrences.append(occurrence)
        if occurrence.title is not None:
            person.titles.append(occurrence.title)
        return person

    def in_order(self) -> list[Person]:
        """The persons by first mention, each with mentions and titles in the order of the text."""
        for person in self.persons:
            person.occurrences.sort(key=lambda occurrence: occurrence.start)
            person.titles.sort(key=lambda title: title.position)
        return sorted(self.persons, key=lambda person: person.first)

    def name_words(self) -> set[str]:
        """Every word of every name."""
        return {word for person in self.persons for key in person.keys for word in key if len(word) > 1}

    def _best(self, key: tuple[str, ...], occurrence: Occurrence) -> Person | None:
        best: tuple[float, Person] | None = None
        for person in self._like(key):
            fit = person.matches(key)
            if fit == 0:
                continue
            worth = float(fit) + self._agreement(person, occurrence)
            if worth > 0 and (best is None or worth > best[0]):
                best = (worth, person)
        return best[1] if best else None

    def _like(self, key: tuple[str, ...]) -> list[Person]:
        """List persons worth comparing, the last first: with a word in common, and the latest.

        Their number is bounded, so that a list of thousands of names takes no longer than it must.
        """
        sharing = (person for word in key for person in reversed(self._by_word.get(word, [])[-_REACH:]))
        latest = reversed(self.persons[-_REACH:])
        return list({id(person): person for person in (*sharing, *latest)}.values())

    def _agreement(self, person: Person, occurrence: Occurrence) -> float:
        title = occurrence.title
        if title is None or not title.code:
            same = title is not None and any(t.office == title.office for t in person.titles)
            return 0.5 if same else 0.0
        known = person.titled_code()
        if known is None:
            return 0.0
        return 0.5 if known == title.code else -3.5
