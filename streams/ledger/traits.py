"""What of a report decides which contact it belongs to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from streams.ledger.copies import unpacked
from streams.ledger.names import name_parts, office

Day = int  # proleptic Gregorian ordinal

REACH = 120  # days; no report is linked to one that was published longer before or after
_BACK = 30  # days; what happened longer before its article is background by the codebook
_AHEAD = 60  # days; how far ahead of its article an undated plan may lie
_HISTORY = 7  # days; a background mention is of something at least that much older
_SLACK = 2  # days; time zones, and days told loosely


@dataclass(frozen=True, slots=True)
class Side:
    """One side's representative: parts of the name, class of office."""

    name: tuple[str, ...]
    office: str | None


@dataclass(frozen=True, slots=True)
class Traits:
    """One report, as far as identity goes; sides in the order of the dyad.

    `published` is the article's day; `day` the contact's, where told exactly; `earliest` and `latest` bound
    it where it is not. `key` names the report: `article.slot`.
    """

    key: str
    article: str
    order: int
    kind: str
    kinds: frozenset[str]
    modality: str
    first: Side
    second: Side
    initiator_first: bool
    directed: bool
    published: Day | None
    day: Day | None
    earliest: Day
    latest: Day
    evidence: str
    fingerprint: bytes

    @property
    def background(self) -> bool:
        """Whether it only mentions the contact as history."""
        return self.modality == "background"

    @property
    def anchor(self) -> Day | None:
        """Day under which the ledger keeps it: of publication, else of the contact."""
        return self.day if self.published is None else self.published


def traits(key: str, article: Mapping[str, Any], report: Mapping[str, Any], order: int) -> Traits:
    """Take the traits of a report, given as JSON; `order` is its place in the article."""
    published = _day(article["published"])
    day = _day(report["date"]) if report["date_precision"] == "day" else None
    earliest, latest = _bounds(report, published)
    first, second = sorted((report["a"], report["b"]), key=lambda party: str(party["code"]))
    return Traits(
        key=key,
        article=article["uri"],
        order=order,
        kind=report["kind"],
        kinds=frozenset((report["kind"], *report["also"])),
        modality=report["modality"],
        first=_side(first),
        second=_side(second),
        initiator_first=report["a"]["code"] == first["code"],
        directed=report["direction"] == "directed",
        published=published,
        day=day,
        earliest=earliest,
        latest=latest,
        evidence=report["evidence"],
        fingerprint=unpacked(article["fingerprint"]),
    )


def _side(party: Mapping[str, Any]) -> Side:
    return Side(name_parts(party["name"]), office(party["role"]))


def _day(moment: str | None) -> Day | None:
    return None if moment is None else dt.date.fromisoformat(moment[:10]).toordinal()


def _bounds(report: Mapping[str, Any], published: Day | None) -> tuple[Day, Day]:
    """First and last day on which the contact may have been or may be."""
    if report["date"] is not None:
        return _told(dt.date.fromisoformat(report["date"]), report["date_precision"])
    if published is None:
        return 1, dt.date.max.toordinal()
    match report["modality"]:
        case "background":
            return published - REACH, published - _HISTORY
        case "held":
            return published - _BACK, published + _SLACK
        case "refused":
            return published - _BACK, published + _AHEAD
        case _:
            return published - _SLACK, published + _AHEAD


def _told(date: dt.date, precision: str) -> tuple[Day, Day]:
    if precision == "year":
        return date.replace(month=1, day=1).toordinal(), date.replace(month=12, day=31).toordinal()
    if precision == "month":
        first = date.replace(day=1)
        return first.toordinal(), (first + dt.timedelta(days=31)).replace(day=1).toordinal() - 1
    return date.toordinal(), date.toordinal()
