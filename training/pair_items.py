"""What annotated articles teach the pair encoder: sentences with their pairs, and what was told of each."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from streams.coder.judge import MODALITIES, crossed, shipped_judge
from streams.coder.pair_encoder import KINDS, LABELS, Ints, Marked, Pair, pair_of
from streams.scoring import pair_of as annotated_pair
from training.judge_data import Example

Floats = npt.NDArray[np.float32]
Renamed = Callable[[Ints, random.Random], Ints | None]


@dataclass(frozen=True)
class Item:
    """One sentence with its pairs; of `targets` the values below zero are unknown and teach nothing."""

    article: str
    source: str
    number: int
    input: Marked
    targets: Floats  # (pairs, labels)
    likely: float  # how much the shipped judge takes a pair of which nothing is told for one that is

    @property
    def told(self) -> bool:
        """Whether the sentence tells a contact."""
        return bool((self.targets[:, : len(KINDS)] > 0).any())


def items(examples: Iterable[Example]) -> list[Item]:
    """Every sentence that has candidates."""
    judge = shipped_judge()
    found = []
    for example in examples:
        likely: dict[tuple[int, Pair], float] = {}
        for candidate in example.candidates:
            place = candidate.sentence, pair_of(example.parties, candidate)
            likely[place] = max(likely.get(place, 0.0), judge.contact.probability(crossed(candidate)))
        for number, read in example.read.items():
            asked = zip(read.pairs, read.firsts, strict=True)
            rows = np.array([target(example, number, pair, first) for pair, first in asked], dtype=np.float32)
            empty = (rows[:, : len(KINDS)] == 0).all(1)
            alike = (likely[number, pair] for pair, none in zip(read.pairs, empty, strict=True) if none)
            found.append(Item(example.id, example.source, number, read, rows, max(alike, default=0.0)))
    return found


def target(example: Example, number: int, pair: Pair, first: str) -> Floats:
    """What is known of one pair in one sentence: another telling of an annotated contact is left open."""
    row = np.full(len(LABELS), -1, dtype=np.float32)
    row[: len(KINDS)] = 0
    same = [g for g in example.gold if annotated_pair(g) == frozenset(pair)]
    for contact in same:
        for kind in (contact["kind"], *contact.get("also", ())):
            row[KINDS.index(kind)] = -1
    told = [g for g in same if number in g["sentences"]]
    for contact in told:
        for kind in contact.get("also", ()):
            row[KINDS.index(kind)] = 0.5
    for contact in told:
        row[KINDS.index(contact["kind"])] = 1
    modalities = {g["modality"] for g in told}
    if len(modalities) == 1:
        row[len(KINDS) : -2] = [float(m in modalities) for m in MODALITIES]
    leads = {g["a"]["code"] == first for g in told}
    if len(leads) == 1:
        row[-2] = float(leads.pop())
    directed = {g["direction"] == "directed" for g in told}
    if len(directed) == 1:
        row[-1] = float(directed.pop())
    return row


def renaming(vocabulary: Mapping[str, int]) -> Renamed:
    """A function that puts other states, peoples and capitals into a sentence, so that wording is learned.

    It gives None where the sentence has none of one piece.
    """
    text = files("streams.coder").joinpath("data/states.csv").read_text(encoding="utf-8")
    rows = [
        [vocabulary.get(row[name].split(";")[0].lower()) for name in ("names", "demonyms", "capitals")]
        for row in csv.DictReader(text.splitlines())
    ]
    states = [(name, people) for name, people, _ in rows if name is not None and people is not None]
    capitals = [capital for *_, capital in rows if capital is not None]

    def renamed(ids: Ints, chance: random.Random) -> Ints | None:
        others, seats = chance.sample(states, len(states)), chance.sample(capitals, len(capitals))
        new = dict(zip(capitals, seats, strict=True))
        for (name, people), (other, demonym) in zip(states, others, strict=True):
            new |= {name: other, people: demonym}
        changed = np.array([[new.get(int(k), int(k)) for k in ids[0]]], dtype=np.int64)
        return None if (changed == ids).all() else changed

    return renamed
