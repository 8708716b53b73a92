"""A small fine-tuned encoder (int8 ONNX) reads a sentence once and says of each pair of parties what passed.

Its word is one voice among the features that the judge weighs. Every sentence is run by itself: the int8
activations are scaled by the largest of a run, so another sentence must not join it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from spacy.tokens import Doc
from tokenizers import Tokenizer

from schemas.base import Kind
from streams.coder.encoder import session_of
from streams.coder.grouping import code_of
from streams.coder.judge import MODALITIES
from streams.coder.pieces import END, START, pieces_of, shipped_tokenizer
from streams.coder.records import Candidate, Mention, Parties
from streams.coder.telling import sentences

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Pair = tuple[str, str]  # codes, in alphabetical order
Stretch = tuple[int, int]

KINDS: tuple[Kind, ...] = ("call", "message", "meeting", "visit", "conversation")
LABELS: tuple[str, ...] = (*KINDS, *(f"modality={m}" for m in MODALITIES), "first leads", "directed")
LONGEST, CONTEXT, SHORT = 112, 32, 40  # pieces: of a sentence, of what precedes it, up to where that is read
MAX_PAIRS = 40  # a sentence with more single pairs than this is a list
_CLASSES = ("head", "government", "foreign", "person", "state", "organisation", "delegation")
_SEVERAL, _IN_SENTENCE = 8, 10
MENTION_MARKS = 2 * _IN_SENTENCE
ONE, OTHER, BOTH = 1, 2, 3
SIDE_MARKS = 4
_CLIP, _STEP = 6.0, 0.05
_INPUTS = ("ids", "cases", "mentions", "sides", "spots")


@dataclass(frozen=True, slots=True)
class Marked:
    """One sentence as the encoder reads it, with its pairs: `sides` and `spots` have a row for each pair."""

    ids: Ints  # (1, length)
    cases: Ints  # (1, length)
    mentions: Ints  # (1, length): what a piece's mention is, and whether it stands in the sentence
    sides: Ints  # (pairs, length): whose mention a piece belongs to
    spots: Ints  # (pairs, 3): the first piece of all, of the first side, of the second
    pairs: tuple[Pair, ...]
    firsts: tuple[str, ...]  # the code of each pair's first side


class _Layout:
    """The pieces of a sentence, and of what precedes it where that is read too."""

    def __init__(self, tokenizer: Tokenizer, doc: Doc, stretch: Stretch) -> None:
        own = pieces_of(tokenizer, doc[stretch[0] : stretch[1]].text)
        shift = doc[stretch[0]].idx
        self.ids, self.cases = own.ids[:LONGEST], own.cases[:LONGEST]
        self.offsets = [(a + shift, b + shift) for a, b in own.offsets[:LONGEST]]
        self.context = 0
        self.from_token, self.to_token = stretch

    def precede(self, tokenizer: Tokenizer, doc: Doc, before: int) -> None:
        """Read what stands from a token on up to the sentence with it."""
        earlier = pieces_of(tokenizer, doc[before : self.from_token].text)
        shift = doc[before].idx
        self.ids = earlier.ids[-CONTEXT:] + self.ids
        self.cases = earlier.cases[-CONTEXT:] + self.cases
        self.offsets = [(a + shift, b + shift) for a, b in earlier.offsets[-CONTEXT:]] + self.offsets
        self.context = len(earlier.ids[-CONTEXT:])
        self.from_token = before

    def covered(self, doc: Doc, mention: Mention) -> range:
        """Positions of a mention's pieces in the input, after the mark of start."""
        start, last = doc[mention.start].idx, doc[mention.end - 1]
        end = last.idx + len(last)
        inside = [k for k, (a, b) in enumerate(self.offsets) if a < end and b > start]
        return range(inside[0] + 1, inside[-1] + 2) if inside else range(0)


Places = Sequence[tuple[frozenset[str], int, range]]  # codes, mark, positions of mentions, long ones first


