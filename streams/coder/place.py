"""Where an encounter took place, as the article names it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TypeVar

from spacy.tokens import Doc, Span

from streams.coder.records import Claim, Mention, Parties
from streams.coder.telling import Stretch, Telling

Spot = TypeVar("Spot", Mention, Span)
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
    marked = [entity for entity in doc.ents if entity.label_ in _PLACES]
    options = [
        (_distance(where.span, told.evidence), where)
        for stretch in told.core
        for where in _places(doc, stretch, claim, _named_places(marked, stretch, parties))
    ]
    return min(options, key=lambda option: (option[0], option[1].span), default=(0, None))[1]


def _distance(span: Stretch, evidence: Stretch) -> int:
    if evidence[0] <= span[0] < evidence[1]:
        return 0
    return min(abs(span[0] - evidence[1]), abs(evidence[0] - span[1]))


def _places(
    doc: Doc, sentence: Stretch, claim: Claim, named: Iterator[tuple[int, int, str | None]]
) -> Iterator[Where]:
    wanted = _TOWARDS if claim.kind == "visit" else _PREPOSITIONS
    for start, end, country in named:
        before = start - 1
        while before >= sentence[0] and doc[before].lower_ in {"the", "city", "of", "town", "capital"}:
            before -= 1
        if before >= sentence[0] and doc[before].lower_ in wanted:
            yield Where(doc[start:end].text, country, (start, end))


def _named_places(
    marked: list[Span], sentence: Stretch, parties: Parties
) -> Iterator[tuple[int, int, str | None]]:
    known = {}
    for mention in _starting_in(parties.mentions, sentence):
        if mention.form in _NAMED:
            known[mention.start] = (mention.end, parties.entities[mention.entities[0]].code)
    for start, (end, country) in known.items():
        yield start, end, country
    for entity in _starting_in(marked, sentence):
        if entity.start not in known:
            yield entity.start, entity.end, _state_after(entity.end, known)


def _starting_in(found: Sequence[Spot], sentence: Stretch) -> Sequence[Spot]:
    """Those that start in a sentence, of many in the order of the text."""
    first, last = (bisect_left(found, bound, key=attrgetter("start")) for bound in sentence)
    return found[first:last]


def _state_after(end: int, known: dict[int, tuple[int, str | None]]) -> str | None:
    """State that follows a place after a comma: "Guangzhou, China"."""
    return known[end + 1][1] if end + 1 in known else None
