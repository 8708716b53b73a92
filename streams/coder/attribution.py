"""Whom the article credits for a contact."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Doc

from streams.coder.records import Entity
from streams.coder.speech import Saying, sayings, vocabulary
from streams.coder.telling import Stretch, sentence_of, whole

_REACH_AFTER = 5
_REACH_BEFORE = 3
_TOO_FAR = 16.0
_ITEM_SENTENCES = 3


@dataclass(frozen=True, slots=True)
class _Credit:
    source: str
    cost: float


def reported_by(
    doc: Doc, cut: Sequence[Stretch], evidence: Stretch, sides: tuple[Entity, Entity]
) -> str | None:
    """Name the source that the article credits for the contact that `evidence` asserts."""
    if credit := _item_credit(doc, evidence):
        return credit
    if credit := _release_credit(doc):
        return credit
    best = min(_credits(doc, cut, evidence, sides), key=lambda credit: credit.cost, default=None)
    if best and best.cost < _TOO_FAR:
        return best.source
    return _sign_off(doc)


def _credits(
    doc: Doc, cut: Sequence[Stretch], evidence: Stretch, sides: tuple[Entity, Entity]
) -> Iterator[_Credit]:
    home = sentence_of(cut, evidence[0])
    for index in range(max(0, home - _REACH_BEFORE), min(len(cut), home + _REACH_AFTER + 1)):
        away = index - home
        for saying in sayings(doc, cut[index]):
            own = _is_a_side(doc, saying.source, sides)
            if own and not (away == 0 and saying.form == "before" and saying.verb < evidence[1]):
                continue
            cost = 6.0 * away if away >= 0 else -9.0 * away
            cost += 6 if own else 0
            yield _Credit(_text(doc, saying.source), cost + _preference(doc, saying))


def _preference(doc: Doc, saying: Saying) -> float:
    institutions = vocabulary()["institutions"]
    official = any(t.lower_ in institutions for t in doc[saying.source[0] : saying.source[1]])
    return (-2.0 if saying.form == "citing" else 0.0) + (0.0 if official else 4.0)


def _is_a_side(doc: Doc, source: Stretch, sides: tuple[Entity, Entity]) -> bool:
    text = doc[source[0] : source[1]].text.casefold()
    for side in sides:
        family = (side.name or "").split()[-1:]
        if family and family[0].casefold() in text:
            return True
    return False


def _text(doc: Doc, stretch: Stretch) -> str:
    return re.sub(r"\s+", " ", doc[stretch[0] : stretch[1]].text).strip(" .,'’\"")


@cache
def _parenthesis() -> re.Pattern[str]:
    return re.compile(r"\(([A-Z0-9][^()]{1,70})\)")


def _item_credit(doc: Doc, evidence: Stretch) -> str | None:
    """Credit in brackets after an item of a digest: "… in Geneva. (Reuters) (BBC)"."""
    last = doc[evidence[1] - 1]
    rest = whole(doc)[last.idx + len(last) :].split("\n", 1)[0]
    closed = re.search(r"[.!?][”\"’]?\s*((?:\(([A-Z0-9][^()]{1,70})\)[\s,]*)+)", rest)
    if not closed or _another_item(rest[: closed.start()]):
        return None
    names = [name.strip() for name in _parenthesis().findall(closed.group(1)) if not _picture().search(name)]
    return ", ".join(names) or None


@cache
def _picture() -> re.Pattern[str]:
    return re.compile(r"\b(?:photo|image|picture|file|getty|courtesy)s?\b", re.IGNORECASE)


def _another_item(text: str) -> bool:
    return len(re.findall(r"[.!?][”\"’]?\s", text)) > _ITEM_SENTENCES


@cache
def _release() -> tuple[re.Pattern[str], ...]:
    return (
        re.compile(r"\battributable to (?P<by>[A-Z][^:\n]{3,80}?)\s*:"),
        re.compile(r"^(?:Statement|Readout)s? (?:by|from) (?P<by>[A-Z][^:\n]{3,60}?) on ", re.MULTILINE),
        re.compile(
            r"statement (?:was )?(?:released|issued) by (?:the )?"
            r"(?P<by>[A-Z][^:.\n]{3,90}?)(?: on the occasion[^.\n]*)?[.:\n]"
        ),
    )


def _release_credit(doc: Doc) -> str | None:
    """Credit that heads an official release and holds for all of it."""
    head = whole(doc)[:1200]
    for pattern in _release():
        if found := pattern.search(head):
            return found.group("by").strip()
    return None


def _sign_off(doc: Doc) -> str | None:
    """Find an agency that ends the article: "— SPA" by itself, or after a dash on the last line."""
    last = whole(doc).rstrip().rsplit("\n", 1)[-1].strip()
    found = re.fullmatch(r"(?:.*[.!?”\"]\s*[-—–/(]+\s*|[-—–/(\s]*)([A-Z][A-Z&/-]{1,11})[)/.\s]*", last)
    return found.group(1) if found else None
