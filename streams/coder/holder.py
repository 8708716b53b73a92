"""Whose words or attitude a verb or noun tells: the side of a contact that is its subject."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from spacy.tokens import Doc, Token

from streams.coder.records import Claim, Mention, Parties
from streams.coder.telling import Stretch

How = Literal["subject", "nearest", "pronoun", "group", "carried", "initiator", "other", "quoted"]


@dataclass(frozen=True, slots=True)
class Holder:
    """Codes of the sides that hold an attitude, and how that was found out."""

    codes: tuple[str, ...]
    how: How


@cache
def vocabulary() -> dict[str, frozenset[str]]:
    """Words that stand for one side or for both, from data/holders.json."""
    text = files("streams.coder").joinpath("data/holders.json").read_text(encoding="utf-8")
    return {name: frozenset(words) for name, words in json.loads(text).items()}


def holder(doc: Doc, sentence: Stretch, position: int, claim: Claim, parties: Parties) -> Holder:
    """Find the holder of the attitude that the word at `position` expresses."""
    if doc.has_annotation("DEP") and (found := _by_syntax(doc, position, claim, parties)):
        return found
    return _by_order(doc, sentence, position, claim, parties)


def _codes(mention: Mention, claim: Claim, parties: Parties) -> tuple[str, ...]:
    meant = {parties.entities[index].code for index in mention.entities}
    return tuple(code for code in _sides(claim) if code in meant)


def _sides(claim: Claim) -> tuple[str, str]:
    return claim.a.code or "", claim.b.code or ""


def _mention_at(position: int, parties: Parties) -> Mention | None:
    holding = [m for m in parties.mentions if m.start <= position < m.end]
    return max(holding, key=lambda m: m.end - m.start, default=None)


def _by_syntax(doc: Doc, position: int, claim: Claim, parties: Parties) -> Holder | None:
    for subject in _subjects(doc[position]):
        if found := _of_token(subject, claim, parties, "subject"):
            return found
    return None


def _subjects(token: Token) -> Iterator[Token]:
    """Subjects of the clause the token stands in, the nearest first, going up through its governors."""
    climbed = 0
    while climbed < 8:
        for child in token.children:
            if child.dep_.startswith("nsubj") or (child.dep_ == "obl:agent"):
                yield child
        if token.head is token:
            return
        token, climbed = token.head, climbed + 1


def _of_token(token: Token, claim: Claim, parties: Parties, how: How) -> Holder | None:
    """Sides that a subject names: itself and what is coordinated with it."""
    words, both = vocabulary(), _sides(claim)
    codes: list[str] = []
    for part in (token, *token.conjuncts):
        mention = _mention_at(part.i, parties)
        if mention:
            codes += [c for c in _codes(mention, claim, parties) if c not in codes]
    if codes:
        return Holder(tuple(codes), how)
    if token.lower_ in words["both"] or token.lower_ in words["plural"]:
        return Holder(both, "group")
    if _mention_at(token.i, parties):
        return Holder((), "other")
    return None


def _by_order(doc: Doc, sentence: Stretch, position: int, claim: Claim, parties: Parties) -> Holder:
    words, both = vocabulary(), _sides(claim)
    for at in range(position - 1, sentence[0] - 1, -1):
        token = doc[at]
        if token.lower_ in words["both"]:
            return Holder(both, "group")
        mention = _mention_at(at, parties)
        if mention and mention.end - 1 == at and not _is_object(doc, mention, sentence):
            return Holder(_codes(mention, claim, parties), "nearest")
        if token.lower_ in words["pronouns"]:
            return _carried(doc, sentence, claim, parties, "pronoun")
        if token.lower_ in words["plural"]:
            return Holder(both, "group")
    return _carried(doc, sentence, claim, parties, "carried")


def _is_object(doc: Doc, mention: Mention, sentence: Stretch) -> bool:
    """Whether the mention follows a preposition or stands in the genitive."""
    if mention.start > sentence[0] and doc[mention.start - 1].lower_ in vocabulary()["prepositions"]:
        return True
    return mention.end < sentence[1] and doc[mention.end].lower_ in {"'s", "’s", "'", "’"}


def _carried(doc: Doc, sentence: Stretch, claim: Claim, parties: Parties, how: How) -> Holder:
    """The first side named earlier, nearest sentence first; else the initiator."""
    before = [m for m in parties.mentions if m.start < sentence[0]]
    for mention in reversed(before[-6:]):
        if codes := _codes(mention, claim, parties):
            return Holder(codes[:1], how)
    return Holder((_sides(claim)[0],), "initiator")
