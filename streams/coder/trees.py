"""Boosted regression trees over named features, run without the library that grew them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Tree:
    """One tree; a node whose feature is −1 is a leaf; left is where a value is at most the threshold."""

    feature: tuple[int, ...]
    threshold: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    value: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Trees:
    """A sum of trees, as log-odds.

    >>> stump = Tree((0, -1, -1), (0.5, 0.0, 0.0), (1, 0, 0), (2, 0, 0), (0.0, -1.0, 2.0))
    >>> trees = Trees(0.25, ("cue=call/n",), (stump,))
    >>> trees.logit({"cue=call/n": 1.0}), trees.logit({})
    (2.25, -0.75)
    """

    base: float
    names: tuple[str, ...]
    trees: tuple[Tree, ...]

    def logit(self, features: Mapping[str, float]) -> float:
        """Log-odds of the features."""
        values = [features.get(name, 0.0) for name in self.names]
        return self.base + math.fsum(tree.value[_leaf(tree, values)] for tree in self.trees)


def _leaf(tree: Tree, values: Sequence[float]) -> int:
    node = 0
    while (feature := tree.feature[node]) >= 0:
        node = tree.left[node] if values[feature] <= tree.threshold[node] else tree.right[node]
    return node


def read_trees(table: Mapping[str, Any]) -> Trees:
    """Trees from their JSON form."""
    return Trees(
        table["base"],
        tuple(table["names"]),
        tuple(
            Tree(*(tuple(tree[part]) for part in ("feature", "threshold", "left", "right", "value")))
            for tree in table["trees"]
        ),
    )


def write_trees(trees: Trees) -> dict[str, Any]:
    """The JSON form of trees."""
    return {
        "base": trees.base,
        "names": list(trees.names),
        "trees": [
            {
                "feature": list(tree.feature),
                "threshold": list(tree.threshold),
                "left": list(tree.left),
                "right": list(tree.right),
                "value": list(tree.value),
            }
            for tree in trees.trees
        ],
    }
