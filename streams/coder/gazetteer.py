"""Names of states and organisations in running text: countries, peoples, capitals, cities, seats, bodies.

Data: `data/states.csv`, `organisations.csv`, `subnational.csv`, `masks.txt`, `ambiguous.txt` (general
knowledge, compiled for this project), and the official names and codes of pycountry.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Literal

import ahocorasick
import pycountry

PlaceForm = Literal["state", "demonym", "people", "capital", "city", "seat", "organisation", "region", "mask"]

_FOLDS = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "–": "-", "‑": "-", "‐": "-", "\n": " ", "\t": " ", "\u00a0": " "}
)
_UNDECLINED = ("ese", "ish", "sh", "ch", "ss", "s", "ic")
_OUTRANKED = {
    "mask": 0,
    "state": 1,
    "organisation": 1,
    "demonym": 2,
    "people": 2,
    "seat": 2,
    "capital": 3,
    "city": 4,
    "region": 5,
}
_ACRONYM_LENGTH = 6
_HALVES = {"KOR": "PRK", "PRK": "KOR"}
_HALF = re.compile(r"\b(North|South) and $")


@dataclass(frozen=True, slots=True)
class Place:
    """A name of a state or organisation in the text, with what it is and whom it stands for."""

    start: int
    end: int
    code: str
    form: PlaceForm


@dataclass(frozen=True, slots=True)
class Name:
    """One entry of the gazetteer."""

    surface: str
    code: str
    form: PlaceForm


def fold(text: str) -> str:
    """Lower-case with plain quotes, dashes and blanks, as long as the text itself."""
    plain = text.translate(_FOLDS)
    lowered = plain.lower()
    if len(lowered) == len(plain):
        return lowered
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in plain)


def data_text(name: str) -> str:
    """Content of one of the coder's data files."""
    return files("streams.coder").joinpath("data", name).read_text(encoding="utf-8")


def data_lines(name: str) -> list[str]:
    """Lines of a word list, without comments and blank ones."""
    return [
        line.strip() for line in data_text(name).splitlines() if line.strip() and not line.startswith("#")
    ]


def _split(cell: str | None) -> list[str]:
    return [part.strip() for part in (cell or "").split(";") if part.strip()]


def _peoples(demonym: str) -> Iterator[str]:
    if not demonym.lower().endswith(_UNDECLINED) and not demonym.endswith((".", "men", "man", "US")):
        yield f"{demonym}s"


def _state_names() -> Iterator[Name]:
    for country in pycountry.countries:
        for attribute in ("name", "official_name", "common_name"):
            surface = getattr(country, attribute, None)
            if surface and "," not in surface:
                yield Name(surface, country.alpha_3, "state")
    forms: list[tuple[str, PlaceForm]] = [
        ("names", "state"),
        ("demonyms", "demonym"),
        ("capitals", "capital"),
        ("cities", "city"),
        ("seats", "seat"),
    ]
    for row in csv.DictReader(data_text("states.csv").splitlines()):
        for column, form in forms:
            for surface in _split(row[column]):
                yield Name(surface, row["code"], form)
        for demonym in _split(row["demonyms"]):
            for people in _peoples(demonym):
                yield Name(people, row["code"], "people")


def _other_names() -> Iterator[Name]:
    for row in csv.DictReader(data_text("organisations.csv").splitlines()):
        for surface in _split(row["names"]):
            yield Name(surface, row["code"], "organisation")
        for surface in _split(row["seats"]):
            yield Name(surface, row["code"], "seat")
    for row in csv.DictReader(data_text("subnational.csv").splitlines()):
        for surface in _split(row["names"]):
            yield Name(surface, row["code"], "region")
    for mask in data_lines("masks.txt"):
        yield Name(mask, "", "mask")


