"""Write what the rules see in every annotated contact: the input of training/content.py.

    python training/content_features.py MODEL FEATURES.jsonl ANNOTATED.jsonl …

MODEL is a spaCy pipeline, ANNOTATED files hold one article a line with its contacts (see docs/training.md).
Runs in the environment of the product itself.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import spacy
from spacy.tokens import Doc

from streams.coder.dateline import read_header
from streams.coder.parties import ArticleMeta, PartyFinder
from streams.coder.records import Claim, Cue, Entity, Parties
from streams.coder.stances import candidates
from streams.coder.telling import telling
from streams.coder.text import compose
from streams.coder.topics import features


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
    kind = "person" if side["name"] else "state"
    return max(
        fitting,
        key=lambda e: len(e.name or ""),
        default=Entity(-1, kind, side["code"], side["name"], side["role"]),
    )


def rows(model: str, paths: list[Path]) -> Iterator[dict[str, Any]]:
    """One row per annotated contact whose evidence stands in the text as it is."""
    nlp, finder = spacy.load(model), PartyFinder()
    for path in paths:
        articles = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
        articles = [article for article in articles if article["contacts"]]
        sources = [compose(article["title"], article["text"]) for article in articles]
        docs = nlp.pipe((source.text for source in sources), batch_size=16)
        for article, source, doc in zip(articles, sources, docs, strict=True):
            published = article["published"] and dt.date.fromisoformat(article["published"][:10])
            header = read_header(source.text, source.body_start, published)
            meta = ArticleMeta(published, article["source"], source.body_start, header)
            yield from _article_rows(path.stem, article, doc, finder.process(doc, meta))


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
    with Path(sys.argv[2]).open("w", encoding="utf-8") as out:
        out.writelines(
            json.dumps(row) + "\n" for row in rows(sys.argv[1], [Path(name) for name in sys.argv[3:]])
        )
