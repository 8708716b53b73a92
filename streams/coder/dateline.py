"""The header of an article: place, day and agency before the first sentence.

>>> from datetime import date
>>> header = read_header("ALMATY, March 2 (Reuters) - The two presidents spoke.", 0, date(2026, 3, 3))
>>> header.place, header.place_code, header.day.isoformat(), header.agency
('ALMATY', 'KAZ', '2026-03-02', 'Reuters')
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache

from streams.coder.gazetteer import Place, data_lines, gazetteer
from streams.coder.records import Header

_MONTH_NAMES = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_MONTHS = {name[:3]: number for number, name in enumerate(_MONTH_NAMES, 1)} | {"sept": 9}
_MONTH = r"(?:jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?\.?|july?\.?|aug(?:ust|\.)?|sept?(?:ember|\.)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?)"
_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tue|wed|thu|fri|sat|sun)\.?)"
_DAY = rf"(?:(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})|(?P<month>{_MONTH})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<year>\d{{4}}))?|(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month2>{_MONTH})(?:,?\s+(?P<year2>\d{{4}}))?)(?!\d)"
_DATE = re.compile(_DAY, re.IGNORECASE)
_LEADING_DATE = re.compile(
    rf"\s*(?:{_WEEKDAY},?\s+)?{_DAY}(?:,?\s*\d{{1,2}}[:.]\d{{2}}(?:\s*[ap]\.?m\.?)?)?\s*(?:[,.\u2013\u2014-]\s*)?(?:\n|(?=[A-Z\u00c0-\u00de]))",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\s*(?:date|published|updated|posted|released|publication date)\s*:?\s+(?=\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"\s*(?:\((?:ATTN|LEAD|EDS|\dnd LD|\drd LD|\dth LD|LD)[^)]{0,300}\)\s*)+|\s*By (?:[A-Z][\w.'’-]+\s+){1,4}?(?=[A-Z]{3,}[ ,])|\s*By (?:[A-Z][\w.'’-]+(?:\s+(?:and\s+)?|,\s*)){1,6}(?:\n+|Staff Writer\s*\n*|Reporter\s*\n*)"
)
_PLACE = r"(?P<place>[A-Z\u00c0-\u00de][\w.'’/-]*(?:[ -](?:[A-Z\u00c0-\u00de][\w.'’/-]*|de|el|al|la|es|am|of|on|the)){0,4})"
_REGION = r"(?:,\s*(?P<region>[A-Z\u00c0-\u00de][\w.'’-]*(?:[ -][A-Z\u00c0-\u00de][\w.'’-]*){0,3}))?"
_AGENCY = r"(?:[(/\[]\s*(?P<agency>[A-Z\u00c0-\u00deа-я0-9][^()\[\]\n]{1,40}?)\s*[)/\]])?"
_DASH = r"(?P<dash>\s*(?:--|—|–|―|-(?=\s)|_(?=\s)|:(?=\s)|\.(?=\s))\s*)"
_DATELINE = re.compile(
    rf"\s*{_PLACE}{_REGION}(?P<comma>[,.:]?)\s*(?:{_WEEKDAY},?\s*)?(?:{_DAY}[.,]?)?\s*(?:{_WEEKDAY},?\s*)?{_AGENCY}\s*{_DASH}?",
    re.UNICODE,
)
_BARE_AGENCY = re.compile(r"\s*\(\s*(?P<agency>[A-Z][^()\n]{1,40}?)\s*\)\s*(?:--|—|–|-|:)?\s*")
_CAPITALS_PLACE = re.compile(
    r"\s*(?P<place>[A-Z\u00c0-\u00de][A-Z\u00c0-\u00de'’.-]+(?:[ /][A-Z\u00c0-\u00de][A-Z\u00c0-\u00de'’.-]+){0,3})\s+(?=[A-Z\u00c0-\u00de][a-z’']|[AI]\s|U\.S\.|\"|“)"
)
_CITY_CNN = re.compile(
    rf"\s*{_PLACE}(?:,\s*{_PLACE.replace('place', 'region')})?\s+(?P<agency>CNN|AP|AFP|Reuters|BBC)\s*{_DASH}"
)
_REACH = 400
_LONG_PLACE = 40
_HALF_YEAR = 183


def read_header(text: str, body_start: int, published: dt.date | None) -> Header:
    """Place, day and agency of the dateline, and where the first sentence begins.

    `text` is the whole text with the headline in front, `body_start` where its body begins. The year comes from
    the header or from the day of publication; a day without either stays unknown.
    """
    position, day = body_start, None
    position, day = _leading_day(text, position, published)
    byline = _BYLINE.match(text, position, position + _REACH)
    if byline and byline.end() > position:
        position = byline.end()
    place, code, agency, own_day, end = _dateline(text, position, published)
    return Header(place, code, own_day or day or _title_day(text[:body_start]), agency, max(position, end))


def _leading_day(text: str, position: int, published: dt.date | None) -> tuple[int, dt.date | None]:
    label = _LABEL.match(text, position)
    start = label.end() if label else position
    found = _LEADING_DATE.match(text, start, start + _REACH)
    if found is None or (
        label is None and not found.group().rstrip(" ").endswith("\n") and found.group("iso") is None
    ):
        return position, None
    return found.end(), _resolved(found, published)


def _dateline(
    text: str, position: int, published: dt.date | None
) -> tuple[str | None, str | None, str | None, dt.date | None, int]:
    window_end = min(len(text), position + _REACH)
    found = _CITY_CNN.match(text, position, window_end) or _DATELINE.match(text, position, window_end)
    if found is not None and found.group("dash") is not None:
        groups = found.groupdict()
        agency = groups.get("agency")
        dated = any(groups.get(name) for name in ("iso", "month", "month2"))
        place = _place(found.group("place"), groups.get("region"))
        strong = agency is not None or dated or _is_strong_dash(found.group("dash"))
        if strong and (
            place is not None
            or (
                (agency is not None or dated)
                and len(found.group("place")) <= _LONG_PLACE
                and found.group("place").isupper()
            )
        ):
            if not (found.group("dash").strip() == "." and not dated and agency is None):
                return (
                    found.group("place"),
                    place.code if place else None,
                    agency,
                    _resolved(found, published),
                    found.end(),
                )
    capitals = _CAPITALS_PLACE.match(text, position, window_end)
    if capitals is not None:
        place = _place(capitals.group("place"), None)
        if (
            place is not None
            and place.end - place.start >= len(capitals.group("place")) - 1
            and _is_dateline_place(place, capitals.group("place"))
        ):
            return capitals.group("place"), place.code, None, None, capitals.end()
    bare = _BARE_AGENCY.match(text, position, window_end)
    if bare is not None and bare.group("agency") in _agencies():
        return None, None, bare.group("agency"), None, bare.end()
    return None, None, None, None, position


def _is_dateline_place(place: Place, name: str) -> bool:
    """Whether a name in capitals with no dash after it opens a report: "PARIS The ministers met", but not "US"."""
    return place.form in ("capital", "city", "state") and "." not in name and len(name) > len("USA")


def _is_strong_dash(dash: str) -> bool:
    return dash.strip() in ("--", "—", "–", "―", "-", "_", ":")


@cache
def _agencies() -> frozenset[str]:
    return frozenset(data_lines("agencies.txt"))


def _place(name: str, region: str | None) -> Place | None:
    """The place of a dateline; the region after the comma decides where both are known."""
    for words in (region, name):
        if words:
            found = [
                p
                for p in gazetteer().find(words.title() if words.isupper() and len(words) > 4 else words)
                if p.form != "demonym"
            ]  # noqa: PLR2004
            if found and (found[0].start == 0 or words is region):
                return found[0]
    return None


def _title_day(title: str) -> dt.date | None:
    """The day in the headline of a day's digest."""
    found = _DATE.search(title)
    if found is None:
        return None
    groups = found.groupdict()
    return _resolved(found, None) if groups["iso"] or groups["year"] or groups["year2"] else None


def _resolved(found: re.Match[str], published: dt.date | None) -> dt.date | None:
    groups = found.groupdict()
    try:
        if groups.get("iso"):
            return dt.date.fromisoformat(groups["iso"])
        month_name, day = groups.get("month") or groups.get("month2"), groups.get("day") or groups.get("day2")
        if not month_name or not day:
            return None
        month = _MONTHS[month_name[:3].lower()]
        year = groups.get("year") or groups.get("year2")
        if year:
            return dt.date(int(year), month, int(day))
        return _nearest(month, int(day), published) if published else None
    except ValueError:
        return None


def _nearest(month: int, day: int, published: dt.date) -> dt.date:
    """The day of that name closest to publication."""
    years = (published.year - 1, published.year, published.year + 1)
    return min((dt.date(year, month, day) for year in years), key=lambda d: abs((d - published).days))
