"""How well two reports agree on one contact, and which report each is linked to.

Between two articles, reports are matched one to one, the best agreement first: an article tells a contact
once. Then each report is linked to the best of its matches among the reports *before* it, and what hangs
together by links is one contact. "Before" is an order of the reports themselves (the surest first, then the
earliest published), not of their arrival, so that the contacts depend on the set of reports alone. A report
that tells little comes late in that order and has one link: it cannot pull two contacts together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from streams.ledger.copies import near
from streams.ledger.names import same_name
from streams.ledger.traits import REACH, Day, Side, Traits

Rank = tuple[bool, bool, int, bool, Day, str, int]

_NEVER = 10**7  # after every day
_LEADERS = frozenset(("head", "government", "leaders"))
_TALKS = frozenset(("call", "meeting", "conversation"))

# Points of agreement.
_NAMED = 30  # one side's representative has the same name in both
_OFFICE = 10  # the same office, one name missing
_KIND = 10
_MODALITY = 10
_COPY = 30  # the same words
_UNCERTAIN = 50  # taken off where no time at all is known
_LONG_AGO = 30  # most taken off for days between a mention and what it mentions

# Days that may lie between.
_LOOSE = 3  # two tellings of something undated
_SHIFT = 2  # first days told of one visit; a plan and what came of it
_ANNOUNCED = 45  # an undated plan and the undated telling of what came of it
_RETOLD = 60  # two mentions of one old contact


@dataclass(frozen=True, slots=True)
class Link:
    """A report and the one before it that it agrees with, by how many points."""

    points: int
    to: Traits
    report: Traits

    @property
    def order(self) -> tuple[int, Rank]:
        """Sorts the better link first."""
        return -self.points, rank(self.to)


def rank(report: Traits) -> Rank:
    """Place of a report in the order of linking."""
    return (
        report.background,
        report.anchor is None,
        -(bool(report.first.name) + bool(report.second.name)),
        report.day is None,
        _NEVER if report.published is None else report.published,
        report.article,
        report.order,
    )


def links(one: Sequence[Traits], other: Sequence[Traits]) -> list[Link]:
    """Match the reports of two articles one to one; each match links its later report to its earlier one."""
    found: list[Link] = []
    for x in one:
        for y in other:
            points = agreement(x, y)
            if points is not None:
                found.append(Link(points, x, y) if rank(x) < rank(y) else Link(points, y, x))
    matched: set[str] = set()
    best: list[Link] = []
    for link in sorted(found, key=lambda link: (*link.order, rank(link.report))):
        if link.to.key not in matched and link.report.key not in matched:
            matched |= {link.to.key, link.report.key}
            best.append(link)
    return best


def best_links(links_: Iterable[Link]) -> dict[str, Link]:
    """Best link of each report by its key."""
    best: dict[str, Link] = {}
    for link in links_:
        known = best.get(link.report.key)
        if known is None or link.order < known.order:
            best[link.report.key] = link
    return best


def agreement(one: Traits, other: Traits) -> int | None:
    """Points of agreement of two reports; None where they tell of two contacts."""
    if not _same_kind(one, other):
        return None
    sides = _sides(one, other)
    if sides is None:
        return None
    copied = one.evidence == other.evidence or near(one.fingerprint, other.fingerprint)
    away = _away(one, other, sides, copied=copied)
    if away is None:
        return None
    same = _KIND * (one.kind == other.kind) + _MODALITY * (one.modality == other.modality) + _COPY * copied
    return sides + same - away


def same_claim(one: Traits, other: Traits) -> bool:
    """Whether two versions' reports tell the same, whenever it was."""
    return _same_kind(one, other) and _sides(one, other) is not None


def _same_kind(one: Traits, other: Traits) -> bool:
    kinds = {one.kind, other.kind}
    if kinds == {"visit"}:
        return one.initiator_first == other.initiator_first
    if kinds == {"message"}:
        return one.initiator_first == other.initiator_first or not (one.directed and other.directed)
    if kinds & {"visit", "message"}:
        return False
    return len(kinds) == 1 or "conversation" in kinds or bool(one.kinds & other.kinds & _TALKS)


