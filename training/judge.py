"""Learns the weights of the coder's judge from annotated articles.

usage: python -m training.judge EXAMPLES.pkl [--write streams/coder/model/judge.json]

EXAMPLES.pkl is the READ.pkl of `training.pair_encoder`. Needs scikit-learn (requirements/train.in), which
the running system does not. Figures are cross-validated over dev, grouped by outlet; articles of other sets
are in every training part, those that share text with dev excepted.
"""

from __future__ import annotations

import argparse
import json
import pickle
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from schemas.base import Modality
from streams.coder.grouping import Group, groups
from streams.coder.judge import MODALITIES, Calibration, Verdict
from streams.coder.merge import Scored, chosen
from streams.coder.trees import write_trees
from streams.scoring import fields, pair_of, report
from streams.views import score_table
from training.judge_data import Board, Example
from training.judge_models import (
    ClaimModel,
    Settings,
    as_linear,
    as_multinomial,
    as_trees,
    fit_contact,
    fit_modality,
)

_LATER = frozenset({"date", "no invented date", "reported by"})  # filled in after the judge


def weigh(
    board: Board, examples: Iterable[Example], contact: LogisticRegression, modality: LogisticRegression
) -> dict[str, list[Group]]:
    """Groups of each article, by its id."""
    found = {}
    for example in examples:
        rows = board.rows[example.id]
        weighed = []
        if len(rows):
            odds = contact.predict_proba(board.contact[rows])[:, 1]
            modal = modality.predict_proba(board.modal[rows])
            for candidate, p, ms in zip(example.candidates, odds, modal, strict=True):
                shares = dict(zip(MODALITIES, (round(float(m), 6) for m in ms), strict=True))
                weighed.append((candidate, Verdict(round(float(p), 6), shares, ())))
        found[example.id] = groups(example.parties, weighed)
    return found


def group_label(example: Example, group: Group) -> int:
    """Whether the annotation has a contact for a group."""
    return int(
        any(
            pair_of(g) == frozenset(group.pair)
            and g["modality"] == group.modality
            and group.kind in {g["kind"], *g.get("also", ())}
            for g in example.gold
        )
    )


def found_by(board: Board, examples: Sequence[Example], settings: Settings) -> dict[str, list[Group]]:
    """Groups of every example, from candidates weighed by models that have not seen its outlet."""
    found: dict[str, list[Group]] = {}
    for part, rest in inner_folds(examples, settings):
        models = fit_contact(board, rest, settings), fit_modality(board, rest, settings)
        found |= weigh(board, part, *models)
    return found


def inner_folds(
    examples: Sequence[Example], settings: Settings
) -> Iterator[tuple[list[Example], list[Example]]]:
    """Each part of the examples by outlet, with all the others."""
    for train, test in GroupKFold(settings.inner_folds).split(examples, groups=[e.source for e in examples]):
        yield [examples[k] for k in test], [examples[k] for k in train]


def fit_claim(
    board: Board, examples: Sequence[Example], settings: Settings
) -> tuple[ClaimModel, dict[str, list[Scored]]]:
    """Learn which groups an article asserts; also their scores by models that have not seen the outlet."""
    found = found_by(board, examples, settings)

    def learned(some: Sequence[Example]) -> ClaimModel:
        labelled = [(dict(group.features), group_label(e, group)) for e in some for group in found[e.id]]
        return ClaimModel([row for row, _ in labelled], [label for _, label in labelled], settings)

    scored: dict[str, list[Scored]] = {}
    for part, rest in inner_folds(examples, settings):
        scored |= scores(learned(rest), part, found)
    return learned(examples), scored


def scores(
    model: ClaimModel, examples: Sequence[Example], found: dict[str, list[Group]]
) -> dict[str, list[Scored]]:
    """Groups of the examples with their log-odds."""
    groups_of = [(e.id, group) for e in examples for group in found[e.id]]
    scored: dict[str, list[Scored]] = {e.id: [] for e in examples}
    if groups_of:
        logits = model.logits([dict(group.features) for _, group in groups_of])
        for (name, group), logit in zip(groups_of, logits, strict=True):
            scored[name].append((float(logit), group))
    return scored


def tuned(examples: Sequence[Example], scored: dict[str, list[Scored]]) -> dict[Modality, float]:
    """Thresholds of best F1 on out-of-fold scores: held first, then others."""
    thresholds: dict[Modality, float] = dict.fromkeys(MODALITIES, 9.0)
    others: tuple[Modality, ...] = ("planned", "proposed", "refused", "background")
    for names in (("held",), others):
        best = (-1.0, 0.0)
        for threshold in np.arange(-1.4, 1.21, 0.1):
            value = round(float(threshold), 2)
            trial = {**thresholds, **dict.fromkeys(names, value)}
            best = max(best, (_f1(trial, examples, scored, names), value))
        thresholds |= dict.fromkeys(names, best[1])
    return thresholds


