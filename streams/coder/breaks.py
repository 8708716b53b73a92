"""Where a sentence may begin: set before the parser, which keeps to it. The component `contactwire_breaks`.

The parser alone breaks inside names and headlines; paragraphs and terminal punctuation are surer signs.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
from spacy.attrs import SENT_START
from spacy.language import Language
from spacy.tokens import Doc, Token

FACTORY = "contactwire_breaks"
TERMINAL = re.compile(r"[.!?…]+$")
CLOSING = frozenset("\"'”’»)]")
DASHES = frozenset({"-", "–", "—", "--"})
DATELINE_TOKENS = 25
WRAPPED_SHARE = 0.1
BEGINS, BEGINS_NOT = np.uint64(1), np.uint64(2**64 - 1)  # the latter is spaCy's -1 in an array of attributes
INITIAL = re.compile(r"^[^\W\d_]\.$")


@cache
def abbreviations() -> frozenset[str]:
    """Abbreviated titles and months, after which no sentence begins."""
    path = Path(__file__).with_name("data") / "abbreviations.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip().lower() for line in lines if line.strip() and not line.startswith("#"))


def is_wrapped(text: str) -> bool:
    """Whether lines are cut at a fixed width, so that the end of a line says nothing."""
    followers = re.findall(r"[^\n]\n[ \t]*([^\s])", text)
    running = sum(1 for char in followers if char.islower())
    return running > WRAPPED_SHARE * len(followers)


def starts(doc: Doc) -> Iterator[tuple[Token, bool | None]]:
    """Each token but the first, with True: a sentence begins; False: none does; None: the parser decides."""
    wrapped = is_wrapped(doc.text)
    before: list[Token] = []
    newlines = 0
    since_paragraph = 0
    for token in doc:
        if token.is_space:
            newlines += token.text.count("\n")
            if token.i:
                yield token, False
            continue
        if before:
            yield token, start_of(token, before, newlines, since_paragraph, wrapped=wrapped)
        elif token.i:
            yield token, None
        since_paragraph = 1 if newlines else since_paragraph + 1
        newlines = 0
        before = [*before[-2:], token]


def start_of(
    token: Token, before: list[Token], newlines: int, since_paragraph: int, *, wrapped: bool
) -> bool | None:
    """Whether a sentence begins at a token, from up to three tokens before it and the line ends between."""
    ended = is_terminal(before)
    if newlines:
        if newlines > 1 or not wrapped:
            return True
        return None if ended else False
    if token.text[0].islower() or (token.text in CLOSING and not before[-1].whitespace_):
        return False
    if ended:
        return None
    opening = before[-1].text in DASHES and since_paragraph < DATELINE_TOKENS
    return None if opening else False


def is_terminal(before: list[Token]) -> bool:
    """Whether the last token, or the one before its closing quotes and brackets, can end a sentence."""
    for index in range(len(before) - 1, -1, -1):
        token = before[index]
        if token.text in CLOSING:
            if index and before[index - 1].whitespace_ and not token.whitespace_:
                return False  # an opening quote: the sentence begins with it, not behind it
            continue
        word = token.text
        if word == "." and index and not before[index - 1].whitespace_:
            word = before[index - 1].text + word  # the tokenizer knows some abbreviations only
        if word.lower() in abbreviations() or INITIAL.match(word):
            return False
        return TERMINAL.search(word) is not None
    return False


class ContactwireBreaks:
    """Writes what `starts` says into the document, for the parser to keep to."""

    def __call__(self, doc: Doc) -> Doc:
        """Mark where sentences begin and where they must not."""
        # All at once: spaCy looks through the whole document for each token that is marked by itself.
        marks = doc.to_array(SENT_START)
        for token, begins in starts(doc):
            if begins is not None:
                marks[token.i] = BEGINS if begins else BEGINS_NOT
        doc.from_array(SENT_START, marks)  # type: ignore[arg-type]  # the stub knows tables only
        return doc


@Language.factory(FACTORY)
def create_breaks(nlp: Language, name: str) -> Callable[[Doc], Doc]:  # noqa: ARG001 - spaCy calls it so
    """Component; it has no settings."""
    return ContactwireBreaks()
