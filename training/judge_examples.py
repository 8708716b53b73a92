"""Annotated articles with their candidates, for `training.pair_encoder`.

usage: python -m training.judge_examples EXAMPLES.pkl DEV.jsonl [MORE.jsonl ...] [--stream STREAM.jsonl.gz]

The first file is the one that figures are reported on; articles of the others that share text with it are
left out. Lines of training/annotations/stream_open.jsonl hold no text but the place of it in STREAM.
"""

from __future__ import annotations

import argparse
import gzip
import json
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from spacy.tokens import Doc

from schemas import Article
from streams.coder.coder import Coder
from streams.coder.pair_encoder import read
from streams.coder.pieces import shipped_tokenizer
from streams.coder.telling import sentences
from streams.coder.text import Source, compose
from training.judge_data import Example

_WORDS = 6  # of a run that two articles may share
_SHARED = 0.25  # of all runs; more is a copy

Row = dict[str, Any]


def rows_of(path: Path, stream: dict[str, Row]) -> Iterator[Row]:
    """Annotated articles of a file, those without text joined with theirs."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield _joined(row, stream[row["id"]]) if "cut" in row else row


def _joined(row: Row, article: Row) -> Row:
    """Put the text, and the words of the evidence, in their places."""
    start, end = row["cut"]
    text, title = article["text"][start:end], article["title"] or ""
    contacts = []
    for contact in row["contacts"]:
        *where, first, last = contact["evidence"]
        contacts.append({**contact, "evidence": (title if where else text)[first:last]})
    return {**article, "text": text, "contacts": contacts}


def runs(text: str) -> set[tuple[str, ...]]:
    """Runs of words, for telling copies."""
    words = text.lower().split()
    return {tuple(words[k : k + _WORDS]) for k in range(len(words) - _WORDS + 1)}


def as_article(row: Row) -> Article:
    """An annotated article as the coder takes it."""
    return Article(
        uri=row["id"],
        title=row["title"] or None,
        text=row["text"],
        published=row["published"],
        source=row["source"],
    )


def example(coder: Coder, row: Row, name: str, source: str) -> Example:
    """Candidates of one article, and in which sentences its annotated contacts are told."""
    article = as_article(row)
    composed = compose(article.title, article.text)
    reading = coder.read(article, composed, coder.nlp(composed.text))
    found = coder.candidates(reading)
    gold = [_placed(contact, composed, reading.doc) for contact in row["contacts"]]
    sentences_read = read(shipped_tokenizer(), reading.doc, reading.parties, found)
    return Example(row["id"], name, source, reading.parties, found, gold, sentences_read)


def _placed(contact: Row, composed: Source, doc: Doc) -> Row:
    evidence = contact["evidence"]
    start = composed.text.find(evidence, composed.body_start)
    start = composed.text.find(evidence) if start < 0 else start
    span = doc.char_span(start, start + len(evidence), alignment_mode="expand") if start >= 0 else None
    told = {
        number
        for number, (first, last) in enumerate(sentences(doc))
        if span and first < span.end and last > span.start
    }
    return {**contact, "sentences": told, "tokens": span and (span.start, span.end)}


def main() -> None:
    """Write the examples."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("examples", type=Path)
    parser.add_argument("annotated", type=Path, nargs="+")
    parser.add_argument("--stream", type=Path)
    args = parser.parse_args()
    stream: dict[str, Row] = {}
    if args.stream:
        with gzip.open(args.stream, "rt", encoding="utf-8") as lines:
            stream = {row["id"]: row for row in map(json.loads, lines)}
    coder = Coder()
    dev, *others = args.annotated
    own = list(rows_of(dev, stream))
    known = set().union(*(runs(row["text"]) for row in own))
    examples = [example(coder, row, "dev", row["source"] or "?") for row in own]
    for path in others:
        for number, row in enumerate(rows_of(path, stream)):
            shared = runs(row["text"])
            if len(shared & known) <= _SHARED * len(shared):
                examples.append(example(coder, row, path.stem, f"{path.stem}:{number % 7}"))
    args.examples.write_bytes(pickle.dumps(examples))
    print(f"{len(examples)} articles, {sum(len(e.candidates) for e in examples)} candidates")


if __name__ == "__main__":
    main()
