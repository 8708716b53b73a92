"""Learn the weights of topics and stances; judged by cross-validation grouped by source.

    python training/content.py FEATURES.jsonl

FEATURES comes from training/content_features.py. Fits one logistic model per topic and one for stances,
prints the cross-validated F1 over contacts that were held, file by file, and writes topics_weights.json and
stances_weights.json into streams/coder/data. The thresholds are those that do best on the first file; the
others only add to what is learned. Needs numpy and scikit-learn (requirements/train.in).
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, get_args

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from schemas.base import Topic

ROOT = Path(__file__).parents[1]
DATA = ROOT / "streams" / "coder" / "data"
UNREAD = frozenset((ROOT / "tests" / "unread_dev_ids.txt").read_text(encoding="utf-8").split())
FOLDS = 5
TOPICS: tuple[str, ...] = get_args(Topic)
SCALE = {"core": 0.5, "near": 0.3, "article": 0.15, "kind": 0.7, "modality": 0.5}
RAREST = 4
TOPIC_STRENGTH, STANCE_STRENGTH = 0.3, 0.3
SMALLEST_WEIGHT = 0.02


def groups(rows: list[dict[str, Any]]) -> np.ndarray:
    """Source of each row; files with articles of one hand count each article by itself."""
    per_source = Counter(row["source"] for row in rows)
    return np.array(
        [row["source"] if per_source[row["source"]] < len(rows) / 3 else row["article"] for row in rows]
    )


def article_weights(rows: list[dict[str, Any]]) -> np.ndarray:
    """Damp articles with many contacts."""
    per_article = Counter(row["article"] for row in rows)
    return np.array([per_article[row["article"]] ** -0.5 for row in rows])


def f1(hits: int, gold: int, coded: int) -> float:
    """Balanced F."""
    return 2 * hits / (gold + coded) if gold + coded else 0.0


def learn_topics(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Fit the topics' models and choose the threshold with the best cross-validated F1."""
    frequency = Counter(f for row in {r["article"]: r for r in rows}.values() for f in row["topic_features"])
    seen = [
        {
            f: v * SCALE.get(f.split()[0], 1.0)
            for f, v in row["topic_features"].items()
            if frequency[f] >= RAREST
        }
        for row in rows
    ]
    vectorizer = DictVectorizer()
    x = _narrow(vectorizer.fit_transform(seen))
    y = np.array([[topic in row["topics"] for topic in TOPICS] for row in rows], dtype=int)
    weight, names = article_weights(rows), vectorizer.get_feature_names_out()
    predicted = np.zeros(y.shape)
    for train, test in GroupKFold(FOLDS).split(x, groups=groups(rows)):
        for j in range(len(TOPICS)):
            model = _fit(x[train], y[train, j], weight[train], TOPIC_STRENGTH)
            predicted[test, j] = model.predict_proba(x[test])[:, 1]
    threshold = _topic_threshold(rows, y, predicted)
    bias, features = {}, defaultdict(dict)
    for j, topic in enumerate(TOPICS):
        model = _fit(x, y[:, j], weight, TOPIC_STRENGTH)
        bias[topic] = round(float(model.intercept_[0]), 4)
        for name, value in zip(names, model.coef_[0], strict=True):
            scaled = value * SCALE.get(name.split()[0], 1.0)
            if abs(scaled) >= SMALLEST_WEIGHT:
                features[name][topic] = round(float(scaled), 3)
    return {
        "bias": bias,
        "threshold": dict.fromkeys(TOPICS, threshold),
        "features": dict(sorted(features.items())),
    }


def _narrow(x: csr_matrix) -> csr_matrix:
    """Rows with 32-bit indices, as the solver wants them."""
    x = x.tocsr()
    x.indices, x.indptr = x.indices.astype(np.int32), x.indptr.astype(np.int32)
    return x