class Gazetteer:
    """Finds every name of a state or organisation, longest first, and settles the ambiguous ones."""

    def __init__(self, names: Iterable[Name] | None = None) -> None:
        self._automaton = ahocorasick.Automaton()
        table: dict[str, list[Name]] = {}
        for name in names if names is not None else (*_state_names(), *_other_names()):
            table.setdefault(fold(name.surface), []).append(name)
        for key, same in table.items():
            same.sort(key=lambda name: _OUTRANKED[name.form])
            self._automaton.add_word(key, (len(key), tuple(same)))
        self._automaton.make_automaton()
        self._ambiguous = frozenset(fold(line) for line in data_lines("ambiguous.txt"))

    def find(self, text: str) -> list[Place]:
        """Every name in the text that stands for a state or organisation, in order, none overlapping."""
        found = self._longest(text)
        sure = {place.code for place in found if self._is_sure(text, place)}
        regions = sum(place.form == "region" and place.code == "USA" for place in found)
        kept = []
        for place in found:
            surface = fold(text[place.start : place.end])
            if place.form in ("mask", "region"):
                continue
            if surface in self._ambiguous and place.code not in sure:
                continue
            if surface == "georgia" and regions and "GEO" not in sure:
                continue
            if half := _other_half(text, place):
                kept.append(half)
            kept.append(replace(place, start=place.start + 4) if surface.startswith("the ") else place)
        return kept

    def _is_sure(self, text: str, place: Place) -> bool:
        surface = fold(text[place.start : place.end])
        return (
            place.form not in ("mask", "region") and surface not in self._ambiguous and surface != "georgia"
        )

    def _longest(self, text: str) -> list[Place]:
        folded = fold(text)
        every: list[Place] = []
        for last, (length, names) in self._automaton.iter(folded):
            start, end = last - length + 1, last + 1
            if not _is_bounded(folded, start, end):
                continue
            surface = text[start:end]
            name = next((n for n in names if _has_case(surface, n.surface)), None)
            if name is not None:
                every.append(Place(start, end, name.code, name.form))
        every.sort(key=lambda place: (place.start, -place.end))
        kept: list[Place] = []
        for place in every:
            if kept and place.start < kept[-1].end:
                if place.end - place.start > kept[-1].end - kept[-1].start and place.end > kept[-1].end:
                    kept[-1] = place
                continue
            kept.append(place)
        return [_attributive(text, place) for place in kept]


def _attributive(text: str, place: Place) -> Place:
    """Turn the first half of "Iran-backed" into a mask: no party, only a description."""
    dash, follows = text[place.end : place.end + 1], text[place.end + 1 : place.end + 2]
    if dash and dash in "-‑–" and follows.islower() and place.form != "mask":
        return replace(place, form="mask")
    return place


def _other_half(text: str, place: Place) -> Place | None:
    """The first state in "North and South Korea"."""
    before = _HALF.search(text, 0, place.start) if place.code in _HALVES else None
    if before is None or not text.startswith(("North", "South"), place.start):
        return None
    return Place(before.start(1), before.end(1), _HALVES[place.code], place.form)


def _is_bounded(text: str, start: int, end: int) -> bool:
    if start > 0 and text[start - 1].isalnum():
        return False
    return end >= len(text) or not text[end].isalnum()


def _has_case(surface: str, name: str) -> bool:
    """Whether the words are written as the name is, or all in capitals."""
    if len(name) <= _ACRONYM_LENGTH and name.isupper():
        return surface == name
    skip = 4 if name.startswith("the ") else 0
    first = next((i for i, c in enumerate(name) if c.isupper()), None)
    if first is None:
        return True
    if skip and surface[:3] not in ("the", "The", "THE"):
        return False
    return all(s.isupper() for s, n in zip(surface, name, strict=True) if n.isupper())


@cache
def gazetteer() -> Gazetteer:
    """The gazetteer of the shipped data."""
    return Gazetteer()


def state_codes() -> frozenset[str]:
    """Codes of the states in the gazetteer."""
    return frozenset(row["code"] for row in csv.DictReader(data_text("states.csv").splitlines()))
