"""Windows, baseline and tempo, summed from rollups as of a moment of the stream's own time."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from schemas import Rollup, RollupEntry

WINDOWS: Mapping[str, dt.timedelta] = {
    "1h": dt.timedelta(hours=1),
    "24h": dt.timedelta(hours=24),
    "7d": dt.timedelta(days=7),
    "30d": dt.timedelta(days=30),
}
_DAY = WINDOWS["24h"]
_TRAILING = 30  # days that the baseline is taken from
_FEWEST = 7  # days; a baseline of fewer says nothing
_MAD_TO_SIGMA = 1.4826  # of a normal distribution
_LEAST_SIGMA = 1.0  # one contact a day; where every day is alike, one more is no alarm


@dataclass(frozen=True, slots=True)
class Window:
    """What happened in a window ending at the table's moment; counts are of held contacts but `planned`."""

    held: int
    planned: int
    by_kind: dict[str, int]
    by_counterpart: dict[str, int]
    tone: float | None


@dataclass(frozen=True, slots=True)
class Tempo:
    """The last 24 hours beside the trailing days.

    `baseline` is the median of the daily counts of the `days` days before (at most 30), `z` how many robust
    standard deviations (1.4826 times their median absolute deviation, at least 1) the last 24 hours lie above
    it. Both are None where fewer than 7 days are known.
    """

    last_day: int
    days: int
    baseline: float | None
    z: float | None


@dataclass(frozen=True, slots=True)
class CountryTable:
    """One country's rolling table: windows `1h`, `24h`, `7d`, `30d`, and the tempo."""

    country: str
    as_of: dt.datetime
    windows: dict[str, Window]
    tempo: Tempo


def newest(rollups: Iterable[Rollup]) -> dt.datetime | None:
    """Newest event time of a held contact: plans lie ahead of the stream's own time."""
    held = (e.event_time for r in rollups for e in r.entries.values() if e.modality == "held")
    return max(held, default=None)


def tables(rollups: Iterable[Rollup], as_of: dt.datetime | None = None) -> list[CountryTable]:
    """Sum the rollups of any number of countries, the busiest of the last 30 days first.

    Windows end at `as_of`, by default at the newest event time over all of them, and reach back without
    their first instant: an event at the very start belongs to the window before.
    """
    rollups = list(rollups)
    as_of = as_of or newest(rollups)
    if as_of is None:
        return []
    since = _earliest(rollups)
    entries: dict[str, list[RollupEntry]] = {}
    for rollup in rollups:
        entries.setdefault(rollup.country, []).extend(rollup.entries.values())
    found = [
        CountryTable(
            country=country,
            as_of=as_of,
            windows={name: _window(told, as_of - width, as_of) for name, width in WINDOWS.items()},
            tempo=_tempo(told, as_of, since),
        )
        for country, told in entries.items()
    ]
    return sorted(found, key=lambda t: (-t.windows["30d"].held, -t.windows["30d"].planned, t.country))


def dyad_tempo(rollups: Iterable[Rollup], dyad: str, as_of: dt.datetime | None = None) -> Tempo | None:
    """Tempo of one dyad, from the rollups of either or both of its countries; None where nothing is held."""
    rollups = list(rollups)
    as_of = as_of or newest(rollups)
    one, other = dyad.split("-")
    told = {
        contact: entry
        for rollup in rollups
        for contact, entry in rollup.entries.items()
        if {rollup.country, entry.counterpart} == {one, other}
    }
    return _tempo(list(told.values()), as_of, _earliest(rollups)) if as_of and told else None


def _earliest(rollups: Iterable[Rollup]) -> dt.datetime | None:
    held = (e.event_time for r in rollups for e in r.entries.values() if e.modality == "held")
    return min(held, default=None)


def _window(entries: Iterable[RollupEntry], start: dt.datetime, end: dt.datetime) -> Window:
    within = [entry for entry in entries if start < entry.event_time <= end]
    held = [entry for entry in within if entry.modality == "held"]
    tones = [entry.tone for entry in held if entry.tone is not None]
    return Window(
        held=len(held),
        planned=sum(entry.modality in ("planned", "proposed") for entry in within),
        by_kind=dict(Counter(entry.kind for entry in held).most_common()),
        by_counterpart=dict(Counter(entry.counterpart for entry in held).most_common()),
        tone=fmean(tones) if tones else None,
    )


def _tempo(entries: Sequence[RollupEntry], as_of: dt.datetime, since: dt.datetime | None) -> Tempo:
    daily = Counter((as_of - e.event_time) // _DAY for e in entries if e.modality == "held")
    known = (as_of - since) // _DAY if since else 0
    days = max(0, min(_TRAILING, known))
    if days < _FEWEST:
        return Tempo(daily[0], days, None, None)
    trailing = [daily[day] for day in range(1, days + 1)]
    baseline = median(trailing)
    spread = median(abs(n - baseline) for n in trailing)
    return Tempo(daily[0], days, baseline, (daily[0] - baseline) / max(_MAD_TO_SIGMA * spread, _LEAST_SIGMA))
