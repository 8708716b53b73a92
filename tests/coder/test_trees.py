"""Boosted trees, small enough to follow by hand."""

from __future__ import annotations

import json

from streams.coder.trees import Tree, Trees, read_trees, write_trees

STUMP = Tree((0, -1, -1), (0.5, 0.0, 0.0), (1, 0, 0), (2, 0, 0), (0.0, -1.0, 2.0))
TREES = Trees(0.25, ("share",), (STUMP, STUMP))


def test_left_is_where_a_value_is_at_most_the_threshold() -> None:
    """A feature that is not there counts as nothing."""
    assert TREES.logit({"share": 0.5}) == TREES.logit({}) == 0.25 - 2.0
    assert TREES.logit({"share": 0.6, "other": 9.0}) == 0.25 + 4.0


def test_trees_survive_their_json_form() -> None:
    """What is shipped is read as it was written."""
    assert read_trees(json.loads(json.dumps(write_trees(TREES)))) == TREES
