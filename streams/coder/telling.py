"""The part of an article that tells one contact: the sentences that assert it and those that continue it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from spacy.tokens import Doc

from streams.coder.records import Claim

Stretch = tuple[int, int]  # token indices, half-open
_DIGEST_CREDITS = 3
_QUOTES = {"“": 1, "”": -1, '"': 0}


@dataclass(frozen=True, slots=True)
class Telling:
    """Where one contact is told, as token stretches of the Doc."""

    evidence: Stretch
    core: tuple[Stretch, ...]  # sentences that assert the contact, the evidence's first
    after: tuple[Stretch, ...]  # sentences that may continue it, in the order of the text
    interrupted: tuple[int, ...] = ()  # for each of `after`, how many other contacts were told before it
    earlier: int = 0  # how many other contacts the article tells before this one

    @property
    def all(self) -> tuple[Stretch, ...]:
        """Core and continuation together."""
        return self.core + self.after

    @property
    def own(self) -> tuple[Stretch, ...]:
        """Core, and the continuation up to the next contact."""
        pairs = zip(self.after, self.interrupted, strict=True)
        return self.core + tuple(stretch for stretch, others in pairs if not others)


# The last document's text and sentences are kept: each of its contacts asks for them several times.
@lru_cache(maxsize=1)
def whole(doc: Doc) -> str:
    """Text of the Doc, which spaCy puts together anew each time."""
    return doc.text


@lru_cache(maxsize=1)
def sentences(doc: Doc) -> tuple[Stretch, ...]:
    """Sentences of the Doc, cut at line breaks whatever the parser thinks."""
    cut = []
    for sentence in doc.sents:
        start = sentence.start
        for token in sentence:
            if "\n" in token.text and token.is_space:
                if token.i > start:
                    cut.append((start, token.i))
                start = token.i + 1
        if sentence.end > start:
            cut.append((start, sentence.end))
    return tuple(cut)


@lru_cache(maxsize=1)
def quoted(doc: Doc) -> frozenset[int]:
    """Tokens within quotation marks; a paragraph closes what is left open."""
    inside, found = False, []
    for token in doc:
        if token.text in _QUOTES:
            inside = {1: True, -1: False, 0: not inside}[_QUOTES[token.text]]
        elif "\n" in token.text:
            inside = False
        elif inside:
            found.append(token.i)
    return frozenset(found)


def paragraphs(doc: Doc, cut: Sequence[Stretch]) -> tuple[int, ...]:
    """Count the paragraph each sentence stands in."""
    numbers, number = [], 0
    for index, (start, _) in enumerate(cut):
        if index and any("\n" in token.text for token in doc[cut[index - 1][1] : start]):
            number += 1
        numbers.append(number)
    return tuple(numbers)


def sentence_of(cut: Sequence[Stretch], position: int) -> int:
    """Index of the sentence that holds the token, or of the last one before it."""
    found = 0
    for index, (start, _) in enumerate(cut):
        if start > position:
            break
        found = index
    return found


def telling(doc: Doc, claim: Claim, others: Sequence[Claim] = (), reach: int = 12) -> Telling:
    """Find the sentences of one claim; `others` are the other contacts that the article tells."""
    cut = sentences(doc)
    first, last = sentence_of(cut, claim.evidence[0]), sentence_of(cut, claim.evidence[1] - 1)
    core = list(range(first, last + 1))
    for candidate in claim.candidates:
        spot = sentence_of(cut, candidate.cue.head)
        if spot not in core:
            core.append(spot)
    dyad = {claim.a.code, claim.b.code}
    taken = {sentence_of(cut, o.evidence[0]) for o in others if {o.a.code, o.b.code} != dyad}
    end = _item_end(doc, cut, last) if is_digest(doc) else len(cut)
    after = _continuation(core, taken - set(core), reach, end)
    return Telling(
        evidence=claim.evidence,
        core=tuple(cut[i] for i in core),
        after=tuple(cut[i] for i in after),
        interrupted=tuple(after.values()),
        earlier=sum(spot < first for spot in taken),
    )


def _continuation(core: Sequence[int], taken: set[int], reach: int, end: int) -> dict[int, int]:
    """Sentences after each one of the core, with the number of other contacts told in between."""
    after: dict[int, int] = {}
    for spot in sorted(core):
        interruptions = 0
        for index in range(spot + 1, min(spot + 1 + reach, end)):
            if index in core:
                break
            interruptions += index in taken
            after[index] = min(interruptions, after.get(index, interruptions))
    return dict(sorted(after.items()))


@cache
def _credit() -> re.Pattern[str]:
    return re.compile(r"[.!?”\"]\s*\((?:[A-Z][\w.&’' /,-]{1,60})\)(?=\s|$)")


@lru_cache(maxsize=1)
def is_digest(doc: Doc) -> bool:
    """Whether the page strings together short items, each with its source in brackets."""
    return len(_credit().findall(whole(doc))) >= _DIGEST_CREDITS


def _item_end(doc: Doc, cut: Sequence[Stretch], last: int) -> int:
    """Where the item of a digest ends: at a source in brackets or at the end of the paragraph."""
    text, numbers = whole(doc), paragraphs(doc, cut)
    for index in range(last, len(cut) - 1):
        between = text[doc[cut[index][0]].idx : doc[cut[index + 1][0]].idx + 40]
        if numbers[index + 1] != numbers[index] or _credit().search(between):
            return index + 1
    return len(cut)


def words(doc: Doc, stretch: Stretch) -> str:
    """Text of the stretch."""
    return doc[stretch[0] : stretch[1]].text