def marked(  # noqa: PLR0913, PLR0917 - the article and one place in it
    tokenizer: Tokenizer,
    doc: Doc,
    parties: Parties,
    cut: Sequence[Stretch],
    number: int,
    pairs: Sequence[Pair],
    *,
    carried: bool,
) -> Marked | None:
    """The input for one sentence and its pairs; `carried` where a side stands in an earlier one."""
    layout = _Layout(tokenizer, doc, cut[number])
    if not layout.ids:
        return None
    if number and (carried or len(layout.ids) <= SHORT):
        layout.precede(tokenizer, doc, cut[max(0, number - 2)][0])
    near = [m for m in parties.mentions if m.start >= layout.from_token and m.end <= layout.to_token]
    places = [
        (_codes(parties, m), _class(parties, m), layout.covered(doc, m))
        for m in sorted(near, key=lambda m: (m.start - m.end, m.start))
    ]
    rows, spots, firsts = [], [], []
    for pair in pairs:
        found = _first_pieces(places, pair, layout.context)
        first, second = sorted(pair, key=lambda code: (found.get(code, 0), code))
        rows.append(_sides(places, len(layout.ids), first, second))
        spots.append((0, found.get(first, 0), found.get(second, 0)))
        firsts.append(first)
    return Marked(
        np.array([[START, *layout.ids, END]], dtype=np.int64),
        np.array([[0, *layout.cases, 0]], dtype=np.int64),
        np.array([_mentions(places, len(layout.ids), layout.context)], dtype=np.int64),
        np.array(rows, dtype=np.int64),
        np.array(spots, dtype=np.int64),
        tuple(pairs),
        tuple(firsts),
    )


def _codes(parties: Parties, mention: Mention) -> frozenset[str]:
    return frozenset(code for index in mention.entities if (code := code_of(parties, index)))


def _class(parties: Parties, mention: Mention) -> int:
    if len(mention.entities) != 1:
        return _SEVERAL
    entity = parties.entities[mention.entities[0]]
    name = entity.office if entity.kind == "person" and entity.office in _CLASSES else entity.kind
    return 1 + _CLASSES.index(str(name))


def _first_pieces(places: Places, pair: Pair, context: int) -> dict[str, int]:
    """Where each side is first mentioned: in the sentence itself, else before it."""
    found: dict[str, int] = {}
    for code in pair:
        starts = [where.start for codes, _, where in places if where and code in codes]
        inside = [start for start in starts if start > context]
        if inside or starts:
            found[code] = min(inside or starts)
    return found


def _mentions(places: Places, length: int, context: int) -> list[int]:
    """What each piece's mention is: long mentions first, so that what stands within them is kept."""
    row = [_IN_SENTENCE if k >= context else 0 for k in range(length)]
    for _, mark, where in places:
        for position in where:
            row[position - 1] = mark + (_IN_SENTENCE if position > context else 0)
    return [0, *row, 0]


def _sides(places: Places, length: int, first: str, second: str) -> list[int]:
    row = [0] * (length + 2)
    for codes, _, where in places:
        mark = (ONE if first in codes else 0) + (OTHER if second in codes else 0)
        for position in where:
            row[position] = mark
    return row


def read(
    tokenizer: Tokenizer, doc: Doc, parties: Parties, candidates: Sequence[Candidate]
) -> dict[int, Marked]:
    """What the encoder reads of an article: each sentence that has candidates, by its number."""
    cut = sentences(doc)
    pairs: dict[int, set[Pair]] = defaultdict(set)
    carried: set[int] = set()
    for candidate in candidates:
        pairs[candidate.sentence].add(pair_of(parties, candidate))
        if "carried" in candidate.features:
            carried.add(candidate.sentence)
    found = {}
    for number in sorted(pairs):
        some = sorted(pairs[number])[:MAX_PAIRS]
        if item := marked(tokenizer, doc, parties, cut, number, some, carried=number in carried):
            found[number] = item
    return found


def pair_of(parties: Parties, candidate: Candidate) -> Pair:
    """Codes of a candidate's sides."""
    one, other = sorted(code_of(parties, index) for index in (candidate.a, candidate.b))
    return one, other


Opinions = Mapping[tuple[int, Pair], tuple[str, Sequence[float]]]  # by sentence and pair: first side, logits