def _f1(
    thresholds: dict[Modality, float],
    examples: Sequence[Example],
    scored: dict[str, list[Scored]],
    names: Sequence[str],
) -> float:
    hits = coded = wanted = 0
    for example in examples:
        kept = [g for _, g in chosen(thresholds, scored[example.id]) if g.modality in names]
        coded += len(kept)
        hits += sum(group_label(example, g) for g in kept)
        wanted += sum(g["modality"] in names for g in example.gold)
    return 2 * hits / (coded + wanted) if coded + wanted else 0.0


def calibrated(
    thresholds: dict[Modality, float], examples: Sequence[Example], scored: dict[str, list[Scored]]
) -> Calibration:
    """How log-odds become probabilities, from out-of-fold scores of what is kept."""
    kept = [(s, group_label(e, g)) for e in examples for s, g in chosen(thresholds, scored[e.id])]
    model = LogisticRegression(C=100.0).fit([[s] for s, _ in kept], [y for _, y in kept])
    return Calibration(round(float(model.coef_[0][0]), 4), round(float(model.intercept_[0]), 4))


@dataclass(frozen=True)
class Learned:
    """The models of a judge while they are still scikit-learn's."""

    contact: LogisticRegression
    modality: LogisticRegression
    claim: ClaimModel
    thresholds: dict[Modality, float]
    calibration: Calibration


def fit(board: Board, examples: Sequence[Example], settings: Settings) -> Learned:
    """Learn the whole judge; thresholds and calibration from dev's articles."""
    claim, scored = fit_claim(board, examples, settings)
    dev = [e for e in examples if e.is_dev]
    thresholds = tuned(dev, scored)
    contact, modality = fit_contact(board, examples, settings), fit_modality(board, examples, settings)
    return Learned(contact, modality, claim, thresholds, calibrated(thresholds, dev, scored))


def cross_validated(board: Board, settings: Settings) -> dict[str, list[Scored]]:
    """Claims of every dev article by a judge that has not seen its outlet, with calibrated probabilities."""
    dev, other = [e for e in board.examples if e.is_dev], [e for e in board.examples if not e.is_dev]
    coded = {}
    for train, test in GroupKFold(settings.folds).split(dev, groups=[e.source for e in dev]):
        judge = fit(board, [dev[k] for k in train] + other, settings)
        part = [dev[k] for k in test]
        scored = scores(judge.claim, part, weigh(board, part, judge.contact, judge.modality))
        for name, groups_of in scored.items():
            coded[name] = [(judge.calibration(s), g) for s, g in chosen(judge.thresholds, groups_of)]
    return coded


def as_contact(example: Example, score: float, group: Group) -> dict[str, Any]:
    """A claim as the scoring reads contacts; the judge knows no date and no source."""
    best = group.members[0][1]
    sides = [example.parties.entities[k] for k in (best.a, best.b)]
    named = [{"code": side.code, "name": side.name, "role": side.role} for side in sides]
    return {
        "kind": group.kind,
        "modality": group.modality,
        "a": named[0],
        "b": named[1],
        "direction": best.direction,
        "date": None,
        "reported_by": None,
        "confidence": score,
    }


def scorable(
    examples: Sequence[Example], coded: dict[str, list[Scored]]
) -> tuple[list[dict[str, Any]], dict[str, list[dict[str, Any]]]]:
    """Dev's annotated articles and the claims in them, as the scoring takes them."""
    dev = [e for e in examples if e.is_dev]
    found = {e.id: [as_contact(e, score, group) for score, group in coded[e.id]] for e in dev}
    return [{"id": e.id, "contacts": e.gold} for e in dev], found


def as_json(board: Board, judge: Learned) -> str:
    """The judge as it is shipped."""
    contact = as_linear(judge.contact, board.vocabulary)
    modality = as_multinomial(judge.modality, board.modal_vocabulary)
    table = {
        "contact": {"bias": contact.bias, "weights": dict(contact.weights)},
        "modality": {"bias": modality.bias, "weights": dict(modality.weights)},
        "claim": write_trees(as_trees(judge.claim)),
        "thresholds": judge.thresholds,
        "calibration": {"slope": judge.calibration.slope, "offset": judge.calibration.offset},
    }
    return json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the cross-validated figures, then learn from everything, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("examples", type=Path)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args(arguments)
    examples: list[Example] = pickle.loads(options.examples.read_bytes())  # noqa: S301 - made by ourselves
    settings = Settings()
    board = Board(examples, settings.least)
    coded = cross_validated(board, settings)
    gold, found = scorable(examples, coded)
    judged = {name: count for name, count in fields(gold, found).items() if name not in _LATER}
    Console(width=100).print(score_table(report(gold, found), judged))
    if options.write:
        judge = fit(board, examples, settings)
        options.write.write_text(as_json(board, judge) + "\n", encoding="utf-8")
        sys.stdout.write(f"thresholds {judge.thresholds}\n")


if __name__ == "__main__":
    main()
