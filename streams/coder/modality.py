"""Whether a contact took place: signals around its cue, and a reading of them by rule.

The rule's reading is a feature and a fallback; the judge's modality model weighs the signals themselves.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from spacy.tokens import Doc, Token

from schemas.base import Modality
from streams.coder.cues import FoundCue
from streams.coder.dates import Expression
from streams.coder.lag import lags
from streams.coder.telling import Stretch, whole

Where = Literal["left", "right", "near"]
_LEFT, _RIGHT = 9, 9
_BREAKS = frozenset({";", "“", "”", '"', ".", ":", "—"})
_CLOSE_WORDS = 3
_MAX_CLIMB = 6


@dataclass(frozen=True, slots=True)
class Told:
    """A modality read by rule, with the signals that speak for one or the other."""

    modality: Modality
    signals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Signal:
    """A list of words that tells a modality."""

    name: str
    modality: Modality
    where: Where
    words: frozenset[tuple[str, ...]]


@cache
def signals() -> tuple[Signal, ...]:
    """All word signals (source: data/modality.toml)."""
    text = files("streams.coder").joinpath("data/modality.toml").read_text(encoding="utf-8")
    return tuple(
        Signal(row["name"], row["modality"], row["where"], frozenset(tuple(w.split()) for w in row["words"]))
        for row in tomllib.loads(text)["signal"]
    )


@cache
def _signal_words() -> dict[Where, dict[tuple[str, ...], str]]:
    table: dict[Where, dict[tuple[str, ...], str]] = {"left": {}, "right": {}, "near": {}}
    for signal in signals():
        for words in signal.words:
            table[signal.where].setdefault(words, signal.name)
    return table


def modality_of(  # noqa: PLR0913, PLR0917 - each is a fact of its own
    doc: Doc,
    sentence: Stretch,
    cue: FoundCue,
    times: tuple[Expression, ...],
    earlier: tuple[Expression, ...],
    anchor: dt.date | None,
    latest: int | None = None,
) -> Told:
    """Read the modality of what a cue tells, with its signals as `name` or `name=word`.

    `times` are the expressions of time in its sentence, `earlier` those of the sentence before.
    """
    low, high = _clause(doc, sentence, cue.cue.head)
    found = [
        *_tense(doc, cue),
        *_words(doc, low, cue.cue.start, ("left", "near"), "l"),
        *_words(doc, cue.cue.end, high, ("right", "near"), "r"),
        *_time(doc, cue, times, earlier, anchor, latest),
        *_above(doc, cue),
        *_close(doc, sentence, cue),
    ]
    unique = tuple(dict.fromkeys(found))
    return Told(_reading(unique), unique)


def _clause(doc: Doc, sentence: Stretch, head: int) -> Stretch:
    """The words around a cue, cut at strong punctuation."""
    low, high = head, head + 1
    while low > sentence[0] and head - low < _LEFT and doc[low - 1].text not in _BREAKS:
        low -= 1
    while high < sentence[1] and high - head < _RIGHT and doc[high].text not in _BREAKS:
        high += 1
    return low, high


def _words(doc: Doc, low: int, high: int, places: tuple[Where, ...], side: str) -> Iterator[str]:
    for position in range(low, high):
        for length in (3, 2, 1):
            words = tuple(doc[i].lower_ for i in range(position, min(position + length, high)))
            for place in places:
                if name := _signal_words()[place].get(words):
                    yield name
                    yield f"{name}:{side}={' '.join(words)}"


def _close(doc: Doc, sentence: Stretch, cue: FoundCue) -> Iterator[str]:
    for step in range(1, _CLOSE_WORDS + 1):
        if (at := cue.cue.start - step) >= sentence[0]:
            yield f"before{1 if step == 1 else 2}={doc[at].lower_}"
    if cue.cue.end < sentence[1]:
        yield f"after={doc[cue.cue.end].lower_}"


def governing_verb(token: Token) -> Token:
    """The verb that carries the tense of a cue: the cue itself or the nearest verb above it."""
    step = token
    for _ in range(_MAX_CLIMB):
        if step.tag_.startswith("VB") or step.head.i == step.i:
            break
        step = step.head
    return step


def _tense(doc: Doc, cue: FoundCue) -> Iterator[str]:
    verb = governing_verb(doc[cue.cue.head])
    helpers = sorted({c.lower_ for c in verb.children if c.dep_.startswith("aux") or c.tag_ in {"MD", "TO"}})
    negated = any(c.lower_ in {"not", "n't", "n’t", "never"} for c in verb.children)
    yield f"tense={verb.tag_}"
    yield f"tense={verb.tag_}+{'+'.join(helpers)}"
    yield f"verb={verb.lower_}"
    if negated:
        yield "negated"
    above = governing_verb(verb.head) if verb.head.i != verb.i else None
    if above is not None and above.i != verb.i:
        yield f"above={above.tag_}:{verb.dep_.split(':')[0]}"
        yield f"above={above.lower_}"


def _above(doc: Doc, cue: FoundCue) -> Iterator[str]:
    """Signals in the words that govern the cue, and how its rule goes with the tense."""
    step = doc[cue.cue.head]
    for _ in range(_MAX_CLIMB):
        if step.head.i == step.i:
            break
        step = step.head
        if name := _signal_words()["left"].get((step.lower_,)):
            yield f"up:{name}"
    verb = governing_verb(doc[cue.cue.head])
    yield f"rule+tense={cue.entry.rule}+{verb.tag_}"
    yield f"base+tense={cue.base}+{verb.tag_}"


def _time(  # noqa: PLR0913, PLR0917 - each is a fact of its own
    doc: Doc,
    cue: FoundCue,
    times: tuple[Expression, ...],
    earlier: tuple[Expression, ...],
    anchor: dt.date | None,
    latest: int | None,
) -> Iterator[str]:
    """How the nearest expression of time, or that of the sentence before, lies to the present."""
    if not times:
        for name in lags(whole(doc), earlier[-1], anchor, latest) if earlier else ():
            yield f"earlier:{name}"
        return
    at = doc[cue.cue.head].idx
    nearest = min(times, key=lambda e: (min(abs(e.start - at), abs(e.end - at)), e.start))
    yield from lags(whole(doc), nearest, anchor, latest)


def _reading(found: tuple[str, ...]) -> Modality:
    """The modality that the plainest signals tell."""
    names = set(found)
    if "off" in names or "negated" in names or "not" in names:
        return "refused"
    if "wish" in names:
        return "proposed"
    if names & {"will", "due", "coming", "days:future=future"} and "done" not in names:
        return "planned"
    if names & {"days:past=old", "years=before"} or ("then" in names and "done" not in names):
        return "background"
    return "held"
