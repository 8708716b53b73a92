"""Whose words or attitude a verb or noun tells: the side of a contact that is its subject."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from spacy.tokens import Doc, Token

from streams.coder.records import Claim, Entity, Mention, Parties
from streams.coder.telling import Stretch

How = Literal["subject", "nearest", "pronoun", "group", "carried", "initiator", "other", "object"]

_OBJECT_REACH = 8
_HIGHEST = 8
_CARRIED = 6


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


def holder(  # noqa: PLR0913 - each is a fact of its own
    doc: Doc, sentence: Stretch, words: Stretch, claim: Claim, parties: Parties, *, directed: bool = False
) -> Holder:
    """Find the holder of the attitude that `words` express.

    An attitude that is `directed` at one side (thanks, appeals) is held by the other one.
    """
    if directed and (target := _object(doc, sentence, words[1], claim, parties)):
        return Holder(tuple(code for code in _sides(claim) if code != target), "object")
    if doc.has_annotation("DEP") and (found := _by_syntax(doc, words[0], claim, parties)):
        return found
    return _by_order(doc, sentence, words[0], claim, parties)


def _object(doc: Doc, sentence: Stretch, end: int, claim: Claim, parties: Parties) -> str | None:
    """Code of the side named right after the words, with nothing but a few small words between."""
    for at in range(end, min(end + _OBJECT_REACH, sentence[1])):
        if doc[at].text in {",", ";", ":", "that", "which", "who"} or doc[at].is_quote:
            return None
        mention = _mention_at(at, parties)
        if mention and mention.form not in {"pronoun", "group"}:
            codes = _codes(mention, claim, parties)
            return codes[0] if len(codes) == 1 else None
    return None


def _codes(mention: Mention, claim: Claim, parties: Parties) -> tuple[str, ...]:
    """Sides that the mention stands for: by their entities, else by code, else by family name."""
    found = []
    for side in (claim.a, claim.b):
        for index in mention.entities:
            entity = parties.entities[index]
            if entity.code == side.code or (entity.code is None and _same_name(entity, side)):
                found.append(side.code or "")
                break
    return tuple(found)


def _same_name(x: Entity, y: Entity) -> bool:
    mine, other = (x.name or "").casefold().split(), (y.name or "").casefold().split()
    return bool(mine and other) and (mine[-1] in other or other[-1] in mine)


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
    while climbed < _HIGHEST:
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
    mention = _mention_at(token.i, parties)
    known = mention and any(parties.entities[index].code for index in mention.entities)
    return Holder((), "other") if known and mention and mention.form != "pronoun" else None


def _by_order(doc: Doc, sentence: Stretch, position: int, claim: Claim, parties: Parties) -> Holder:
    words, both = vocabulary(), _sides(claim)
    for at in range(position - 1, sentence[0] - 1, -1):
        token = doc[at]
        if token.lower_ in words["both"]:
            return Holder(both, "group")
        mention = _mention_at(at, parties)
        plain = mention is not None and mention.end - 1 == at and not _is_object(doc, mention, sentence)
        if plain and mention and (codes := _codes(mention, claim, parties)):
            return Holder(codes, "nearest")
        if token.lower_ in words["pronouns"]:
            return _carried(sentence, claim, parties, "pronoun")
        if token.lower_ in words["plural"]:
            return Holder(both, "group")
    return _carried(sentence, claim, parties, "carried")


def _is_object(doc: Doc, mention: Mention, sentence: Stretch) -> bool:
    """Whether the mention follows a preposition or stands in the genitive."""
    if mention.start > sentence[0] and doc[mention.start - 1].lower_ in vocabulary()["prepositions"]:
        return True
    return mention.end < sentence[1] and doc[mention.end].lower_ in {"'s", "’s", "'", "’"}


def _carried(sentence: Stretch, claim: Claim, parties: Parties, how: How) -> Holder:
    """Take the side named last before the sentence; else the initiator."""
    before = [m for m in parties.mentions if m.start < sentence[0]]
    for mention in reversed(before[-_CARRIED:]):
        if codes := _codes(mention, claim, parties):
            return Holder(codes[:1], how)
    return Holder((_sides(claim)[0],), "initiator")
