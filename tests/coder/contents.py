"""Builders for the tests of what a contact was about: a Doc without a model, claims and parties by hand."""

from __future__ import annotations

from spacy.tokens import Doc

from schemas.base import Direction, Kind, Modality
from streams.coder.records import Claim, Cue, Entity, Mention, Parties
from streams.coder.telling import Stretch, Telling, telling
from tests.coder.marked import parsed as read

__all__ = ["claim", "parties", "read", "stretch", "told"]


def stretch(doc: Doc, words: str) -> Stretch:
    """Where the words stand."""
    start = doc.text.index(words)
    span = doc.char_span(start, start + len(words))
    assert span is not None, words
    return span.start, span.end


def parties(doc: Doc, *people: tuple[str, str, str]) -> Parties:
    """Parties of (code, name, mentions separated by `|`)."""
    entities = [Entity(i, "person", code, name, None) for i, (code, name, _) in enumerate(people)]
    mentions = []
    for index, (_, _, forms) in enumerate(people):
        for form in forms.split("|"):
            for at in range(len(doc)):
                words = form.split()
                if [t.text for t in doc[at : at + len(words)]] == words:
                    mentions.append(Mention(at, at + len(words), at + len(words) - 1, "name", (index,)))
    return Parties(tuple(entities), tuple(sorted(mentions, key=lambda m: m.start)))


def claim(  # noqa: PLR0913 - each is a fact of its own
    doc: Doc,
    evidence: str,
    known: Parties,
    *,
    kind: Kind = "call",
    modality: Modality = "held",
    direction: Direction = "mutual",
) -> Claim:
    """A claim between the first two parties."""
    at = stretch(doc, evidence)
    a, b = known.entities[:2]
    cue = Cue(at[0], at[1], at[0], "test")
    return Claim(kind, (), modality, direction, a, b, cue, at, (), 1.0, ())


def told(doc: Doc, made: Claim, *others: Claim) -> Telling:
    """The telling of a claim."""
    return telling(doc, made, [made, *others])
