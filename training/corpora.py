"""Readers of the open corpora: treebanks in CoNLL-U, and texts with entities under partial label schemes."""

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

LABELS = ("PERSON", "GPE", "LOC", "ORG", "NORP", "FAC", "ROLE")
OUTSIDE = "O"
ID, FORM, LEMMA, UPOS, XPOS, HEAD, DEPREL, MISC = 0, 1, 2, 3, 4, 6, 7, 9


@dataclass(frozen=True)
class Word:
    """One word of a treebank; `head` is its governor's index in the sentence, or its own for the root."""

    form: str
    space: bool
    lemma: str
    pos: str
    tag: str
    head: int
    dep: str


@dataclass(frozen=True)
class Sentence:
    """One sentence of a treebank, with the name of its document."""

    document: str
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The sentence as it was written, without a final space."""
        return "".join(word.form + " " * word.space for word in self.words).rstrip()


@dataclass(frozen=True)
class Marked:
    """A text with spans `(start, end, allowed)`, where `allowed` holds every label the span may have.

    `elsewhere` holds what a word outside all spans may be: only `O` where every label was annotated.
    """

    source: str
    document: str
    text: str
    spans: tuple[tuple[int, int, frozenset[str]], ...]
    elsewhere: frozenset[str] = field(default=frozenset({OUTSIDE}))


def lines_of(path: Path) -> Iterator[str]:
    """Lines of a text file, packed or not."""
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as file
    ):
        for line in file:
            yield line.rstrip("\n")


def blocks_of(path: Path) -> Iterator[list[str]]:
    """Blocks of lines between blank lines."""
    block: list[str] = []
    for line in lines_of(path):
        if line.strip():
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def read_conllu(path: Path) -> Iterator[Sentence]:
    """Every sentence of a CoNLL-U file; empty nodes are left out, multiword tokens are kept as words."""
    document = path.stem
    for block in blocks_of(path):
        for line in block:
            if line.startswith("# newdoc"):
                document = line.split("=", 1)[-1].strip()
        rows = [line.split("\t") for line in block if not line.startswith("#")]
        sentence = Sentence(document, tuple(words_of(rows)))
        if sentence.words:
            yield sentence


def words_of(rows: list[list[str]]) -> Iterator[Word]:
    """Syntactic words of one sentence's rows."""
    glued_until, space_after_range = 0, True
    for row in rows:
        if "-" in row[ID]:
            glued_until = int(row[ID].split("-")[1])
            space_after_range = "SpaceAfter=No" not in row[MISC]
            continue
        if "." in row[ID]:
            continue
        number = int(row[ID])
        space = "SpaceAfter=No" not in row[MISC]
        if number <= glued_until:
            space = number == glued_until and space_after_range
        head = int(row[HEAD])
        yield Word(
            row[FORM], space, row[LEMMA], row[UPOS], row[XPOS], head - 1 if head else number - 1, row[DEPREL]
        )


PLACES = frozenset({"GPE", "LOC", "FAC"})
UNTOLD = frozenset({OUTSIDE, "ROLE"})
# What each corpus's label may be in our scheme; a word outside its spans may still be an office title.
SCHEMES: dict[str, dict[str, frozenset[str]]] = {
    "uner": {
        "PER": frozenset({"PERSON"}),
        "LOC": PLACES,
        "ORG": frozenset({"ORG"}),
        "OTH": frozenset({"NORP", OUTSIDE, "ROLE"}),
    },
    "wikigold": {
        "PER": frozenset({"PERSON"}),
        "LOC": PLACES,
        "ORG": frozenset({"ORG"}),
        "MISC": frozenset({"NORP", OUTSIDE, "ROLE"}),
    },
    "crossner": {
        "country": frozenset({"GPE"}),
        "location": PLACES,
        "organisation": frozenset({"ORG"}),
        "politicalparty": frozenset({"ORG"}),
        "person": frozenset({"PERSON"}),
        "politician": frozenset({"PERSON"}),
        "election": UNTOLD,
        "event": UNTOLD,
        "misc": UNTOLD | {"NORP"},
    },
}
NO_SPACE_BEFORE = re.compile(r"^([.,;:!?%)\]}’”]|'s|n't|''|'(?:re|ve|ll|d|m))$")
NO_SPACE_AFTER = re.compile(r"^[(\[{$£€“‘]$|^``$")


def read_columns(path: Path, scheme: str, word_column: int, label_column: int) -> Iterator[Marked]:
    """Every sentence of a file with one word and its entity label a line, its spacing restored by rule."""
    labels = SCHEMES[scheme]
    document = path.stem
    for number, block in enumerate(blocks_of(path)):
        for line in block:
            if line.startswith("# newdoc"):
                document = line.split("=", 1)[-1].strip()
        rows = [re.split(r"[\t ]", line) for line in block if not re.match(r"^# \w", line)]
        pairs = [(row[word_column], row[label_column]) for row in rows if len(row) > label_column]
        text, offsets = joined([word for word, _ in pairs])
        spans = tuple(
            (offsets[first][0], offsets[last][1], labels[label])
            for first, last, label in runs([label for _, label in pairs])
            if label in labels  # the early release of UNER EWT holds a few unknown labels
        )
        yield Marked(scheme, f"{document}-{number}", text, spans, UNTOLD)


def joined(words: list[str]) -> tuple[str, list[tuple[int, int]]]:
    """Words as running text, with each word's offsets."""
    text, offsets = "", []
    glue = True
    for word in words:
        if not glue and not NO_SPACE_BEFORE.match(word):
            text += " "
        offsets.append((len(text), len(text) + len(word)))
        text += word
        glue = bool(NO_SPACE_AFTER.match(word))
    return text, offsets


def runs(labels: Iterable[str]) -> Iterator[tuple[int, int, str]]:
    """First and last word and label of each entity, from BIO labels with or without `B-`."""
    first, current = -1, ""
    position = -1
    for position, label in enumerate(labels):
        kind, _, name = label.partition("-")
        if current and (kind != "I" or name != current):
            yield first, position - 1, current
            current = ""
        if name and not current:
            first, current = position, name
    if current:
        yield first, position, current


def read_news_ner(path: Path) -> Iterator[Marked]:
    """Every document of the news corpus in which all our labels are marked."""
    for line in lines_of(path):
        item = json.loads(line)
        spans = tuple((start, end, frozenset({label})) for start, end, label in item["entities"])
        yield Marked("news", item["id"], item["text"], spans)


def fingerprint(text: str) -> str:
    """Letters and digits only, so that layout does not hide that two texts are one."""
    return re.sub(r"\W+", "", text).lower()


def without_shared_text(documents: Iterable[Marked], others: Iterable[str]) -> list[Marked]:
    """Documents that share no passage of 80 letters, at their start, middle or end, with the others."""
    seen = " ".join(fingerprint(text) for text in others)
    kept = []
    for document in documents:
        letters = fingerprint(document.text)
        starts = (60, max(0, len(letters) // 2 - 40), max(0, len(letters) - 120))
        if not any(letters[start : start + 80] in seen for start in starts if letters[start : start + 80]):
            kept.append(document)
    return kept
