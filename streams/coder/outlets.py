"""Where an outlet is at home: "the President" of its own state needs no naming there.

Data: `data/outlets.csv` (well-known outlets and words inside their names; general knowledge), the top-level
domains of states by pycountry.
"""

from __future__ import annotations

import csv
import re
from functools import cache

import pycountry

from streams.coder.gazetteer import data_lines, data_text, fold, gazetteer

_DOMAIN = re.compile(r"\b[a-z0-9-]+\.(?:[a-z]{2,3}\.)?([a-z]{2})\b")
_LONG_PATTERN = 18  # letters; so long a name is also known when written as one word
# Domains that are used far from home.
_WORLDWIDE = frozenset(("io", "tv", "me", "co", "ai", "fm", "cc", "la", "to", "ws", "eu", "sh", "ly", "gg"))


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    rows = csv.DictReader(data_text("outlets.csv").splitlines())
    pairs = sorted(((fold(row["pattern"]), row["code"]) for row in rows), key=lambda pair: -len(pair[0]))
    return tuple((re.compile(rf"(?<![a-z]){re.escape(pattern)}"), code) for pattern, code in pairs)


@cache
def is_worldwide(source: str | None) -> bool:
    """Whether an outlet writes about the whole world, so that its own state is no default."""
    return _is_named(source, "worldwide_outlets.txt")


@cache
def is_office(source: str | None) -> bool:
    """Whether an office of state publishes the source itself."""
    return _is_named(source, "offices_of_publishers.txt")


def _is_named(source: str | None, names: str) -> bool:
    """Whether one of a list's names stands in a source's, as words of its own."""
    folded = fold(source or "")
    return any(
        re.search(rf"(?<![a-z]){re.escape(fold(name))}(?![a-z])", folded) for name in data_lines(names)
    )


@cache
def home_of(source: str | None) -> str | None:
    """Code of the state or organisation an outlet belongs to, where its name tells."""
    if not source:
        return None
    folded = fold(source)
    for pattern, code in _patterns():
        is_long = len(pattern.pattern) > _LONG_PATTERN
        if pattern.search(folded) or (is_long and pattern.search(folded.replace(" ", ""))):
            return code
    domain = _DOMAIN.search(folded)
    if domain and domain.group(1) not in _WORLDWIDE:
        top = "gb" if domain.group(1) == "uk" else domain.group(1)
        country = pycountry.countries.get(alpha_2=top.upper())
        return str(country.alpha_3) if country else None
    named = [place for place in gazetteer().find(source) if place.form not in ("organisation", "city")]
    return named[0].code if named else None
