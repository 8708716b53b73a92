"""The models of the coder's judge, as scikit-learn learns them and as they are shipped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from streams.coder.judge import Linear, Multinomial
from streams.coder.trees import Tree, Trees
from training.judge_data import Board, Example, Features, Vocabulary


@dataclass(frozen=True)
class Settings:
    """What was tuned in cross-validation."""

    contact_c: float = 0.15
    modality_c: float = 1.0
    beside: float = 0.0  # weight of a positive candidate in the evidence's sentence but not in the evidence
    retold: float = 0.0  # the same outside that sentence
    least: int = 3  # how often a feature must occur among candidates
    least_groups: int = 30  # and among groups
    folds: int = 5
    inner_folds: int = 4

    def nearness(self, near: np.ndarray) -> np.ndarray:
        """Weights of positive candidates by how near they are to the evidence."""
        return np.where(near == 1.0, 1.0, np.where(near == 0.5, self.beside, self.retold))


def fit_contact(board: Board, examples: Iterable[Example], settings: Settings) -> LogisticRegression:
    """Learn which candidates are contacts."""
    rows = board.rows_of(examples)
    rows = rows[board.answer[rows] >= 0]
    weights = np.where(board.answer[rows] == 1, settings.nearness(board.near[rows]), 1.0)
    model = LogisticRegression(C=settings.contact_c, max_iter=200, tol=1e-3)
    return model.fit(board.contact[rows], board.answer[rows], sample_weight=weights)


def fit_modality(board: Board, examples: Iterable[Example], settings: Settings) -> LogisticRegression:
    """Learn the modality of candidates that are contacts."""
    rows = board.rows_of(examples)
    rows = rows[board.modality[rows] >= 0]
    weights = settings.nearness(board.near[rows])
    model = LogisticRegression(C=settings.modality_c, max_iter=150, tol=1e-3)
    return model.fit(board.modal[rows], board.modality[rows], sample_weight=weights)


class ClaimModel:
    """Boosted trees over groups' features."""

    def __init__(self, rows: Sequence[Features], labels: Sequence[int], settings: Settings) -> None:
        self.vocabulary = Vocabulary(rows, settings.least_groups)
        self.trees = HistGradientBoostingClassifier(
            max_iter=120,
            learning_rate=0.06,
            max_leaf_nodes=12,
            min_samples_leaf=15,
            l2_regularization=2.0,
            max_features=0.4,
            early_stopping=False,
            random_state=0,
        )
        self.trees.fit(self.vocabulary.matrix(rows).toarray(), labels)

    def logits(self, rows: Sequence[Features]) -> np.ndarray:
        """Log-odds of groups."""
        found: np.ndarray = self.trees.decision_function(self.vocabulary.matrix(rows).toarray())
        return found


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


def as_trees(model: ClaimModel) -> Trees:
    """The trees as they are shipped, with those of the features that they use."""
    grown = [predictors[0].nodes for predictors in model.trees._predictors]  # noqa: SLF001 - no public way
    used = sorted({int(node["feature_idx"]) for nodes in grown for node in nodes if not node["is_leaf"]})
    number = {feature: k for k, feature in enumerate(used)}
    base = float(np.asarray(model.trees._baseline_prediction).ravel()[0])  # noqa: SLF001
    names = tuple(model.vocabulary.names[feature] for feature in used)
    return Trees(round(base, 5), names, tuple(_tree(nodes, number) for nodes in grown))


def _tree(nodes: np.ndarray, number: dict[int, int]) -> Tree:
    return Tree(
        tuple(-1 if n["is_leaf"] else number[int(n["feature_idx"])] for n in nodes),
        tuple(0.0 if n["is_leaf"] else round(float(n["num_threshold"]), 6) for n in nodes),
        tuple(0 if n["is_leaf"] else int(n["left"]) for n in nodes),
        tuple(0 if n["is_leaf"] else int(n["right"]) for n in nodes),
        tuple(round(float(n["value"]), 5) if n["is_leaf"] else 0.0 for n in nodes),
    )
