"""Measure the shipped entity tagger: `python -m training.score_entities --data ../shared/data`.

Strict spans, per label, on news documents kept apart from training and on UD English PUD, whose places are of
one kind and which marks no nationalities and titles.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import spacy
from spacy.language import Language

from streams.coder import breaks, encoder, pipeline
from training.corpora import LABELS, Marked, read_columns, read_news_ner, without_shared_text

PUD = {
    "PERSON": frozenset({"PERSON"}),
    "LOC": frozenset({"GPE", "LOC", "FAC"}),
    "ORG": frozenset({"ORG"}),
}
Counts = dict[str, Counter[str]]


def tagger(folder: Path) -> Language:
    """Tokens, rule-made breaks and entities only."""
    nlp = spacy.blank("en")
    nlp.add_pipe(breaks.FACTORY)
    nlp.add_pipe(encoder.FACTORY, config={"folder": str(folder)})
    return nlp


def counted(nlp: Language, documents: Iterable[Marked], groups: dict[str, frozenset[str]]) -> Counts:
    """Hits, found and wanted spans per group of labels."""
    counts: Counts = {name: Counter() for name in groups}
    for document in documents:
        found = {(span.start_char, span.end_char, span.label_) for span in nlp(document.text).ents}
        for name, labels in groups.items():
            wanted = {(start, end) for start, end, allowed in document.spans if allowed == labels}
            here = {(start, end) for start, end, label in found if label in labels}
            counts[name].update(hits=len(wanted & here), found=len(here), wanted=len(wanted))
    return counts


def printed(title: str, counts: Counts) -> None:
    """Precision, recall and F of each group and of all together."""
    total: Counter[str] = Counter()
    for count in counts.values():
        total.update(count)
    print(title)
    for name, count in [*counts.items(), ("all", total)]:
        precision = 100 * count["hits"] / max(1, count["found"])
        recall = 100 * count["hits"] / max(1, count["wanted"])
        f1 = 200 * count["hits"] / max(1, count["found"] + count["wanted"])
        print(f"  {name:7} P {precision:5.1f}  R {recall:5.1f}  F {f1:5.1f}  ({count['wanted']})")


def apart(data: Path, texts: Path) -> list[Marked]:
    """News documents that training leaves out because their text is in the file of evaluation texts."""
    documents = list(read_news_ner(data / "news_ner" / "news_ner.jsonl"))
    lines = texts.read_text(encoding="utf-8").splitlines()
    kept = {
        item.document for item in without_shared_text(documents, [json.loads(line)["text"] for line in lines])
    }
    return [item for item in documents if item.document not in kept]


def main() -> None:
    """Read the arguments and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--apart", type=Path, default=Path("../shared/gold/dev.jsonl"))
    parser.add_argument("--model", type=Path, default=pipeline.MODEL / pipeline.ENTITIES)
    options = parser.parse_args()
    nlp = tagger(options.model)
    documents = apart(options.data, options.apart)
    started = time.perf_counter()
    counts = counted(nlp, documents, {label: frozenset({label}) for label in LABELS})
    words = sum(len(item.text.split()) for item in documents)
    printed(f"news kept apart ({len(documents)} documents)", counts)
    print(f"  {words / (time.perf_counter() - started):.0f} words/s")
    pud = list(read_columns(options.data / "ud_pud" / "en_pud-ud-test.iob2.gz", "uner", 1, 2))
    printed("UD English PUD", counted(nlp, pud, PUD))
    news = [item for item in pud if item.document.startswith("n")]
    printed("UD English PUD, news", counted(nlp, news, PUD))


if __name__ == "__main__":
    main()
