"""Articles without number that say in one line each whom they tell of, for `tests.line_coder:LineCoder`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import combinations

import pycountry

from schemas import Article

_FIRST_DAY = dt.date(2022, 1, 1)
_DYADS = list(combinations(sorted(country.alpha_3 for country in pycountry.countries), 2))
_STEP = 7919  # a prime, so that what comes one after the other lies far apart in the list


def stories(first: int, count: int, *, per_day: int = 1000) -> Iterator[Article]:
    """Give articles by number, so many a day, each of a contact of its own."""
    for number in range(first, first + count):
        a, b = _DYADS[number * _STEP % len(_DYADS)]
        day = _FIRST_DAY + dt.timedelta(days=number // per_day)
        yield Article(uri=f"urn:story:{number}", text=f"{a} {b} call held {day}", published=day)
