"""Whether two names are one person's, and which office a role speaks of."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import cache, lru_cache
from importlib.resources import files

_SIMILAR = 0.8  # of two spellings of one name part: Mohamed, Mohammed, Muhammad
_FEW = 4  # letters; shorter name parts must be spelt alike

# What transliterations spell in several ways, brought to one; longer spellings first.
_SPELLINGS = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"ph", "f"),
        (r"kh|gh|q|ck|c(?=[aou])", "k"),
        (r"zh|dj|j", "z"),
        (r"sch|sh|ch|ts|tz", "s"),
        (r"th", "t"),
        (r"w", "v"),
        (r"ou|oo", "u"),
        (r"ee|yi|iy|y", "i"),
        (r"e", "a"),
        (r"h(?![aeiou])", ""),
        (r"(.)\1+", r"\1"),
    )
)
_LETTERS = {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe"}
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=50_000)
def words(text: str) -> tuple[str, ...]:
    """Lower-case words without accents and signs; hyphens part words, apostrophes do not."""
    lowered = "".join(_LETTERS.get(c, c) for c in text.lower())
    plain = "".join(c for c in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(c))
    return tuple(_WORD.findall(re.sub(r"['’`ʿʾ]", "", plain)))


@lru_cache(maxsize=50_000)
def name_parts(name: str | None) -> tuple[str, ...]:
    """Parts of a person's name that tell who it is, without honorifics and particles."""
    if not name:
        return ()
    parts = tuple(w for w in words(name) if w not in _ignored())
    return parts if any(len(part) > 1 for part in parts) else ()


@lru_cache(maxsize=50_000)
def same_name(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two names, given in parts, may be one person's: `Joe Biden`, `Joseph R. Biden`, `Biden`."""
    short, long = sorted((one, other), key=lambda parts: (len(parts), parts))
    if _is_within(short, long):
        return True
    if _alike("".join(short), "".join(long)) and short[0][0] == long[0][0]:
        return True  # Jong-un, Jongun; Al Sisi, Alsisi
    return len(short) > 1 and _alike(short[-1], long[-1]) and short[0][0] == long[0][0]


def _is_within(short: Sequence[str], long: Sequence[str]) -> bool:
    """Whether every part of the shorter name finds one of its own in the longer."""
    free = list(long)
    for part in short:
        found = next((other for other in free if _alike(part, other)), None)
        if found is None and len(part) == 1:
            found = next((other for other in free if other[0] == part), None)
        if found is None:
            return False
        free.remove(found)
    return True


@lru_cache(maxsize=200_000)
def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    one, other = sound(one), sound(other)
    if one == other:
        return True
    if min(len(one), len(other)) < _FEW:
        return False
    first, second = sorted((one, other))
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= _SIMILAR


@lru_cache(maxsize=50_000)
def sound(part: str) -> str:
    """Spell a name part as it sounds, so that transliterations fall together."""
    for pattern, plain in _SPELLINGS:
        part = pattern.sub(plain, part)
    return part


@lru_cache(maxsize=20_000)
def office(role: str | None) -> str | None:
    """Class of office that a role speaks of, such as `head` or `foreign`; None where it tells none."""
    if not role:
        return None
    told = f" {' '.join(words(role))} "
    return next((name for phrase, name in _offices() if f" {phrase} " in told), None)


@cache
def _offices() -> tuple[tuple[str, str], ...]:
    table = files("streams.ledger").joinpath("offices.csv").read_text(encoding="utf-8")
    return tuple((row["phrase"], row["office"]) for row in csv.DictReader(table.splitlines()))


@cache
def _ignored() -> frozenset[str]:
    lines = files("streams.ledger").joinpath("honorifics.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
