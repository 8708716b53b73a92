"""Write what the rules see in every annotated contact: the input of training/content.py.

    python training/content_features.py FEATURES.jsonl ANNOTATED.jsonl …

ANNOTATED files hold one article a line with its contacts (see docs/training.md); the first is the measure.
Reads with the shipped pipeline and parties, in the environment of the product itself.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from spacy.tokens import Doc

from streams.coder import pipeline
from streams.coder.coder import read
from streams.coder.parties import PartyFinder
from streams.coder.records import Claim, Cue, Entity, Parties
from streams.coder.roster import shipped_roster
from streams.coder.stances import candidates
from streams.coder.telling import telling
from streams.coder.text import compose
from streams.coder.topics import features
from training.judge_examples import as_article


def annotated_claims(
    doc: Doc, parties: Parties, contacts: list[dict[str, Any]]
) -> Iterator[tuple[dict[str, Any], Claim]]:
    """Each annotated contact with the claim that a perfect coder would make of it."""
    for contact in contacts:
        start = doc.text.find(contact["evidence"])
        span = (
            doc.char_span(start, start + len(contact["evidence"]), alignment_mode="expand")
            if start >= 0
            else None
        )
        if span is None:
            continue
        yield (
            contact,
            Claim(
                kind=contact["kind"],
                also=tuple(contact["also"]),
                modality=contact["modality"],
                direction=contact["direction"],
                a=_entity(parties, contact["a"]),
                b=_entity(parties, contact["b"]),
                cue=Cue(span.start, span.end, span.start, "annotated"),
                evidence=(span.start, span.end),
                candidates=(),
                confidence=1.0,
                reasons=(),
            ),
        )


def _entity(parties: Parties, side: dict[str, Any]) -> Entity:
    words = set((side["name"] or "").casefold().split())
    fitting = [
        e
        for e in parties.entities
        if e.code == side["code"] and (not words or words & set((e.name or "").casefold().split()))
    ]
    unfound = Entity(-1, "person" if side["name"] else "state", side["code"], side["name"], side["role"])
    return max(fitting, key=lambda e: len(e.name or ""), default=unfound)


def rows(paths: list[Path]) -> Iterator[dict[str, Any]]:
    """One row per annotated contact whose evidence stands in the text as it is."""
    nlp, finder = pipeline.load(), PartyFinder(shipped_roster())
    for path in paths:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
        told = [row for row in lines if row["contacts"]]
        articles = [as_article(row) for row in told]
        sources = [compose(article.title, article.text) for article in articles]
        docs = nlp.pipe((source.text for source in sources), batch_size=16)
        for row, article, source, doc in zip(told, articles, sources, docs, strict=True):
            yield from _article_rows(path.stem, row, doc, read(finder, article, source, doc).parties)


def _article_rows(file: str, article: dict[str, Any], doc: Doc, parties: Parties) -> Iterator[dict[str, Any]]:
    pairs = list(annotated_claims(doc, parties, article["contacts"]))
    for contact, claim in pairs:
        told = telling(doc, claim, [other for _, other in pairs])
        yield {
            "file": file,
            "article": article["id"],
            "source": article["source"],
            "modality": claim.modality,
            "topics": contact["topics"],
            "topic_features": features(doc, told, claim.kind, claim.modality),
            "stances": [[s["by"], s["stance"]] for s in contact["stances"]],
            "stance_candidates": [
                [e.code, e.stance, e.features] for e in candidates(doc, told, claim, parties)
            ],
        }


if __name__ == "__main__":
    with Path(sys.argv[1]).open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows([Path(name) for name in sys.argv[2:]]))
