"""Where an encounter took place, as the article names it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc

from streams.coder.records import Claim, Parties
from streams.coder.telling import Stretch, Telling

_PREPOSITIONS = frozenset({"in", "at", "near", "outside"})
_TOWARDS = frozenset({"to", "in", "into"})
_PLACES = frozenset({"GPE", "FAC", "LOC"})
_NAMED = frozenset({"capital", "state", "seat"})


@dataclass(frozen=True, slots=True)
class Where:
    """A place and the state it lies in, where known."""

    name: str
    country: str | None
    span: Stretch


def place(doc: Doc, told: Telling, claim: Claim, parties: Parties) -> Where | None:
    """Find the place of a meeting or visit in the sentences that assert it, nearest to the evidence."""
    if claim.kind not in {"meeting", "visit"}:
        return None
    options = [
        (_distance(where.span, told.evidence), where)
        for stretch in told.core
        for where in _places(doc, stretch, claim, parties)
    ]
    return min(options, key=lambda option: (option[0], option[1].span), default=(0, None))[1]


def _distance(span: Stretch, evidence: Stretch) -> int:
    if evidence[0] <= span[0] < evidence[1]:
        return 0
    return min(abs(span[0] - evidence[1]), abs(evidence[0] - span[1]))


def _places(doc: Doc, sentence: Stretch, claim: Claim, parties: Parties) -> Iterator[Where]:
    wanted = _TOWARDS if claim.kind == "visit" else _PREPOSITIONS
    for start, end, country in _named_places(doc, sentence, parties):
        before = start - 1
        while before >= sentence[0] and doc[before].lower_ in {"the", "city", "of", "town", "capital"}:
            before -= 1
        if before >= sentence[0] and doc[before].lower_ in wanted:
            yield Where(doc[start:end].text, country, (start, end))


def _named_places(doc: Doc, sentence: Stretch, parties: Parties) -> Iterator[tuple[int, int, str | None]]:
    known = {}
    for mention in parties.mentions:
        if mention.form in _NAMED and sentence[0] <= mention.start < sentence[1]:
            known[mention.start] = (mention.end, parties.entities[mention.entities[0]].code)
    for start, (end, country) in known.items():
        yield start, end, country
    for entity in doc.ents:
        inside = sentence[0] <= entity.start < sentence[1] and entity.label_ in _PLACES
        if inside and entity.start not in known:
            yield entity.start, entity.end, _state_after(entity.end, known)


def _state_after(end: int, known: dict[int, tuple[int, str | None]]) -> str | None:
    """State that follows a place after a comma: "Guangzhou, China"."""
    return known[end + 1][1] if end + 1 in known else None
