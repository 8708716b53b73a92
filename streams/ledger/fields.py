"""One contact's fields, settled from its reports; what the reports disagree on stays visible."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from pydantic import BaseModel

from schemas import ArticleRef, Contact, ContactReport, Party, Place, Report
from schemas.article import moment_of
from schemas.base import DatePrecision, Kind, Modality
from streams.ledger.copies import near, unpacked
from streams.ledger.names import name_parts, same_name

H = TypeVar("H", bound=Hashable)

_PRECISION = {"day": 3, "month": 2, "year": 1, "unknown": 0}
_LATE = dt.datetime.max.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Told:
    """A report and the article that tells it."""

    article: ArticleRef
    report: Report

    @property
    def at(self) -> dt.datetime | None:
        """Moment of publication in UTC; a bare day counts from its midnight."""
        return moment_of(self.article.published)

    @property
    def order(self) -> tuple[dt.datetime, str, str]:
        """Sorts by publication."""
        return self.at or _LATE, self.article.uri, self.report.report_id


def settled(contact_id: str, told: Iterable[Told]) -> Contact:
    """Settle a contact from its reports, as revision 1.

    Copies of one dispatch have one voice. Mentions of the contact as history have none, except that they may
    name its people more fully.
    """
    dispatches = _dispatches(sorted(told, key=lambda t: t.order))
    voices = [first for first, *_ in dispatches]
    telling = [t for t in voices if t.report.modality != "background"] or voices
    kind, modality = _kind(telling), _modality(telling)
    date, precision = _date(telling, modality)
    event_time, basis = _event_time(telling, date)
    dyad = telling[0].report.dyad
    a = _most(t.report.a.code for t in telling)
    b = next(code for code in dyad.split("-") if code != a)
    place = _place(telling)
    source = _source_of_codes(telling, kind, modality)
    return Contact(
        contact_id=contact_id,
        revision=1,
        change="reported",
        dyad=dyad,
        kind=kind,
        modality=modality,
        a=_party(a, voices),
        b=_party(b, voices),
        direction=_most(t.report.direction for t in telling),
        date=date,
        date_precision=precision,
        event_time=event_time,
        event_time_basis=basis,
        stances=_union(stance for t in telling for stance in t.report.stances),
        topics=_union(topic for t in telling for topic in t.report.topics),
        place=place,
        codes=source.codes if source else None,
        confidence=max(t.report.confidence for t in telling),
        conflicts=_conflicts(telling, kind=kind, modality=modality, date=date, a=a, place=place),
        reports=[_carried(dispatch) for dispatch in dispatches],
    )


def _dispatches(told: Sequence[Told]) -> list[list[Told]]:
    """Group the copies of one dispatch, each group and all groups by publication."""
    groups: list[list[Told]] = []
    alike: dict[Hashable, list[tuple[bytes, list[Told]]]] = defaultdict(list)
    for one in told:
        same = alike[one.report.kind, one.report.modality, one.report.date]
        print_ = unpacked(one.article.fingerprint)
        of = next((group for first, group in same if near(print_, first)), None)
        if of is None:
            groups.append([one])
            same.append((print_, groups[-1]))
        else:
            of.append(one)
    return groups


def _carried(dispatch: Sequence[Told]) -> ContactReport:
    first, *copies = dispatch
    return ContactReport(
        article_id=first.article.uri,
        article_version=first.article.version,
        source=first.article.source,
        published=first.article.published,
        carriers=[copy.article.uri for copy in copies],
        report=first.report,
    )


def _kind(telling: Sequence[Told]) -> Kind:
    """Majority; a conversation is whatever the reports that know the medium say it was."""
    return _most([t.report.kind for t in telling if t.report.kind != "conversation"] or ["conversation"])


def _modality(telling: Sequence[Told]) -> Modality:
    """Furthest: facts outdo plans, plans outdo proposals; between yes and no the later telling wins."""
    latest: dict[Modality, int] = {t.report.modality: n for n, t in enumerate(telling)}
    for yes in ("held", "planned", "proposed"):
        if yes in latest:
            return "refused" if latest.get("refused", -1) > latest[yes] else yes
    return "refused" if "refused" in latest else "background"


def _date(telling: Sequence[Told], modality: Modality) -> tuple[dt.date | None, DatePrecision]:
    """Most exact, then told of the fact rather than of the plan, then most often told, then earliest."""
    dated = [t.report for t in telling if t.report.date is not None]
    if not dated:
        return None, "unknown"
    count = Counter(report.date for report in dated)
    best = min(
        dated,
        key=lambda r: (-_PRECISION[r.date_precision], r.modality != modality, -count[r.date], str(r.date)),
    )
    return best.date, best.date_precision


def _event_time(
    telling: Sequence[Told], date: dt.date | None
) -> tuple[dt.datetime | None, Literal["contact", "published", "unknown"]]:
    if date is not None:
        return dt.datetime.combine(date, dt.time(), tzinfo=dt.UTC), "contact"
    first = telling[0].at
    return (first, "published") if first else (None, "unknown")


def _party(code: str, voices: Sequence[Told]) -> Party:
    """Name the fullest name told, the most often told among equals, and its commonest role."""
    told = [p for t in voices for p in (t.report.a, t.report.b) if p.code == code]
    count = Counter(party.name for party in told if party.name)
    name = max(count, key=lambda n: (len(name_parts(n)), count[n], n), default=None)
    roles = [p.role for p in told if p.role and (p.name or not name)]
    return Party(code=code, name=name, role=_most(roles) if roles else None)


def _place(telling: Sequence[Told]) -> Place | None:
    names = [t.report.place for t in telling if t.report.place]
    commonest = _most(place.country for place in names) if names else None
    return max(
        (p for p in names if p.country == commonest), key=lambda p: (len(p.name), p.name), default=None
    )


def _source_of_codes(telling: Sequence[Told], kind: Kind, modality: Modality) -> Report | None:
    coded = [t.report for t in telling if t.report.codes]
    return max(
        coded, key=lambda r: (r.kind == kind, r.modality == modality, r.confidence, r.report_id), default=None
    )


def _conflicts(  # noqa: PLR0913 -- one argument for each field that may be in conflict
    telling: Sequence[Told],
    *,
    kind: Kind,
    modality: Modality,
    date: dt.date | None,
    a: str,
    place: Place | None,
) -> dict[str, list[str]]:
    """Other values told, by field; progress from plan to fact, and less exact values, are no conflict."""
    reports = [t.report for t in telling]
    settled_names = {code: _party(code, telling).name for code in telling[0].report.dyad.split("-")}
    yes_and_no = {"held", "refused"} <= {r.modality for r in reports}
    others: dict[str, set[str]] = {
        "kind": {str(r.kind) for r in reports} - {kind, "conversation"},
        "modality": {"held", "refused"} - {str(modality)} if yes_and_no else set(),
        "date": {str(r.date) for r in reports if r.date and r.date_precision == "day"} - {str(date)},
        "a": {r.a.code for r in reports if r.direction == "directed"} - {a},
        "place": {r.place.name for r in reports if r.place and place and r.place.country != place.country},
        "name": {
            party.name
            for r in reports
            for party in (r.a, r.b)
            if party.name and not _is_named(party.name, settled_names[party.code])
        },
    }
    return {field: sorted(values) for field, values in others.items() if values}


def _is_named(name: str, settled_name: str | None) -> bool:
    one, other = name_parts(name), name_parts(settled_name)
    return not (one and other) or same_name(one, other)


def _most(values: Iterable[H]) -> H:
    """Commonest value, the first among equals."""
    return Counter(values).most_common(1)[0][0]


def _union(values: Iterable[H]) -> list[H]:
    """Every value once, in a fixed order."""
    return sorted(set(values), key=_text)


def _text(value: object) -> str:
    return value.model_dump_json() if isinstance(value, BaseModel) else str(value)
