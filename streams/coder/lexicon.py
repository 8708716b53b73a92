"""Words of the party rules: offices and their classes, portfolios, particles, honorifics.

Data: `data/offices.csv`, `data/words.toml` (general vocabulary, compiled for this project).
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache

import ahocorasick

from streams.coder.gazetteer import data_text, fold


@dataclass(frozen=True, slots=True)
class Words:
    """Closed word lists; see data/words.toml for what each is."""

    modifiers: frozenset[str]
    former: frozenset[str]
    elect: frozenset[str]
    portfolio: frozenset[str]
    particles: frozenset[str]
    honorifics: frozenset[str]
    feminine: frozenset[str]
    masculine: frozenset[str]
    not_names: frozenset[str]
    pair_nouns: frozenset[str]
    common_surnames: frozenset[str]
    places_as_given_names: frozenset[str]
    pair_nouns_of_persons: frozenset[str]
    ranks: frozenset[str]
    determiners: frozenset[str]
    choices: frozenset[str]


@dataclass(frozen=True, slots=True)
class Office:
    """Words for an office in the text, by character."""

    start: int
    end: int
    phrase: str
    office: str


@cache
def words() -> Words:
    """The shipped word lists."""
    table = tomllib.loads(data_text("words.toml"))
    return Words(**{f.name: frozenset(fold(word) for word in table[f.name]) for f in fields(Words)})


@cache
def _offices() -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for row in csv.DictReader(data_text("offices.csv").splitlines()):
        phrase = fold(row["phrase"])
        for variant in {phrase, phrase.replace("-", " ")}:
            automaton.add_word(variant, (len(variant), phrase, row["office"]))
    automaton.make_automaton()
    return automaton


def find_offices(text: str, barred: Callable[[int, int], bool] = lambda _start, _end: False) -> list[Office]:
    """Every office named in the text, the longest phrase at each place, in order.

    Phrases whose characters are barred (because they are part of a state's name) give way to shorter ones.
    """
    folded = fold(text)
    every = []
    for last, (length, phrase, office) in _offices().iter(folded):
        start, end = last - length + 1, last + 1
        if (start and folded[start - 1].isalnum()) or (end < len(folded) and folded[end].isalnum()):
            continue
        if barred(start, end):
            continue
        every.append(Office(start, end, phrase, office))
    every.sort(key=lambda found: (found.start, -found.end))
    kept: list[Office] = []
    for found in every:
        if not kept or found.start >= kept[-1].end:
            kept.append(found)
    return kept


def is_plural(phrase: str) -> bool:
    """Whether the words name several holders of the office."""
    head = phrase.split(" of ", maxsplit=1)[0].split(" for ", maxsplit=1)[0]
    return (head.endswith("s") and not head.endswith(("ss", "attaches"))) or head in (
        "spokesmen",
        "congressmen",
    )