def _sides(one: Traits, other: Traits) -> int | None:
    """Points for the representatives; None where one side is told to be two people."""
    first, second = _side(one.first, other.first), _side(one.second, other.second)
    if one.kind == other.kind == "visit":
        # Whom a visitor saw there does not tell visits apart.
        visitor, host = (first, second) if one.initiator_first else (second, first)
        return None if visitor is None else visitor + (host or 0)
    return None if first is None or second is None else first + second


def _side(one: Side, other: Side) -> int | None:
    if one.name and other.name:
        return _NAMED if same_name(one.name, other.name) else None
    if one.office is None or other.office is None:
        return 0
    offices = {one.office, other.office}
    if len(offices) == 1 or ("leaders" in offices and offices <= _LEADERS):
        return _OFFICE
    return None


def _away(one: Traits, other: Traits, sides: int, *, copied: bool) -> int | None:
    """Days between what two reports tell; None where there are too many for one contact."""
    if one.anchor is None or other.anchor is None:
        prominent = _prominent(one, other) and not (one.background or other.background)
        return _UNCERTAIN if prominent and sides >= _NAMED else None
    return _away_known(one, other, sides, copied=copied) if abs(one.anchor - other.anchor) <= REACH else None


def _away_known(one: Traits, other: Traits, sides: int, *, copied: bool) -> int | None:
    if one.day is not None and other.day is not None:
        return _away_dated(one, other, abs(one.day - other.day), sides)
    if one.day is not None:
        return _away_from(one, one.day, other, sides)
    if other.day is not None:
        return _away_from(other, other.day, one, sides)
    if one.background or other.background:
        return _away_history(one, other, sides)
    return _away_undated(one, other, sides, copied=copied)


def _away_dated(one: Traits, other: Traits, days: int, sides: int) -> int | None:
    planned = "planned" in (one.modality, other.modality) and sides >= 2 * _NAMED
    shifts = planned or one.kind == "visit"
    return days if days <= (_SHIFT if shifts else 0) else None


def _away_from(dated: Traits, day: Day, undated: Traits, sides: int) -> int | None:
    if not undated.earliest <= day <= undated.latest:
        return None
    days = abs(day - (undated.published or day))
    if undated.background:
        return min(days, _LONG_AGO) if sides >= _NAMED else None
    if days > _LOOSE and (sides < _NAMED or not _prominent(dated, undated)):
        return None
    return days


def _away_history(one: Traits, other: Traits, sides: int) -> int | None:
    days = abs((one.published or 0) - (other.published or 0))
    if sides < _NAMED:
        return None
    if one.background and other.background:
        return min(days, _LONG_AGO) if days <= _RETOLD else None
    history, told = (one, other) if one.background else (other, one)
    return min(days, _LONG_AGO) if history.earliest <= (told.published or 0) <= history.latest else None


def _away_undated(one: Traits, other: Traits, sides: int, *, copied: bool) -> int | None:
    days = abs((one.published or 0) - (other.published or 0))
    if sides == 0 and not copied and not _plainly_alike(one, other):
        return None
    if days <= _LOOSE:
        return days
    earlier, later = sorted((one, other), key=lambda report: report.published or 0)
    came_true = (
        earlier.modality in ("planned", "proposed")
        and later.modality != earlier.modality
        and _prominent(one, other)
        and sides >= _NAMED
    )
    return days if came_true and days <= _ANNOUNCED else None


def _prominent(one: Traits, other: Traits) -> bool:
    """Whether both are of the kinds that are told about for weeks, and do not recur every few days."""
    return {one.kind, other.kind} <= {"visit", "meeting"}


def _plainly_alike(one: Traits, other: Traits) -> bool:
    """Whether two reports that name nobody may be one: talks held are, wishes for talks recur."""
    return (one.kind, one.modality) == (other.kind, other.modality) and one.modality in ("held", "planned")
