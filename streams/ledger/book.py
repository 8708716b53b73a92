r"""The ledger's state of one dyad: what is kept under which key, read through and written over.

| key | value |
| --- | --- |
| `KAZ-QAT\|a\|<article>` | one article version: its reference, and its reports by slot |
| `KAZ-QAT\|d\|2026-03-02` | the reports of that day: contact, points and link of each |
| `KAZ-QAT\|c\|<contact>` | one contact: last revision, hash of what was published, its reports |
| `KAZ-QAT\|i` | the days that there are |
| `KAZ-QAT\|j` | the last record's changes (see `streams.ledger.journal`) |

A report is named `<article>.<slot>`; it keeps its slot when a new version of the article tells it again.
Measured: an article with one report 1.2 KB, a contact 150 bytes and 20 for each report, a day 70 bytes for
each report, the journal as much as its record's changes. A report adds 1.3 KB to the state and 3.7 KB to
the changelog where a dyad has 3 reports a day, 6.8 KB where it has 40, before compression.

Every value but the days has a `day` to expire by; null where no time is known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from streams.ledger.traits import REACH, Day, Traits, traits

JSON = Any
Read = Callable[[str], JSON]

_UNDATED = "undated"
_ROOM = 20_000  # article records, some 2 KB each
_seen: dict[str, tuple[Traits, ...]] = {}


def short_hash(text: str, size: int = 8) -> str:
    """Short deterministic name for a text."""
    return blake2b(text.encode(), digest_size=size).hexdigest()


def article_of(report: str) -> str:
    """Name of the article that a report's name begins with."""
    return report.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a report belongs: its contact, and the report it is linked to, by how many points."""

    contact: str
    points: int = 0
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One contact as kept; revision 0 where it was never published, no reports where it is retracted.

    `published` is the hash of what was published last, `founder` the report that the id was made from,
    `absorbed` ids of contacts that have become one with it.
    """

    revision: int = 0
    published: str | None = None
    reports: tuple[str, ...] = ()
    founder: str | None = None
    absorbed: tuple[str, ...] = ()
    since: str | None = None
    day: str | None = None


@dataclass(slots=True)
class Book:
    """State of one dyad: reads fall through to the table, writes stay here until they are taken out."""

    dyad: str
    read: Read
    written: dict[str, JSON] = field(default_factory=dict)
    _traits: dict[str, tuple[Traits, ...]] = field(default_factory=dict)

    def _key(self, what: str, name: str) -> str:
        return f"{self.dyad}|{what}|{name}"

    def _get(self, key: str) -> JSON:
        return self.written[key] if key in self.written else self.read(key)

    def _put(self, key: str, value: JSON) -> None:
        if value == self.read(key):
            self.written.pop(key, None)
        else:
            self.written[key] = value

    def article(self, name: str) -> JSON:
        """Give an article's record; None where it is not known."""
        return self._get(self._key("a", name))

    def put_article(self, name: str, record: Mapping[str, JSON]) -> None:
        """Write an article's record."""
        self._traits.pop(name, None)
        self._put(self._key("a", name), record)

    def article_last(self, name: str) -> None:
        """Make an article's record the last write: when it is there, all others are."""
        key = self._key("a", name)
        if key in self.written:
            self.written[key] = self.written.pop(key)

    def report(self, report: str) -> tuple[JSON, JSON] | None:
        """Give the article reference and the report of a name; None where it is gone."""
        name, _, slot = report.rpartition(".")
        record = self.article(name) or {"reports": []}
        return next(((record["article"], told) for s, told, _ in record["reports"] if s == slot), None)

    def traits(self, name: str) -> tuple[Traits, ...]:
        """Traits of an article's reports, in their order; empty where it is not known."""
        if name not in self._traits:
            record = self.article(name)
            self._traits[name] = _traits(self.dyad, name, record) if record else ()
        return self._traits[name]

    def trait(self, report: str) -> Traits | None:
        """Traits of one report; None where it is gone."""
        return next((t for t in self.traits(article_of(report)) if t.key == report), None)

    def place(self, report: Traits) -> Place | None:
        """Where a report belongs; None where it has no place yet."""
        block = self._get(self._day_key(report.anchor))
        kept = block["reports"].get(report.key) if block else None
        return Place(*kept) if kept else None

    def put_place(self, report: Traits, place: Place | None) -> None:
        """Write where a report belongs, or that it is gone."""
        key = self._day_key(report.anchor)
        kept = dict((self._get(key) or {"reports": {}})["reports"])
        if place is None:
            kept.pop(report.key, None)
        else:
            kept[report.key] = [place.contact, place.points, place.to]
        self._put(key, {"day": iso(report.anchor), "reports": dict(sorted(kept.items()))} if kept else None)
        if kept:
            self._add_day(report.anchor)

    def entry(self, contact: str) -> Entry:
        """One contact as kept; an empty entry where it is not known."""
        kept = self._get(self._key("c", contact))
        lists = {name: tuple(kept[name]) for name in ("reports", "absorbed")} if kept else {}
        return Entry(**{**kept, **lists}) if kept else Entry()

    def put_entry(self, contact: str, entry: Entry | None) -> None:
        """Write a contact, or that it is gone."""
        value = entry and {
            "revision": entry.revision,
            "published": entry.published,
            "reports": list(entry.reports),
            "founder": entry.founder,
            "absorbed": list(entry.absorbed),
            "since": entry.since,
            "day": entry.day,
        }
        self._put(self._key("c", contact), value)

    def near(self, reports: Iterable[Traits]) -> set[str]:
        """Names of all articles that have a report within reach of one of these."""
        anchors = [report.anchor for report in reports]
        days = self._days()
        if None not in anchors:
            near = {d for d in days if any(a and abs(d - a) <= REACH for a in anchors)}
            days = sorted(near)
        blocks = [self._get(self._day_key(day)) for day in (*days, None)] if anchors else []
        return {article_of(report) for block in blocks if block for report in block["reports"]}

    def _days(self) -> list[Day]:
        kept = self._get(f"{self.dyad}|i") or {"days": []}
        return [dt.date.fromisoformat(day).toordinal() for day in kept["days"]]

    def _add_day(self, day: Day | None) -> None:
        """Add a day to the index; days whose blocks have expired leave it."""
        known = self._days()
        if day is not None and day not in known:
            there = [d for d in known if self._get(self._day_key(d))]
            self._put(f"{self.dyad}|i", {"days": [iso(d) for d in sorted((*there, day))]})

    def _day_key(self, day: Day | None) -> str:
        return self._key("d", iso(day) or _UNDATED)


def _traits(dyad: str, name: str, record: JSON) -> tuple[Traits, ...]:
    """Take the traits of a record's reports, once: every new report looks at all those near it."""
    version = "|".join((dyad, name, record["digest"], *(slot for slot, *_ in record["reports"])))
    if version not in _seen:
        if len(_seen) >= _ROOM:
            _seen.clear()
        _seen[version] = tuple(
            traits(f"{name}.{slot}", record["article"], report, order)
            for order, (slot, report, _) in enumerate(record["reports"])
        )
    return _seen[version]


def iso(day: Day | None) -> str | None:
    """Write a day as YYYY-MM-DD."""
    return None if day is None else dt.date.fromordinal(day).isoformat()
