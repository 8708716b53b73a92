"""Sentences with their answer inline: "[the Emir of Qatar|QAT] met [her Kenyan counterpart|KEN]"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from streams.coder.meta import ArticleMeta
from streams.coder.parties import PartyFinder
from streams.coder.records import Entity, Parties
from streams.coder.roster import Roster

_MARK = re.compile(r"\[(?P<words>[^\[\]|]+)\|(?P<code>[^\[\]]+)\]")


@dataclass(frozen=True)
class Marked:
    """A text and the codes that its marked words stand for ("-" for none)."""

    text: str
    answers: tuple[tuple[int, int, frozenset[str]], ...]


def read_marked(marked: str) -> Marked:
    """Take the marks out of a text."""
    text, answers, done = "", [], 0
    for mark in _MARK.finditer(marked):
        text += marked[done : mark.start()]
        codes = frozenset() if mark["code"] == "-" else frozenset(mark["code"].split("+"))
        answers.append((len(text), len(text) + len(mark["words"]), codes))
        text += mark["words"]
        done = mark.end()
    return Marked(text + marked[done:], tuple(answers))


def parsed(text: str) -> Doc:
    """Tokens and sentence bounds only: what the rules must do without a trained pipeline."""
    return blank()(text)


@cache
def blank() -> Language:
    """Pipeline without a model; to make one takes half a second."""
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    return nlp


def found(text: str, meta: ArticleMeta | None = None, roster: Roster | None = None) -> tuple[Doc, Parties]:
    """The Doc of a text and its parties, without a roster unless one is given."""
    doc = parsed(text)
    return doc, PartyFinder(Roster([]) if roster is None else roster).process(doc, meta)


def codes_at(doc: Doc, parties: Parties, start: int, end: int) -> frozenset[str]:
    """Codes of the mentions that overlap some characters of the text."""
    codes: set[str] = set()
    for mention in parties.mentions:
        first, last = doc[mention.start].idx, doc[mention.end - 1].idx + len(doc[mention.end - 1])
        if first < end and start < last:
            codes |= {code for index in mention.entities if (code := parties.entities[index].code)}
    return frozenset(codes)


def person(parties: Parties, name: str) -> Entity:
    """The one entity whose name holds some words."""
    (entity,) = [entity for entity in parties.entities if name in (entity.name or "")]
    return entity
