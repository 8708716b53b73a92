"""Possible contacts: every pair of parties that stands around a cue, found over syntax with high recall.

Nothing is decided here but what a candidate is: the judge weighs it, `merge` makes claims of what is left.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import combinations

from spacy.tokens import Doc

from streams.coder.cues import FoundCue, find_cues
from streams.coder.modality import Told, modality_of
from streams.coder.records import Candidate, Mention, Parties
from streams.coder.rivals import Rivals
from streams.coder.sides import Side, direction_of, ordered, sides_of
from streams.coder.surroundings import Surroundings
from streams.coder.traits import traits

MAX_PER_ARTICLE = 600
MAX_PER_SENTENCE = 160
MAX_CROSSED = (
    9  # parties around one cue of which every two are a pair; of a longer list only those with its leads
)
_LEADS = 2
_LEADING = frozenset({"subj", "poss", "by", "passive"})
MAX_SENTENCE_TOKENS = 220


def candidates(
    doc: Doc, parties: Parties, anchor: dt.date | None = None, title_end: int = 0
) -> list[Candidate]:
    """All possible contacts of a document, in the order of the text; at most MAX_PER_ARTICLE.

    `anchor` is the day of the report, `title_end` the first token after the headline.
    """
    found: list[Candidate] = []
    around = Surroundings.of(doc, parties, anchor, title_end)
    for number, (low, high) in enumerate(around.sentences):
        inside = around.mentions[number]
        if not inside:
            continue
        cues = find_cues(doc, low, min(high, low + MAX_SENTENCE_TOKENS))
        if cues:
            found += list(_in_sentence(doc, parties, around, number, cues))[:MAX_PER_SENTENCE]
        if len(found) >= MAX_PER_ARTICLE:
            return found[:MAX_PER_ARTICLE]
    return found


def _in_sentence(
    doc: Doc, parties: Parties, around: Surroundings, number: int, cues: Sequence[FoundCue]
) -> Iterator[Candidate]:
    carried = around.carried[number]
    for cue in cues:
        sides = sides_of(doc, parties, around.mentions[number], around.lists[number], cue)
        if not sides:
            continue
        rivals = Rivals.of(doc, parties, around.mentions[number], cue, sides)
        told = modality_of(
            doc,
            around.sentences[number],
            cue,
            around.times[number],
            around.times[number - 1] if number else (),
            around.anchor,
            around.latest,
        )
        for one, other in _pairs(parties, cue, sides, carried):
            yield from _readings(doc, parties, around, number, cue, one, other, rivals, told)


def _pairs(
    parties: Parties, cue: FoundCue, sides: Sequence[Side], carried: Sequence[tuple[int, Mention]]
) -> Iterator[tuple[Side, Side]]:
    """Every two sides in the sentence, then each with those whom an ellipsis may mean."""
    leads = _leads(sides) if len(sides) > MAX_CROSSED else {side.code for side in sides}
    for one, other in combinations(sides, 2):
        if {one.code, other.code} & leads and not (cue.entry.weak and _unfit(one, other)):
            yield one, other
    if cue.entry.weak:
        return
    here = {side.code for side in sides}
    for entity, mention in carried:
        code = parties.entities[entity].code
        if code is not None and code not in here:
            for side in sides:
                yield Side(entity, code, mention, None, 3.0, mention), side


def _leads(sides: Sequence[Side]) -> set[str]:
    """Codes of those whom the others of a long list may have met: subjects, and who stands nearest."""
    nearest = sorted(sides, key=lambda side: side.pull)[:_LEADS]
    own = [side for side in sides if side.function in _LEADING and side.place is side.mention]
    return {side.code for side in (*nearest, *own)}


def _unfit(one: Side, other: Side) -> bool:
    """Whether a weak cue has no party as its subject or none as its object."""
    functions = {one.function, other.function}
    if one.relation is None or other.relation is None or max(one.relation.depth, other.relation.depth) > 1:
        return True
    if functions == {"subj"}:
        return False
    return not (
        functions & {"subj", "passive", "by", "poss"}
        and functions & {"obj", "to", "iobj", "with", "passive", "from"}
    )


def _readings(  # noqa: PLR0913, PLR0917 - each is a fact of its own
    doc: Doc,
    parties: Parties,
    around: Surroundings,
    number: int,
    cue: FoundCue,
    one: Side,
    other: Side,
    rivals: Rivals,
    told: Told,
) -> Iterator[Candidate]:
    for kind in cue.entry.kinds:
        a, b = ordered(kind, cue, one, other)
        yield Candidate(
            kind,
            told.modality,
            direction_of(kind, cue, a, b),
            a.entity,
            b.entity,
            a.mention,
            b.mention,
            cue.cue,
            number,
            traits(doc, parties, around, number, cue, kind, a, b, told, rivals),
        )
