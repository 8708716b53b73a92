"""Entities by a small fine-tuned encoder (int8 ONNX), as the spaCy component `contactwire_entities`.

>>> nlp = spacy.blank("en")                                                # doctest: +SKIP
>>> nlp.add_pipe("contactwire_entities", config={"folder": "entities"})   # doctest: +SKIP
>>> nlp("Emir Tamim received Josaia Voreqe.").ents                         # doctest: +SKIP
(Emir, Tamim, Josaia Voreqe)

Every window runs by itself: the int8 activations are scaled by the largest of a batch, so batching would let
one article change another's result.
"""

import json
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import filter_spans
from tokenizers import Tokenizer

from streams.coder.pieces import LONGEST_WINDOW, inputs, load_tokenizer, pieces_of, windows

Floats = npt.NDArray[np.float32]
FACTORY = "contactwire_entities"
IMPOSSIBLE = np.float32(-1e9)
CharSpan = tuple[int, int, str]


class EntityEncoder:
    """Pure: a text and the places it may be cut at, to its entities as character spans."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tags: list[str] = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        self.moves = moves_between(self.tags)

    @cached_property
    def session(self) -> onnxruntime.InferenceSession:
        """The model, loaded at its first use, so that a process may be forked before."""
        return session_of(self.folder)

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The word-piece tokenizer."""
        return load_tokenizer(self.folder / "tokenizer.json")

    def spans(self, text: str, cuts: list[int]) -> list[CharSpan]:
        """Entities `(start, end, label)` of a text in order; windows end at `cuts` where they can."""
        pieces = pieces_of(self.tokenizer, text)
        found: list[CharSpan] = []
        for begin, end in windows(pieces, cuts, LONGEST_WINDOW):
            ids, cases = inputs(pieces, begin, end)
            scores: Floats = self.session.run(None, {"ids": ids, "cases": cases})[0][0, 1:-1]
            tags = [self.tags[index] for index in best_path(scores, self.moves)]
            found.extend(char_spans(tags, pieces.offsets[begin:end]))
        return found


def session_of(folder: Path) -> onnxruntime.InferenceSession:
    """A folder's model, to be run on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
    )


def moves_between(tags: list[str]) -> Floats:
    """0 where one tag may follow another, very negative where `I-` would follow another label."""
    moves = np.zeros((len(tags), len(tags)), dtype=np.float32)
    for row, before in enumerate(tags):
        for column, after in enumerate(tags):
            if after.startswith("I-") and before[2:] != after[2:]:
                moves[row, column] = IMPOSSIBLE
    return moves


def best_path(scores: Floats, moves: Floats) -> list[int]:
    """Most probable allowed sequence of tags, from `(pieces, tags)` log probabilities."""
    total = scores[0] + np.where(moves.max(axis=0) == moves.min(axis=0), np.float32(0), IMPOSSIBLE)
    back = np.zeros(scores.shape, dtype=np.int64)
    for index in range(1, len(scores)):
        candidates = total[:, None] + moves
        back[index] = candidates.argmax(axis=0)
        total = candidates.max(axis=0) + scores[index]
    path = [int(total.argmax())]
    for index in range(len(scores) - 1, 0, -1):
        path.append(int(back[index, path[-1]]))
    return path[::-1]


def char_spans(tags: list[str], offsets: list[tuple[int, int]]) -> Iterator[CharSpan]:
    """Spans that B and I tags mark, by the pieces' character offsets."""
    start, end, label = 0, 0, ""
    for tag, (first, last) in zip(tags, offsets, strict=True):
        if tag.startswith("I-"):
            end = last
            continue
        if label:
            yield start, end, label
        start, end, label = first, last, tag[2:]
    if label:
        yield start, end, label


class ContactwireEntities:
    """Writes the encoder's entities into `doc.ents`, widened to whole tokens."""

    def __init__(self, encoder: EntityEncoder) -> None:
        self.encoder = encoder

    def __call__(self, doc: Doc) -> Doc:
        """Set the entities of one document; windows end at its sentences' starts where those are known."""
        doc.set_ents(self.process(doc))
        return doc

    def process(self, doc: Doc) -> list[Span]:
        """Entities of a document, none overlapping another."""
        known = doc.has_annotation("SENT_START")
        cuts = [token.idx for token in doc if token.is_sent_start] if known else []
        spans = [
            doc.char_span(start, end, label=label, alignment_mode="expand")
            for start, end, label in self.encoder.spans(doc.text, cuts)
        ]
        return filter_spans([span for span in spans if span is not None and span.text.strip()])


@Language.factory(FACTORY, assigns=["doc.ents"])
def create_entities(nlp: Language, name: str, folder: str) -> Callable[[Doc], Doc]:  # noqa: ARG001 - spaCy's call
    """Component, from the folder that holds model.onnx, tokenizer.json and labels.json."""
    return ContactwireEntities(EntityEncoder(Path(folder)))
