"""How an expression of time lies to the day of the report, as signals of modality."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from streams.coder.dates import Expression, resolve, vocabulary

_OLD_DAYS, _FRESH_DAYS = 30, 1
_HALF_YEAR = 6
_DIGITS = re.compile(r"\d+")


def lags(text: str, time: Expression, anchor: dt.date | None, latest: int | None) -> Iterator[str]:
    """Signals of one expression of `text`; `latest` is the last year that the article names."""
    yield f"time={time.form}"
    if time.form in {"vague", "relative", "weekday"}:
        yield f"when={_plain(text[time.start : time.end])}"
    for name, value in time.parts:
        if name in {"which", "vague_year", "year"}:
            yield f"time:{name}={value if name == 'which' else 'told'}"
    if year := time.part("vague_year") or time.part("year"):
        yield f"years={_years(int(year), anchor.year if anchor else latest)}"
    if anchor is None:
        return
    if month := time.part("vague_month"):
        yield f"months={_months(vocabulary()['months'].get(month.rstrip('.'), 0), anchor)}"
    for tense in ("past", "future"):
        day = resolve(time, anchor, tense)
        if day is not None:
            yield f"days:{tense}={_lag((day - anchor).days)}"


def _plain(words: str) -> str:
    """The words with months, weekdays and numbers put as what they are."""
    table = vocabulary()
    plain = []
    for word in words.casefold().split():
        bare = word.strip(".,")
        if bare in table["months"]:
            plain.append("MONTH")
        elif bare in table["weekdays"]:
            plain.append("WEEKDAY")
        else:
            plain.append(_DIGITS.sub("0", bare))
    return " ".join(plain)


def _years(year: int, present: int | None) -> str:
    if present is None:
        return "unknown"
    return "before" if year < present else "after" if year > present else "same"


def _months(month: int, anchor: dt.date) -> str:
    """A month named without its day: as many months back as the nearest one of that name lies."""
    if not month:
        return "unknown"
    gap = (month - anchor.month + _HALF_YEAR) % 12 - _HALF_YEAR
    return "same" if gap == 0 else f"{'ahead' if gap > 0 else 'back'} {'1' if abs(gap) == 1 else 'more'}"


def _lag(days: int) -> str:
    if days < -_OLD_DAYS:
        return "old"
    if days < 0:
        return "past"
    return "same" if days <= _FRESH_DAYS - 1 else "future"