def as_features(
    parties: Parties, candidates: Sequence[Candidate], opinions: Opinions
) -> list[dict[str, float]]:
    """What the encoder's opinions mean for each candidate, as named features."""
    strongest: dict[tuple[Pair, Kind], float] = {}
    for (_, pair), (_, logits) in sorted(opinions.items()):
        for kind, value in zip(KINDS, logits, strict=False):
            strongest[pair, kind] = max(strongest.get((pair, kind), -_CLIP), value)
    return [_features(parties, candidate, opinions, strongest) for candidate in candidates]


def _features(
    parties: Parties,
    candidate: Candidate,
    opinions: Opinions,
    strongest: Mapping[tuple[Pair, Kind], float],
) -> dict[str, float]:
    pair = pair_of(parties, candidate)
    first, logits = opinions.get((candidate.sentence, pair), ("", ()))
    if not first:
        return {"enc:none": 1.0}
    kinds = dict(zip(KINDS, logits, strict=False))
    own = kinds.pop(candidate.kind)
    features = {
        "enc:own": own,
        "enc:rival": max(kinds.values()),
        "enc:any": max(own, *kinds.values()),
        "enc:told": strongest[pair, candidate.kind],
        "enc:lead": logits[-2] if code_of(parties, candidate.a) == first else -logits[-2],
        "enc:directed": logits[-1],
    }
    told = np.array(logits[len(KINDS) : -2], dtype=np.float64)
    told = told - np.log(np.exp(told - told.max()).sum()) - told.max()
    features |= {f"m:enc={m}": float(v) for m, v in zip(MODALITIES, told, strict=True)}
    return {name: _step(value) for name, value in features.items()}


def _step(value: float) -> float:
    """From 0 (surely not) to 6, in steps: what is finer may differ from processor to processor."""
    scaled = (min(max(value, -_CLIP), _CLIP) + _CLIP) / 2
    return round(round(scaled / _STEP) * _STEP, 2)


class PairEncoder:
    """Reads the sentences of candidates.

    >>> encoder = shipped_pair_encoder()                    # doctest: +SKIP
    >>> encoder.features(doc, parties, candidates)          # doctest: +SKIP
    [{'enc:own': 1.9, 'enc:rival': 0.4, ...}, ...]
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def session(self) -> onnxruntime.InferenceSession:
        """The model, loaded at its first use, so that a process may be forked before."""
        labels = tuple(json.loads((self.folder / "labels.json").read_text(encoding="utf-8")))
        if labels != LABELS:
            raise ValueError(f"{self.folder}: made for other labels: {labels}; train it again")
        return session_of(self.folder)

    def opinions(self, sentences_read: Mapping[int, Marked]) -> Opinions:
        """First side and logits of every sentence and pair."""
        found: dict[tuple[int, Pair], tuple[str, Sequence[float]]] = {}
        for number, item in sentences_read.items():
            logits = self.logits(item)
            for row, (pair, first) in enumerate(zip(item.pairs, item.firsts, strict=True)):
                found[number, pair] = (first, [float(value) for value in logits[row]])
        return found

    def logits(self, item: Marked) -> Floats:
        """`(pairs, labels)` for one sentence."""
        logits: Floats = self.session.run(None, {name: getattr(item, name) for name in _INPUTS})[0]
        return logits

    def features(self, doc: Doc, parties: Parties, candidates: Sequence[Candidate]) -> list[dict[str, float]]:
        """Features `enc:…` and `m:enc=…` for each candidate."""
        opinions = self.opinions(read(shipped_tokenizer(), doc, parties, candidates))
        return as_features(parties, candidates, opinions)


@cache
def shipped_pair_encoder() -> PairEncoder:
    """The encoder that comes with the package."""
    return PairEncoder(Path(str(files("streams.coder").joinpath("model/pairs"))))


def with_opinions(candidates: Sequence[Candidate], said: Sequence[Mapping[str, float]]) -> list[Candidate]:
    """The candidates with the encoder's features beside their own."""
    return [replace(c, features={**c.features, **more}) for c, more in zip(candidates, said, strict=True)]