def _fit(x: csr_matrix, y: np.ndarray, weight: np.ndarray, strength: float) -> LogisticRegression:
    model = LogisticRegression(C=strength, max_iter=500, solver="liblinear", random_state=0)
    return model.fit(x, y, sample_weight=weight)


def subsets(rows: list[dict[str, Any]]) -> dict[str, np.ndarray]:
    """Masks of the held contacts of each file, the first file's first, and of the unread articles."""
    held = np.array([row["modality"] == "held" for row in rows])
    files = list(dict.fromkeys(row["file"] for row in rows))
    masks = {file: held & np.array([row["file"] == file for row in rows]) for file in files}
    return masks | {"unread": held & np.array([row["article"] in UNREAD for row in rows])}


def _told(name: str, values: dict[str, float], threshold: float) -> None:
    figures = ", ".join(f"{file} {value:.3f}" for file, value in values.items())
    print(f"{name}: cross-validated F1 at threshold {threshold}: {figures}")


def _topic_threshold(rows: list[dict[str, Any]], y: np.ndarray, predicted: np.ndarray) -> float:
    def value(scored: np.ndarray, threshold: float) -> float:
        chosen = predicted[scored] >= threshold
        none = ~chosen.any(axis=1)
        chosen[none, predicted[scored][none].argmax(axis=1)] = True
        return f1(int((chosen & (y[scored] == 1)).sum()), int(y[scored].sum()), int(chosen.sum()))

    masks = subsets(rows)
    first = next(iter(masks.values()))
    best = max(np.arange(0.2, 0.51, 0.025), key=lambda threshold: value(first, threshold))
    _told("topics", {file: value(mask, best) for file, mask in masks.items()}, round(float(best), 3))
    return round(float(best), 3)


def learn_stances(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Fit the model of expressed stances."""
    flat = [
        (i, code, stance, f) for i, row in enumerate(rows) for code, stance, f in row["stance_candidates"]
    ]
    vectorizer = DictVectorizer()
    x = _narrow(vectorizer.fit_transform([f for *_, f in flat]))
    y = np.array([[code, stance] in rows[i]["stances"] for i, code, stance, _ in flat], dtype=int)
    weight = article_weights(rows)[[i for i, *_ in flat]]
    predicted = np.zeros(len(flat))
    for train, test in GroupKFold(FOLDS).split(x, groups=groups(rows)[[i for i, *_ in flat]]):
        predicted[test] = _fit(x[train], y[train], weight[train], STANCE_STRENGTH).predict_proba(x[test])[
            :, 1
        ]
    threshold = _stance_threshold(rows, [i for i, *_ in flat], y, predicted)
    model = _fit(x, y, weight, STANCE_STRENGTH)
    named = zip(vectorizer.get_feature_names_out(), model.coef_[0], strict=True)
    features = {name: round(float(value), 3) for name, value in named if abs(value) >= SMALLEST_WEIGHT}
    return {"bias": round(float(model.intercept_[0]), 4), "threshold": threshold, "features": features}


def _stance_threshold(
    rows: list[dict[str, Any]], owners: list[int], y: np.ndarray, predicted: np.ndarray
) -> float:
    def value(scored: np.ndarray, threshold: float) -> float:
        gold = sum(len(row["stances"]) for row, counts in zip(rows, scored, strict=True) if counts)
        chosen = (predicted >= threshold) & scored[owners]
        return f1(int(y[chosen].sum()), gold, int(chosen.sum()))

    masks = subsets(rows)
    first = next(iter(masks.values()))
    best = max(np.arange(0.15, 0.56, 0.025), key=lambda threshold: value(first, threshold))
    _told("stances", {file: value(mask, best) for file, mask in masks.items()}, round(float(best), 3))
    return round(float(best), 3)


def main() -> None:
    """Learn both and write the weights."""
    rows = [json.loads(line) for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
    for name, table in (("topics", learn_topics(rows)), ("stances", learn_stances(rows))):
        text = json.dumps(table, ensure_ascii=False, indent=0, sort_keys=True)
        (DATA / f"{name}_weights.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
