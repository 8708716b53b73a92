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

_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_MONTH = (
    r"(?i:jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?\.?|july?\.?|aug(?:ust|\.)?"
    r"|sept?(?:ember|\.)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?)"
)
_WEEKDAY = r"(?i:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tue|wed|thu|fri|sat|sun)\.?)"
_NUMBER = r"\d{1,2}(?:st|nd|rd|th)?"
_DAY = (
    r"(?:(?P<iso>\d{4}-\d{2}-\d{2})"
    rf"|(?P<month>{_MONTH})\s+(?P<day>{_NUMBER})(?:,?\s+(?P<year>\d{{4}}))?"
    rf"|(?P<day2>{_NUMBER})\s+(?P<month2>{_MONTH})(?:,?\s+(?P<year2>\d{{4}}))?)(?!\d)"
)
_CLOCK = r"(?:,?\s*\d{1,2}[:.]\d{2}(?:\s*(?i:[ap]\.?m\.?))?)?"
_CAPITAL = "[A-Z\u00c0-\u00de]"
_WORD = rf"{_CAPITAL}[\w.'’/-]*"
_PLACE = rf"(?P<place>{_WORD}(?:[ -](?:{_WORD}|de|el|al|la|es|am|of|on|the)){{0,4}})"
_REGION = rf"(?:,\s*(?P<region>{_CAPITAL}[\w.'’-]*(?:[ -]{_CAPITAL}[\w.'’-]*){{0,3}}))?"
_AGENCY = rf"(?:[(/\[]\s*(?P<agency>(?:{_CAPITAL}|[a-zа-я0-9])[^()\[\]\n]{{1,40}}?)\s*[)/\]])?"
_DASH = r"(?P<dash>\s*(?:--|—|–|―|-(?=\s)|_(?=\s)|:(?=\s)|\.(?=\s))\s*)"

_DATE = re.compile(_DAY)
_LEADING_DATE = re.compile(rf"\s*(?:{_WEEKDAY},?\s+)?{_DAY}{_CLOCK}\s*(?:[,.–—-]\s*)?(?:\n|(?={_CAPITAL}))")
_LABEL = re.compile(
    rf"\s*(?i:publication date|date|published|updated|posted|released)\s*:?\s+(?=\d|{_MONTH})"
)
_BYLINE = re.compile(
    r"\s*(?:\((?:ATTN|LEAD|EDS|\d(?:nd|rd|th) LD|LD)[^)]{0,300}\)\s*)+"
    r"|\s*By (?:[A-Z][\w.'’-]+\s+){1,4}?(?=[A-Z]{3,}[ ,])"
    r"|\s*By (?:[A-Z][\w.'’-]+(?:\s+(?:and\s+)?|,\s*)){1,6}(?:\n+|Staff Writer\s*\n*|Reporter\s*\n*)"
)
_DATELINE = re.compile(
    rf"\s*{_PLACE}{_REGION}[,.]?\s*(?:{_WEEKDAY},?\s*)?(?:{_DAY}[.,]?)?\s*(?:{_WEEKDAY},?\s*)?"
    rf"{_AGENCY}\s*{_DASH}"
)
_SIGNED = re.compile(rf"(?={_CAPITAL}{{3}}){_PLACE}{_REGION},\s*{_DAY}[.,]?\s*{_AGENCY}\s*{_DASH}")
_DAY_AFTER = re.compile(rf"{_DAY}\s*:\s*")
_CITY_CNN = re.compile(
    rf"\s*{_PLACE}(?:,\s*(?P<region>{_WORD}(?: {_WORD})?))?\s+(?P<agency>CNN|AP|AFP|Reuters|BBC)\s*{_DASH}"
)
_BARE_AGENCY = re.compile(r"\s*\(\s*(?P<agency>[A-Z][^()\n]{1,40}?)\s*\)\s*(?:--|—|–|-|:)?\s*")
_SHOUTED = rf"{_CAPITAL}[A-Z\u00c0-\u00de'’.-]+"
_CAPITALS_PLACE = re.compile(
    rf"\s*(?P<place>{_SHOUTED}(?:[ /]{_SHOUTED}){{0,3}})\s+(?={_CAPITAL}[a-z’']|[AI]\s|U\.S\.|\"|“)"
)
_REACH = 400
_LONG_PLACE = 40
_ACRONYM = 4  # names this short are no shouted words
_Found = tuple[str | None, str | None, str | None, dt.date | None, int]


def read_header(text: str, body_start: int, published: dt.date | None) -> Header:
    """Place, day and agency of the dateline, and where the first sentence begins.

    `text` is the whole text with the headline in front, `body_start` where its body begins. The year comes
    from the header or from the day of publication; a day without either stays unknown.
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


def _dateline(text: str, position: int, published: dt.date | None) -> _Found:
    end = min(len(text), position + _REACH)
    for pattern in (_CITY_CNN, _DATELINE):
        found = pattern.match(text, position, end)
        if found is not None and (read := _read_dateline(found, published)) is not None:
            return _with_day_after(text, read, published)
    signed = _SIGNED.search(text, position, end)  # after a slug and a byline
    if signed is not None and signed["agency"] and (read := _read_dateline(signed, published)) is not None:
        return read
    capitals = _CAPITALS_PLACE.match(text, position, end)
    if capitals is not None:
        name = capitals.group("place")
        place = _place(name, None)
        if place is not None and place.end >= len(name) - 1 and _is_dateline_place(place, name):
            return name, place.code, None, None, capitals.end()
    bare = _BARE_AGENCY.match(text, position, end)
    if bare is not None and bare.group("agency") in _agencies():
        return None, None, bare.group("agency"), None, bare.end()
    return None, None, None, None, position


def _read_dateline(found: re.Match[str], published: dt.date | None) -> _Found | None:
    """Judge whether what looks like a dateline is one: place or agency known, set off from the text."""
    groups = found.groupdict()
    name, agency, dash = groups["place"].rstrip("."), groups["agency"], groups["dash"]
    dated = any(groups.get(part) for part in ("iso", "month", "month2"))
    if agency is None and not dated and dash.strip() == ".":
        return None
    place = _place(name, groups["region"])
    signed = (agency is not None or dated) and name.isupper() and len(name) <= _LONG_PLACE
    if place is None and not signed:
        return None
    return name, place.code if place else None, agency, _resolved(found, published), found.end()


def _with_day_after(text: str, read: _Found, published: dt.date | None) -> _Found:
    """Take the day in "CAIRO - 2 March 2026: The envoy left"."""
    name, code, agency, day, end = read
    found = _DAY_AFTER.match(text, end) if day is None else None
    return read if found is None else (name, code, agency, _resolved(found, published), found.end())


def _is_dateline_place(place: Place, name: str) -> bool:
    """Whether a name in capitals opens a report with no dash: "PARIS The ministers met", not "US"."""
    return place.form in ("capital", "city", "state") and "." not in name and len(name) > len("USA")


@cache
def _agencies() -> frozenset[str]:
    return frozenset(data_lines("agencies.txt"))


def _place(name: str, region: str | None) -> Place | None:
    """The place of a dateline; the region after the comma decides where both are known."""
    for words in (region, name):
        if words:
            written = words.title() if words.isupper() and len(words) > _ACRONYM else words
            found = [place for place in gazetteer().find(written) if place.form != "demonym"]
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
        month, day = _MONTHS[month_name[:3].lower()], day.rstrip("stndrh")
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
