"""Learns the weights of the coder's judge from annotated articles.

usage: python -m training.judge EXAMPLES.pkl [--write streams/coder/model/judge.json]

EXAMPLES.pkl comes from `training.judge_examples`. Needs scikit-learn (requirements/train.in), which the
running system does not. Figures are cross-validated over dev, grouped by outlet; articles of other sets
are in every training part, those that share text with dev excepted.
"""

from __future__ import annotations

import argparse
import json
import pickle
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from streams.coder.judge import MODALITIES, Calibration, Judge, Linear, Multinomial, Verdict
from streams.coder.merge import Group, chosen, groups
from streams.scoring import fields, report
from streams.views import score_table
from training.judge_data import Board, Example, Features, Vocabulary, gold_pair

_LATER = frozenset({"date", "no invented date", "reported by"})  # filled in after the judge


@dataclass(frozen=True)
class Settings:
    """What was tuned in cross-validation."""

    contact_c: float = 0.15
    modality_c: float = 1.0
    claim_c: float = 1.0
    other_sets: float = 1.0  # weight of articles that are not of dev
    beside: float = 0.0  # weight of a positive candidate in the evidence's sentence but not in the evidence
    retold: float = 0.0  # the same outside that sentence
    least: int = 3  # how often a feature must occur
    folds: int = 5
    inner_folds: int = 4

    def nearness(self, near: np.ndarray) -> np.ndarray:
        """Weights of positive candidates by how near they are to the evidence."""
        return np.where(near == 1.0, 1.0, np.where(near == 0.5, self.beside, self.retold))


def fit_contact(board: Board, examples: Iterable[Example], settings: Settings) -> LogisticRegression:
    """Learn which candidates are contacts."""
    rows = board.rows_of(examples)
    rows = rows[board.answer[rows] >= 0]
    weights = np.where(board.dev[rows], 1.0, settings.other_sets)
    weights *= np.where(board.answer[rows] == 1, settings.nearness(board.near[rows]), 1.0)
    model = LogisticRegression(C=settings.contact_c, max_iter=200, tol=1e-3)
    return model.fit(board.contact[rows], board.answer[rows], sample_weight=weights)


def fit_modality(board: Board, examples: Iterable[Example], settings: Settings) -> LogisticRegression:
    """Learn the modality of candidates that are contacts."""
    rows = board.rows_of(examples)
    rows = rows[board.modality[rows] >= 0]
    weights = np.where(board.dev[rows], 1.0, settings.other_sets)
    weights *= settings.nearness(board.near[rows])
    model = LogisticRegression(C=settings.modality_c, max_iter=150, tol=1e-3)
    return model.fit(board.modal[rows], board.modality[rows], sample_weight=weights)


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
            gold_pair(g) == frozenset(group.pair)
            and g["modality"] == group.modality
            and group.kind in {g["kind"], *g.get("also", ())}
            for g in example.gold
        )
    )


@dataclass(frozen=True)
class ClaimModel:
    """Weights over a group's features, with what they were learned from."""

    linear: Linear
    found: dict[str, list[Group]]


def fit_claim(board: Board, examples: Sequence[Example], settings: Settings) -> ClaimModel:
    """Learn which groups the article asserts, from candidates weighed out of fold."""
    found: dict[str, list[Group]] = {}
    for train, test in GroupKFold(settings.inner_folds).split(examples, groups=[e.source for e in examples]):
        part = [examples[k] for k in train]
        models = fit_contact(board, part, settings), fit_modality(board, part, settings)
        found |= weigh(board, [examples[k] for k in test], *models)
    rows: list[Features] = []
    labels, weights = [], []
    for example in examples:
        for group in found[example.id]:
            rows.append(dict(group.features))
            labels.append(group_label(example, group))
            weights.append(1.0 if example.is_dev else settings.other_sets)
    vocabulary = Vocabulary(rows, settings.least)
    model = LogisticRegression(C=settings.claim_c, max_iter=600, tol=1e-3)
    model.fit(vocabulary.matrix(rows), labels, sample_weight=weights)
    return ClaimModel(as_linear(model, vocabulary), found)


def as_linear(model: LogisticRegression, vocabulary: Vocabulary) -> Linear:
    """Weights by name, rounded."""
    pairs = zip(vocabulary.names, model.coef_[0], strict=True)
    return Linear(
        round(float(model.intercept_[0]), 4), {n: round(float(w), 4) for n, w in pairs if abs(w) >= 5e-4}
    )


