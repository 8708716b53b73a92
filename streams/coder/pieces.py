"""Text as the encoder reads it: word pieces with their case, in windows that end where sentences end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

Ints = npt.NDArray[np.int64]
LONGEST_WINDOW = 160
START, END = 101, 102  # the vocabulary's marks [CLS] and [SEP]
LOWER, CAPITALISED, UPPER, MIXED = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Pieces:
    """The word pieces of one text: ids, case ids and character offsets, each one a piece."""

    ids: list[int]
    cases: list[int]
    offsets: list[tuple[int, int]]


def case_of(piece: str) -> int:
    """How a piece is written: the vocabulary knows lower case only, names are told by this."""
    if piece.islower():
        return LOWER
    if piece.isupper():
        return UPPER if len(piece) > 1 else CAPITALISED
    if piece[:1].isupper() and piece[1:].islower():
        return CAPITALISED
    return MIXED if piece.isalpha() else 0


def load_tokenizer(path: Path) -> Tokenizer:
    """Word-piece tokenizer, neither cutting nor padding."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


@cache
def shipped_tokenizer() -> Tokenizer:
    """The tokenizer that comes with the package; both of its encoders have this one's vocabulary."""
    return load_tokenizer(Path(str(files("streams.coder").joinpath("model/entities/tokenizer.json"))))


def pieces_of(tokenizer: Tokenizer, text: str) -> Pieces:
    """Text's word pieces, without marks of start and end."""
    encoding = tokenizer.encode(text, add_special_tokens=False)
    cases = [case_of(text[start:end]) for start, end in encoding.offsets]
    return Pieces(encoding.ids, cases, encoding.offsets)


def windows(pieces: Pieces, cuts: Sequence[int], longest: int = LONGEST_WINDOW) -> Iterator[tuple[int, int]]:
    """Ranges of at most `longest` pieces, cut at the last character of `cuts` that fits, else anywhere."""
    starts = [start for start, _ in pieces.offsets]
    ends = [int(index) for index in np.searchsorted(starts, sorted(cuts))]
    begin = 0
    previous = 0
    for end in [*ends, len(starts)]:
        while end - begin > longest:
            stop = previous if previous > begin else begin + longest
            yield begin, stop
            begin = stop
        previous = max(previous, end)
    if begin < len(starts):
        yield begin, len(starts)


def inputs(pieces: Pieces, begin: int, end: int) -> tuple[Ints, Ints]:
    """Ids and cases of a window between its marks, `(1, length)` each."""
    ids = np.array([[START, *pieces.ids[begin:end], END]], dtype=np.int64)
    cases = np.array([[0, *pieces.cases[begin:end], 0]], dtype=np.int64)
    return ids, cases
