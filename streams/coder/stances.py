"""What each side expressed in a contact."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from spacy.tokens import Doc

from schemas.base import StanceName
from streams.coder.holder import Holder, holder
from streams.coder.records import Claim, Parties
from streams.coder.telling import Telling, words

_NEAR = 7
_OPENING = 60
_LONGEST = 30


@dataclass(frozen=True, slots=True)
class Rule:
    """Words that express a stance."""

    name: str
    stance: StanceName
    pattern: re.Pattern[str]
    directed: bool


@dataclass(frozen=True, slots=True)
class Expressed:
    """A stance that one side may have expressed, with what speaks for it."""

    code: str
    stance: StanceName
    features: dict[str, float] = field(hash=False)


@cache
def rules() -> tuple[Rule, ...]:
    """Rules of data/stances.json, in its order."""
    table = json.loads(files("streams.coder").joinpath("data/stances.json").read_text(encoding="utf-8"))
    return tuple(
        Rule(
            row["rule"],
            row["stance"],
            re.compile(rf"\b(?:{row['pattern']})", re.IGNORECASE),
            row.get("directed", False),
        )
        for row in table
    )


@dataclass(frozen=True, slots=True)
class Weights:
    """A linear model over the features of an expressed stance."""

    bias: float
    threshold: float
    features: Mapping[str, float]


@cache
def weights() -> Weights:
    """Weights learned by training/content.py, from data/stances_weights.json."""
    name = "data/stances_weights.json"
    table = json.loads(files("streams.coder").joinpath(name).read_text(encoding="utf-8"))
    return Weights(table["bias"], table["threshold"], table["features"])


def candidates(doc: Doc, told: Telling, claim: Claim, parties: Parties) -> list[Expressed]:
    """Every stance that some words of the telling may express for one side."""
    merged: dict[tuple[str, StanceName], dict[str, float]] = {}
    for rank, stretch in enumerate(told.all):
        where = _distance(told, rank)
        for rule, hit in _hits(doc, stretch):
            found = holder(doc, stretch, hit, claim, parties, directed=rule.directed)
            for code in (claim.a.code or "", claim.b.code or ""):
                features = merged.setdefault((code, rule.stance), {})
                if code not in found.codes:
                    features |= _not_the_holder(rule, found, where)
                    continue
                features |= _features(rule, found, where, code, claim)
                features[f"words {doc[hit[0] : hit[1]].text.casefold()[:_LONGEST]}"] = 1.0
    setting = _setting(doc, told)
    for (code, stance), features in merged.items():
        features.update(setting)
        other = next((f for (c, s), f in merged.items() if s == stance and c != code), {})
        features[f"other side {'held' in other} {'held' in features} {stance}"] = 1.0
    return [Expressed(code, stance, features) for (code, stance), features in sorted(merged.items())]


def _hits(doc: Doc, stretch: tuple[int, int]) -> Iterator[tuple[Rule, tuple[int, int]]]:
    base, text = doc[stretch[0]].idx, words(doc, stretch)
    for rule in rules():
        for match in rule.pattern.finditer(text):
            span = doc.char_span(base + match.start(), base + match.end(), alignment_mode="expand")
            if span is not None:
                yield rule, (span.start, span.end)


def _distance(told: Telling, rank: int) -> str:
    """How far a sentence stands from the contact: a class, not a number."""
    beyond = rank - len(told.core)
    if beyond < 0:
        return "core"
    if told.interrupted[beyond]:
        return f"beyond{min(told.interrupted[beyond], 2)}"
    return f"after{min(beyond, 4)}" if beyond < _NEAR else "far"


def _not_the_holder(rule: Rule, found: Holder, where: str) -> dict[str, float]:
    """Features of the side that a stance in the text does not seem to be of."""
    place = where.rstrip("0123456789")
    return {
        f"unheld {rule.stance}": 1.0,
        f"unheld {rule.name} {found.how}": 1.0,
        f"unheld {rule.stance} {place}": 1.0,
        f"unheld {found.how} {place}": 1.0,
    }


def _setting(doc: Doc, told: Telling) -> dict[str, float]:
    """Whether the contact is the article's news or mentioned by the way, and in which form."""
    evidence = doc[told.evidence[0] : told.evidence[1]]
    finite = any(token.tag_ in {"VBD", "VBZ", "VBP"} for token in evidence)
    return {
        f"earlier {min(told.earlier, 2)}": 1.0,
        f"finite {finite}": 1.0,
        f"earlier {min(told.earlier, 2)} finite {finite}": 1.0,
        f"opening {told.evidence[0] < _OPENING}": 1.0,
    }


def _features(rule: Rule, found: Holder, where: str, code: str, claim: Claim) -> dict[str, float]:
    side = "a" if code == claim.a.code else "b"
    place = where.rstrip("0123456789")
    return {
        "held": 1.0,
        f"rule {rule.name}": 1.0,
        f"stance {rule.stance}": 1.0,
        f"distance {where}": 1.0,
        f"rule {rule.name} {place}": 1.0,
        f"holder {found.how}": 1.0,
        f"holder {found.how} {place}": 1.0,
        f"stance {rule.stance} {found.how}": 1.0,
        f"kind {claim.kind} {rule.stance}": 1.0,
        f"kind {claim.kind} {place}": 1.0,
        f"side {side} {claim.direction} {rule.stance}": 1.0,
        f"modality {claim.modality}": 1.0,
    }


def probability(expressed: Expressed) -> float:
    """How likely the side expressed the stance in this contact."""
    model = weights()
    total = model.bias + sum(model.features.get(f, 0.0) * v for f, v in expressed.features.items())
    return 1 / (1 + math.exp(-total))


def stances(doc: Doc, told: Telling, claim: Claim, parties: Parties) -> list[tuple[str, StanceName]]:
    """Stances of the two sides, initiator first."""
    threshold = weights().threshold
    found = [e for e in candidates(doc, told, claim, parties) if probability(e) >= threshold]
    found.sort(key=lambda e: (e.code != claim.a.code, -probability(e), e.stance))
    return [(e.code, e.stance) for e in found]