def as_multinomial(model: LogisticRegression, vocabulary: Vocabulary) -> Multinomial:
    """Weights by name, one for each modality."""
    table = {
        name: tuple(round(float(w), 4) for w in model.coef_[:, k])
        for k, name in enumerate(vocabulary.names)
        if np.abs(model.coef_[:, k]).max() >= 5e-4
    }
    return Multinomial(tuple(round(float(b), 4) for b in model.intercept_), table)


NOTHING = Judge(Linear(0.0, {}), Multinomial((0.0,) * 5, {}), Linear(0.0, {}), {}, Calibration(1.0, 0.0))


def tuned(claim: ClaimModel, examples: Sequence[Example]) -> Judge:
    """A calibrated judge with the thresholds of best F1 on out-of-fold groups: held first, then others."""
    judge = replace(NOTHING, claim=claim.linear, thresholds=dict.fromkeys(MODALITIES, 9.0))
    for names in (("held",), ("planned", "proposed", "refused", "background")):
        best = (-1.0, 0.0)
        for threshold in np.arange(-1.2, 1.21, 0.2):
            value = round(float(threshold), 2)
            trial = replace(judge, thresholds={**judge.thresholds, **dict.fromkeys(names, value)})
            best = max(best, (_f1(trial, examples, claim.found, names), value))
        judge = replace(judge, thresholds={**judge.thresholds, **dict.fromkeys(names, best[1])})
    return replace(judge, calibration=_calibrated(judge, examples, claim.found))


def _f1(
    judge: Judge, examples: Sequence[Example], found: dict[str, list[Group]], names: Sequence[str]
) -> float:
    hits = coded = wanted = 0
    for example in examples:
        kept = [g for _, g in chosen(judge, found[example.id]) if g.modality in names]
        coded += len(kept)
        hits += sum(group_label(example, g) for g in kept)
        wanted += sum(g["modality"] in names for g in example.gold)
    return 2 * hits / (coded + wanted) if coded + wanted else 0.0


def _calibrated(judge: Judge, examples: Sequence[Example], found: dict[str, list[Group]]) -> Calibration:
    scored = [(s, group_label(e, g)) for e in examples for s, g in chosen(judge, found[e.id])]
    model = LogisticRegression(C=100.0).fit([[s] for s, _ in scored], [y for _, y in scored])
    return Calibration(round(float(model.coef_[0][0]), 4), round(float(model.intercept_[0]), 4))


def fit(
    board: Board, examples: Sequence[Example], settings: Settings
) -> tuple[Judge, LogisticRegression, LogisticRegression]:
    """Learn the whole judge, and the two models over candidates as they are in matrix form."""
    judge = tuned(fit_claim(board, examples, settings), [e for e in examples if e.is_dev])
    contact, modality = fit_contact(board, examples, settings), fit_modality(board, examples, settings)
    whole = replace(
        judge,
        contact=as_linear(contact, board.vocabulary),
        modality=as_multinomial(modality, board.modal_vocabulary),
    )
    return whole, contact, modality


def cross_validated(board: Board, settings: Settings) -> dict[str, list[tuple[float, Group]]]:
    """Claims of every dev article by a judge that has not seen its outlet, with calibrated probabilities."""
    dev, other = [e for e in board.examples if e.is_dev], [e for e in board.examples if not e.is_dev]
    coded = {}
    for train, test in GroupKFold(settings.folds).split(dev, groups=[e.source for e in dev]):
        judge, contact, modality = fit(board, [dev[k] for k in train] + other, settings)
        part = [dev[k] for k in test]
        found = weigh(board, part, contact, modality)
        coded |= {e.id: [(judge.calibration(s), g) for s, g in chosen(judge, found[e.id])] for e in part}
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


def as_json(judge: Judge) -> str:
    """The judge as it is shipped."""
    table = {
        "contact": {"bias": judge.contact.bias, "weights": dict(judge.contact.weights)},
        "modality": {"bias": judge.modality.bias, "weights": dict(judge.modality.weights)},
        "claim": {"bias": judge.claim.bias, "weights": dict(judge.claim.weights)},
        "thresholds": dict(judge.thresholds),
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
    dev = [e for e in examples if e.is_dev]
    found = {e.id: [as_contact(e, score, group) for score, group in coded[e.id]] for e in dev}
    gold = [{"id": e.id, "contacts": e.gold} for e in dev]
    judged = {name: count for name, count in fields(gold, found).items() if name not in _LATER}
    Console(width=100).print(score_table(report(gold, found), judged))
    judge, _, _ = fit(board, examples, settings)
    if options.write:
        options.write.write_text(as_json(judge) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(judge.contact.weights)} weights, thresholds {judge.thresholds}\n")


if __name__ == "__main__":
    main()
