"""Annotated articles with their candidates, as the matrices that the judge learns from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from streams.coder.judge import MODALITIES, crossed, modality_features
from streams.coder.pair_encoder import Marked
from streams.coder.records import Candidate, Parties
from streams.scoring import pair_of

Features = dict[str, float]


@dataclass(frozen=True)
class Example:
    """One annotated article with its candidates."""

    id: str
    set: str
    source: str
    parties: Parties
    candidates: list[Candidate]
    gold: list[dict[str, Any]]  # the annotation's contacts, each with "sentences": where its evidence stands
    read: dict[int, Marked] = field(default_factory=dict)  # what the pair encoder reads, by sentence

    @property
    def is_dev(self) -> bool:
        """Whether figures are reported on it."""
        return self.set == "dev"


class Vocabulary:
    """Columns of feature names that occur often enough."""

    def __init__(self, rows: Iterable[Features], least: int) -> None:
        counts: dict[str, int] = {}
        for row in rows:
            for name in row:
                counts[name] = counts.get(name, 0) + 1
        self.names = sorted(name for name, count in counts.items() if count >= least)
        self._column = {name: k for k, name in enumerate(self.names)}

    def matrix(self, rows: Iterable[Features]) -> csr_matrix:
        """Rows as a sparse matrix."""
        data, indices, starts = [], [], [0]
        for row in rows:
            for name, value in row.items():
                if (column := self._column.get(name)) is not None:
                    indices.append(column)
                    data.append(value)
            starts.append(len(indices))
        return csr_matrix((data, indices, starts), shape=(len(starts) - 1, len(self.names)))


def label(example: Example, candidate: Candidate) -> tuple[int | None, str | None, float]:
    """Whether a candidate is a contact (None: leave out), its modality, how near it is to the annotation.

    The nearness is 1 where the cue stands in the evidence, 0.5 in its sentence, else 0.
    """
    entities = example.parties.entities
    pair = frozenset((entities[candidate.a].code, entities[candidate.b].code))
    same = [g for g in example.gold if pair_of(g) == pair]
    exact = [g for g in same if g["kind"] == candidate.kind]
    loose = [g for g in same if candidate.kind in g.get("also", ())]
    told = [g for g in exact or loose if candidate.sentence in g["sentences"]]
    modalities = {g["modality"] for g in told or exact or loose}
    modality = next(iter(modalities)) if len(modalities) == 1 else None
    near = 0.5 if told else 0.0
    if any(g.get("tokens") and g["tokens"][0] <= candidate.cue.head < g["tokens"][1] for g in told):
        near = 1.0
    if exact:
        return 1, modality, near
    return (None, modality, near) if loose else (0, None, 0.0)


class Board:
    """All candidates of all examples in matrices, so that every fold only picks rows."""

    def __init__(self, examples: Sequence[Example], least: int) -> None:
        self.examples = list(examples)
        every = [(e, c) for e in self.examples for c in e.candidates]
        ends = np.cumsum([len(e.candidates) for e in self.examples])
        self.rows = {
            e.id: np.arange(end - len(e.candidates), end) for e, end in zip(self.examples, ends, strict=True)
        }
        self.vocabulary = Vocabulary((crossed(c) for _, c in every), least)
        self.contact = self.vocabulary.matrix(crossed(c) for _, c in every)
        self.modal_vocabulary = Vocabulary((modality_features(c) for _, c in every), least)
        self.modal = self.modal_vocabulary.matrix(modality_features(c) for _, c in every)
        answers = [label(e, c) for e, c in every]
        self.answer = np.array([-1 if a is None else a for a, _, _ in answers])
        self.modality = np.array([-1 if m is None else MODALITIES.index(m) for _, m, _ in answers])  # type: ignore[arg-type]
        self.near = np.array([t for _, _, t in answers])
        self.dev = np.array([e.is_dev for e, _ in every])

    @cached_property
    def sources(self) -> list[str]:
        """Outlet of each example."""
        return [e.source for e in self.examples]

    def rows_of(self, examples: Iterable[Example]) -> np.ndarray:
        """Row numbers of the examples' candidates."""
        return np.concatenate([self.rows[e.id] for e in examples] or [np.array([], dtype=int)])
