"""Weighs candidates: is it a contact, which modality; and claims: does the article assert it.

Candidates are weighed by linear models over named features, so that each decision can tell its strongest
reasons; claims by boosted trees. All are learned by `training/judge.py` and stand in `model/judge.json`.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from schemas.base import Modality
from streams.coder.records import Candidate
from streams.coder.trees import Trees, read_trees

MODALITIES: tuple[Modality, ...] = ("held", "planned", "proposed", "refused", "background")
_ROUND = 6


@dataclass(frozen=True, slots=True)
class Linear:
    """A logistic model with one output: weights by feature name."""

    bias: float
    weights: Mapping[str, float]

    def logit(self, features: Mapping[str, float]) -> float:
        """Log-odds of the features, summed in a fixed order."""
        return self.bias + math.fsum(
            weight * value for name, value in features.items() if (weight := self.weights.get(name))
        )

    def probability(self, features: Mapping[str, float]) -> float:
        """Probability of the features."""
        return round(sigmoid(self.logit(features)), _ROUND)

    def reasons(self, features: Mapping[str, float], most: int) -> tuple[tuple[str, float], ...]:
        """The features that say most, for or against."""
        parts = [(name, w * value) for name, value in features.items() if (w := self.weights.get(name))]
        return tuple(sorted(parts, key=lambda part: (-abs(part[1]), part[0]))[:most])


@dataclass(frozen=True, slots=True)
class Multinomial:
    """A logistic model over the modalities."""

    bias: tuple[float, ...]
    weights: Mapping[str, tuple[float, ...]]

    def probabilities(self, features: Mapping[str, float]) -> dict[Modality, float]:
        """Probability of each modality."""
        totals = [
            bias
            + math.fsum(
                self.weights[name][k] * value for name, value in features.items() if name in self.weights
            )
            for k, bias in enumerate(self.bias)
        ]
        highest = max(totals)
        odds = [math.exp(total - highest) for total in totals]
        whole = math.fsum(odds)
        return {m: round(o / whole, _ROUND) for m, o in zip(MODALITIES, odds, strict=True)}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge thinks of one candidate."""

    probability: float
    modality: Mapping[Modality, float]
    reasons: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt scaling of a claim's log-odds."""

    slope: float
    offset: float

    def __call__(self, logit: float) -> float:
        """Calibrated probability."""
        return round(sigmoid(self.slope * logit + self.offset), 4)


@dataclass(frozen=True, slots=True)
class Judge:
    """The learned models of contacts."""

    contact: Linear
    modality: Multinomial
    claim: Trees
    thresholds: Mapping[Modality, float]
    calibration: Calibration
    version: str = "0"

    def weigh(self, candidates: Iterable[Candidate]) -> list[Verdict]:
        """Judge every candidate."""
        return [self._verdict(candidate) for candidate in candidates]

    def _verdict(self, candidate: Candidate) -> Verdict:
        features = crossed(candidate)
        return Verdict(
            self.contact.probability(features),
            self.modality.probabilities(modality_features(candidate)),
            self.contact.reasons(features, 6),
        )


def sigmoid(value: float) -> float:
    """Logistic function, safe for any size."""
    if value >= 0:
        return 1.0 / (1.0 + math.exp(-value))
    odds = math.exp(value)
    return odds / (1.0 + odds)


def crossed(candidate: Candidate) -> dict[str, float]:
    """Features of the contact model: each one alone and together with the kind."""
    plain = {name: value for name, value in candidate.features.items() if not _only_modality(name)}
    return {**plain, **{f"{candidate.kind}&{name}": value for name, value in plain.items()}}


def _only_modality(name: str) -> bool:
    about_time = ("m:before2", "m:after", "m:above=", "m:verb", "m:when", "m:months", "m:base+tense")
    return name.startswith(about_time)


def modality_features(candidate: Candidate) -> dict[str, float]:
    """Features of the modality model."""
    kept = (
        "m:",
        "told=",
        "kind=",
        "in.title",
        "schedule",
        "undated",
        "rule=",
        "at=",
        "quoted",
        "tag=",
        "cue=",
    )
    return {name: value for name, value in candidate.features.items() if name.startswith(kept)}


def as_reasons(parts: Sequence[tuple[str, float]]) -> tuple[str, ...]:
    """Reasons in words: feature and signed weight."""
    return tuple(f"{name} {value:+.1f}" for name, value in parts)


@cache
def shipped_judge() -> Judge:
    """The judge that comes with the package."""
    return read_judge(files("streams.coder").joinpath("model/judge.json").read_text(encoding="utf-8"))


def read_judge(text: str) -> Judge:
    """Judge from its JSON form."""
    table = json.loads(text)
    return Judge(
        Linear(table["contact"]["bias"], table["contact"]["weights"]),
        Multinomial(
            tuple(table["modality"]["bias"]),
            {name: tuple(row) for name, row in table["modality"]["weights"].items()},
        ),
        read_trees(table["claim"]),
        table["thresholds"],
        Calibration(**table["calibration"]),
        hashlib.sha256(text.encode()).hexdigest()[:8],
    )
