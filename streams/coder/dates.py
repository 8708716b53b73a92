"""Expressions of time in English news, found by pattern and resolved against the day of the report."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, TypedDict

Tense = Literal["past", "future"]
Form = Literal["full", "day", "weekday", "relative", "vague"]
Precision = Literal["day", "month", "year", "unknown"]


class Vocabulary(TypedDict):
    """Words of time, all lower-case."""

    months: dict[str, int]
    weekdays: list[str]
    parts_of_day: list[str]
    numbers: dict[str, int]
    saying: list[str]
    schedule_titles: list[str]
    bounds: list[str]
    follow_ups: list[str]
    visit_now: list[str]
    visit_past: list[str]


@cache
def vocabulary() -> Vocabulary:
    """Words of time, from data/time.json."""
    table: Vocabulary = json.loads(
        files("streams.coder").joinpath("data/time.json").read_text(encoding="utf-8")
    )
    return table


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_WORDS = vocabulary()
_MONTH = rf"(?:{_any_of(_WORDS['months'])})\b\.?"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?\b(?![:.,]\d)"
_YEAR = r"(?:19|20)\d\d\b"
_TO = r"\s*(?:-|–|—|to|through|until|till|and)\s*"
_DAYPART = _any_of(_WORDS["parts_of_day"])
_COUNT = rf"(?:\d{{1,3}}|{_any_of(_WORDS['numbers'])})"

_SOURCES: dict[Form, list[str]] = {
    "full": [r"\b(?P<year>(?:19|20)\d\d)-(?P<month_number>\d\d)-(?P<day>\d\d)\b"],
    "day": [
        (
            rf"\b(?P<month>{_MONTH})\s+(?P<day>{_DAY})(?:{_TO}(?:{_MONTH}\s+)?{_DAY})?"
            rf"(?:\s*,?\s+(?P<year>{_YEAR}))?"
        ),
        (
            rf"\b(?P<day>{_DAY})(?:{_TO}{_DAY})?\s+(?:of\s+)?(?P<month>{_MONTH})(?!\s+{_DAY}\s*,?\s*{_YEAR})"
            rf"(?:{_TO}{_DAY}\s+{_MONTH})?(?:\s*,?\s+(?P<year>{_YEAR}))?"
        ),
    ],
    "weekday": [
        (
            rf"\b(?:(?P<which>last|next|this|past|coming|previous|following)\s+)?"
            rf"(?P<weekday>{_any_of(_WORDS['weekdays'])})\b(?:\s+(?:{_DAYPART})\b)?"
        )
    ],
    "relative": [
        (
            rf"\b(?:(?P<before>the day before yesterday)|(?P<after>the day after tomorrow)"
            rf"|(?P<yesterday>yesterday|last night|the previous (?:day|evening))"
            rf"|(?P<tomorrow>tomorrow)|(?P<today>today|tonight|this\s+(?:{_DAYPART})"
            rf"|(?:earlier|later) in the day|(?:earlier|later) on the same day)"
            rf"|(?P<count>{_COUNT})\s+days\s+ago)\b"
        )
    ],
    "vague": [
        (
            rf"\b(?:(?:(?:earlier|later|early|late)\s+)?(?:last|next|this|past|coming|previous|recent)\s+"
            rf"(?:few\s+)?(?:weeks?|weekend|months?|years?|spring|summer|autumn|fall|winter)"
            rf"|(?:{_COUNT}|several|few)\s+(?:weeks?|months?|years?)\s+(?:ago|earlier)|recently"
            rf"|(?:in|last|next|since|this)\s+(?:early\s+|late\s+|mid-?\s*)?(?P<vague_month>{_MONTH})"
            rf"(?:\s+{_YEAR})?(?!\s*{_DAY})|in\s+(?P<vague_year>{_YEAR}))"
        )
    ],
}
_PATTERNS = [(f, re.compile(source, re.IGNORECASE)) for f, sources in _SOURCES.items() for source in sources]


@dataclass(frozen=True, slots=True)
class Expression:
    """Words of time; positions are characters of the searched text."""

    start: int
    end: int
    form: Form
    parts: tuple[tuple[str, str], ...]

    def part(self, name: str) -> str | None:
        """One named piece of the expression, lower-case."""
        return dict(self.parts).get(name)


def expressions(text: str) -> list[Expression]:
    """All expressions of time, in the order of the text, the more exact one where two overlap."""
    found: list[Expression] = []
    for form, pattern in _PATTERNS:
        for match in _capitalised(pattern.finditer(text), form):
            if all(match.end() <= other.start or match.start() >= other.end for other in found):
                parts = tuple((k, v.casefold()) for k, v in match.groupdict().items() if v)
                found.append(Expression(match.start(), match.end(), form, parts))
    found.sort(key=lambda expression: expression.start)
    return [e for i, e in enumerate(found) if not _names_the_next(e, found[i + 1 : i + 2], text)]


def _capitalised(matches: Iterator[re.Match[str]], form: Form) -> Iterator[re.Match[str]]:
    """Leave out the verb "may" and the like: names of months and weekdays are capitalised."""
    for match in matches:
        named = match.groupdict()
        name = named.get("month") or named.get("weekday") or named.get("vague_month")
        if form in {"full", "relative"} or not name or name[0].isupper():
            yield match


def _names_the_next(expression: Expression, following: list[Expression], text: str) -> bool:
    """Whether it is a weekday right before a date ("Sunday, Dec. 28"), to which it adds nothing."""
    if expression.form != "weekday" or not following or following[0].form not in {"day", "full"}:
        return False
    return not text[expression.end : following[0].start].strip(" ,(")


def resolve(expression: Expression, anchor: dt.date | None, tense: Tense) -> dt.date | None:
    """Day that the expression names for a report of the day `anchor`; None where it does not tell."""
    if expression.form in {"full", "day"}:
        return _calendar_day(expression, anchor, tense)
    if anchor is None or expression.form == "vague":
        return None
    if expression.form == "weekday":
        return _weekday(expression, anchor, tense)
    return anchor + dt.timedelta(days=_offset(expression))


def _offset(expression: Expression) -> int:
    named = dict(expression.parts)
    if count := named.get("count"):
        return -(int(count) if count.isdigit() else _WORDS["numbers"][count])
    return {"before": -2, "after": 2, "yesterday": -1, "tomorrow": 1, "today": 0}[next(iter(named))]


def _weekday(expression: Expression, anchor: dt.date, tense: Tense) -> dt.date:
    target = _WORDS["weekdays"].index(expression.part("weekday") or "")
    which = expression.part("which")
    if tense == "past" and which not in {"next", "coming"}:
        back = (anchor.weekday() - target) % 7
        return anchor - dt.timedelta(days=back or (7 if which in {"last", "past", "previous"} else 0))
    ahead = (target - anchor.weekday()) % 7
    return anchor + dt.timedelta(days=ahead or (7 if which == "next" else 0))


def _calendar_day(expression: Expression, anchor: dt.date | None, tense: Tense) -> dt.date | None:
    month = expression.part("month_number") or _WORDS["months"][(expression.part("month") or "").rstrip(".")]
    day = re.sub(r"\D", "", expression.part("day") or "")
    if year := expression.part("year"):
        return _day(int(year), int(month), int(day))
    if anchor is None:
        return None
    near = [d for y in (-1, 0, 1) if (d := _day(anchor.year + y, int(month), int(day)))]
    slack = dt.timedelta(days=2 if tense == "past" else 30)
    fitting = [d for d in near if (d <= anchor + slack if tense == "past" else d >= anchor - slack)]
    return min(fitting or near, key=lambda d: abs(d - anchor), default=None)


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def precision(expression: Expression) -> Precision:
    """How exactly the expression tells the time."""
    if expression.form != "vague":
        return "day"
    if expression.part("vague_month"):
        return "month"
    return "year" if expression.part("vague_year") else "unknown"
