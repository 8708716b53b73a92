"""The parties around a cue: where each stands to it, which mention stands for it, and which of two leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from schemas.base import Direction, Kind
from streams.coder.cues import FoundCue
from streams.coder.records import Entity, Mention, Parties
from streams.coder.relations import Relation, relation

_MAX_CODES = 20  # codes around one cue

# How well a grammatical function suits a side of a contact: lower is better.
_PULL = {
    "subj": 0.0, "obj": 0.0, "with": 0.0, "between": 0.0, "passive": 0.1, "by": 0.2, "to": 0.2, "poss": 0.3,
    "from": 0.5, "of": 0.6, "iobj": 0.3, "compound": 0.7, "in": 0.8, "among": 0.5, "into": 0.8, "whom": 0.2,
    "at": 1.2, "for": 1.4, "appos": 1.5, "on": 2.2, "about": 2.6, "against": 2.6, "over": 2.6,
}  # fmt: skip
_PULL_ELSE = 1.8
_FORM_PULL = {
    "name": 0.0, "titled": 0.0, "role": 0.1, "delegation": 0.2, "pronoun": 0.3, "group": 0.4,
    "organisation": 0.4, "state": 0.5, "seat": 0.6, "capital": 0.7, "demonym": 1.2,
}  # fmt: skip
# Which function opens a contact: higher is more likely its initiator.
_LEAD = {
    "subj": 6.0, "by": 5.0, "poss": 4.0, "from": 3.5, "compound": 3.0, "passive": 2.5, "of": 2.5,
    "between": 2.0,
}  # fmt: skip
# Who travels, by function to the words of a visit.
_TRAVELS = {
    "poss": 3.0, "by": 3.0, "subj": 2.0, "has-other": 2.5, "has-loose": 2.5, "as": 1.5, "from": 1.0,
    "whom": -1.0, "with": -1.5, "to": -3.0, "in": -3.0, "into": -3.0, "at": -2.0, "obj": -2.0,
    "passive": 0.5,
}  # fmt: skip
_PLACES = frozenset({"state", "capital", "seat", "organisation", "demonym"})


@dataclass(frozen=True, slots=True)
class Side:
    """A party as seen from a cue."""

    entity: int
    code: str
    mention: Mention
    relation: Relation | None  # None where it is carried from an earlier sentence
    pull: float
    place: Mention  # where it stands in the sentence: its own mention, or the first of its list

    @property
    def function(self) -> str:
        """Grammatical function to the cue."""
        return self.relation.function if self.relation else "carried"


def sides_of(
    doc: Doc, parties: Parties, inside: Sequence[Mention], lists: Mapping[Mention, Mention], cue: FoundCue
) -> list[Side]:
    """The best mention of each code around a cue, in the order of the text."""
    best: dict[str, Side] = {}
    for mention in inside:
        if mention.start <= cue.cue.head < mention.end and mention.form != "group":
            continue
        place = lists.get(mention, mention)
        if place.start <= cue.cue.head < mention.end:
            place = mention  # the cue stands within the list
        bond = relation(doc[cue.cue.head], doc[place.head], place.start, place.end)
        for index in mention.entities:
            entity = parties.entities[index]
            if entity.code is None:
                continue
            side = Side(index, entity.code, mention, bond, _pull(bond, place, entity, cue), place)
            if entity.code not in best or side.pull < best[entity.code].pull:
                best[entity.code] = side
    near = sorted(best.values(), key=lambda side: (side.pull, side.mention.start, side.code))[:_MAX_CODES]
    return sorted(near, key=lambda side: (side.mention.start, side.code))


def _pull(bond: Relation | None, mention: Mention, entity: Entity, cue: FoundCue) -> float:
    distance = min(abs(mention.start - cue.cue.head), abs(mention.end - cue.cue.head)) * 0.03
    form = _FORM_PULL.get(mention.form, 0.5) + (0.4 if entity.former else 0.0)
    if bond is None:
        return 3.0 + distance + form
    links = bond.link.count("<") + bool(bond.link)
    return _PULL.get(bond.function, _PULL_ELSE) + 0.5 * bond.depth + 0.25 * links + distance + form


def ordered(kind: Kind, cue: FoundCue, one: Side, other: Side) -> tuple[Side, Side]:
    """Put the initiator first: caller, sender, visitor, host who received, subject otherwise."""
    if kind == "visit" and cue.entry.rule in {"meeting.host", "visit.invite", "visit.invitation"}:
        return _visitor_first(one, other)
    if kind == "visit":
        travels = [_travels(cue, side) for side in (one, other)]
        if travels[0] != travels[1]:
            return (one, other) if travels[0] > travels[1] else (other, one)
    if kind in {"call", "message"} and {one.function, other.function} & {"from"}:
        return (one, other) if one.function == "from" else (other, one)
    leads = [_LEAD.get(side.function, 0.0) for side in (one, other)]
    if leads[0] == leads[1]:
        return (one, other) if one.mention.start <= other.mention.start else (other, one)
    return (one, other) if leads[0] > leads[1] else (other, one)


def _travels(cue: FoundCue, side: Side) -> float:
    """How much a side looks like the one who travels, not like the one who is visited."""
    score = _TRAVELS.get(side.function, 0.0)
    if cue.part == "noun" and side.function == "of":
        score += 2.0
    if side.mention.form in _PLACES:
        score -= 3.0
    return score - (1.0 if side.relation is None else 0.0)


def _visitor_first(one: Side, other: Side) -> tuple[Side, Side]:
    """Whom a host received, or an inviter asked, is the visitor."""
    for first, second in ((one, other), (other, one)):
        if second.function in {"subj", "by", "poss", "from"} and first.function not in {"subj", "by"}:
            return first, second
    return other, one


def direction_of(kind: Kind, cue: FoundCue, a: Side, b: Side) -> Direction:
    """Messages, visits and calls that one side placed are directed."""
    if kind in {"message", "visit"}:
        return "directed"
    placed = cue.entry.rule == "call.verb" or (cue.entry.rule == "call.noun" and _one_way(a, b))
    return "directed" if kind == "call" and placed else "mutual"


def _one_way(a: Side, b: Side) -> bool:
    """A call from one side, or to the other."""
    return a.function == "from" or b.function == "to"
