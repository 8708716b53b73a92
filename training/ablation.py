"""What each part of the judge brings: cross-validated figures without it, for docs/accuracy.md.

usage: python -m training.ablation EXAMPLES.pkl [--page PAGE.md]

EXAMPLES.pkl is the READ.pkl of `training.pair_encoder`; folds by outlet as in `training.judge`. Needs
scikit-learn.
"""

from __future__ import annotations

import argparse
import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from streams.scoring import report
from training.accuracy import put, table
from training.judge import cross_validated, scorable
from training.judge_data import Board, Example
from training.judge_models import Settings

_ENCODER = ("enc:", "m:enc=")
# Features of candidates by what they are about: name, and how the features' names start.
_PARTS = {
    "syntax between parties and cue": ("frame=", "a=", "b=", "link=", "depth=", "apart"),
    "who else fills the cue's places": (
        "ranks=",
        "a.shadow",
        "b.shadow",
        "places=",
        "own=",
        "noun:own",
        "verb:own",
    ),
    "what the parties are": (
        "a.form",
        "b.form",
        "a.office",
        "b.office",
        "a.is",
        "b.is",
        "kinds=",
        "forms=",
        "peers",
    ),
    "place in the article, how often together": ("together=", "rarer=", "at=", "title.", "in.title"),
    "signals of modality": ("m:",),
    "the pair encoder": _ENCODER,
}


def without(examples: Sequence[Example], starts: tuple[str, ...]) -> list[Example]:
    """The examples with some features taken from their candidates."""

    def kept(features: dict[str, float]) -> dict[str, float]:
        gone = (name for name in features if name.startswith(starts))
        dropped = {name for name in gone if starts == _ENCODER or not name.startswith(_ENCODER)}
        return {name: value for name, value in features.items() if name not in dropped}

    return [
        replace(e, candidates=[replace(c, features=kept(c.features)) for c in e.candidates]) for e in examples
    ]


def variants(examples: Sequence[Example]) -> Iterator[tuple[str, Callable[[], list[Example]]]]:
    """Each variant of the examples by name, made when it is asked for."""
    yield "everything", lambda: list(examples)
    for name, starts in _PARTS.items():
        yield f"without {name}", lambda starts=starts: without(examples, starts)  # type: ignore[misc]
    for part in sorted({e.set for e in examples if not e.is_dev}):
        yield f"without the articles of {part}", lambda part=part: [e for e in examples if e.set != part]  # type: ignore[misc]


def figures(examples: Sequence[Example], settings: Settings) -> list[str]:
    """Contact, dyad and all-modalities F1, cross-validated."""
    coded = cross_validated(Board(examples, settings.least), settings)
    return [f"{row.score.f1:.3f}" for row in report(*scorable(examples, coded))[:3]]


def main() -> None:
    """Measure every variant, print the table, and write it into the page where one is named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("examples", type=Path)
    parser.add_argument("--page", type=Path)
    options = parser.parse_args()
    examples: list[Example] = pickle.loads(options.examples.read_bytes())  # noqa: S301 - made by ourselves
    rows = []
    for name, made in variants(examples):
        rows.append([name, *figures(made(), Settings())])
        print(*rows[-1], sep="  ", flush=True)
    if options.page:
        put(options.page, {"ablation": table(["", "contact F1", "dyad F1", "all modalities F1"], rows)})


if __name__ == "__main__":
    main()
