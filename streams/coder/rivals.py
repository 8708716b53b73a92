"""Whom else a cue may be about: a pair is less likely where others fill its places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from streams.coder.cues import FoundCue
from streams.coder.modality import governing_verb
from streams.coder.records import Mention, Parties
from streams.coder.relations import function_of, preposition
from streams.coder.sides import Side

_LEADING = frozenset({"subj", "poss", "by", "from"})
_FOLLOWING = frozenset({"obj", "with", "to", "iobj", "passive", "in", "into", "of"})
_SUBJECTS = frozenset({"nsubj", "nsubj:pass", "nsubjpass"})
_TIE = 0.7  # sides whose pull differs by less fill a place together
_MOST = 3


@dataclass(frozen=True, slots=True)
class Rivals:
    """All parties around one cue, and whom the cue's own subject and partner name."""

    cue: FoundCue
    sides: tuple[Side, ...]  # strongest pull first
    subject: frozenset[str] | None  # codes of the words in that place; empty where they are no party
    partner: frozenset[str] | None

    @classmethod
    def of(
        cls, doc: Doc, parties: Parties, inside: Sequence[Mention], cue: FoundCue, sides: Sequence[Side]
    ) -> Rivals:
        """Look at a cue with all parties of its sentence."""
        head = doc[cue.cue.head]
        ranked = tuple(sorted(sides, key=lambda side: (side.pull, side.mention.start, side.code)))
        subject, partner = _subject(head), _partner(head)
        return cls(
            cue,
            ranked,
            None if subject is None else _codes_at(parties, inside, subject),
            None if partner is None else _codes_at(parties, inside, partner),
        )

    def against(self, a: Side, b: Side) -> list[str]:
        """Features of a pair among its rivals."""
        order = list(dict.fromkeys(side.place.start for side in self.sides))  # a list has one rank
        ranks = sorted(
            min(order.index(s.place.start), _MOST) if s.relation is not None else _MOST + 1 for s in (a, b)
        )
        found = [f"ranks={ranks[0]},{ranks[1]}"]
        found += [f"{name}.shadow={self._shadow(side, a, b)}" for name, side in (("a", a), ("b", b))]
        found.append(f"places={self._place(_LEADING, a, b)}|{self._place(_FOLLOWING, a, b)}")
        own = f"{_whose(self.subject, a, b)}|{_whose(self.partner, a, b)}"
        found += [f"own={own}", f"{self.cue.part}:own={own}", f"subject={_whose(self.subject, a, b)}"]
        found.append(f"{self.cue.entry.rule}:partner={_whose(self.partner, a, b)}")
        return found

    def _shadow(self, side: Side, a: Side, b: Side) -> int:
        """How many third parties stand between a side and the cue."""
        if side.relation is None:
            return 0
        low, high = sorted((side.place.start, self.cue.cue.head))
        third = [s for s in self.sides if s.code not in {a.code, b.code}]
        return min(len({s.place.start for s in third if low < s.place.start < high}), 2)

    def _place(self, functions: frozenset[str], a: Side, b: Side) -> str:
        """Who fills a place best: a, b, both, a third party, or nobody."""
        there = [s for s in self.sides if s.function in functions]
        if not there:
            return "none"
        best = {s.code for s in there if s.pull - there[0].pull < _TIE}
        return _name(best, a, b)


def _whose(codes: frozenset[str] | None, a: Side, b: Side) -> str:
    if codes is None:
        return "none"
    return _name(codes, a, b) if codes else "open"


def _name(codes: frozenset[str] | set[str], a: Side, b: Side) -> str:
    ours = [name for name, side in (("a", a), ("b", b)) if side.code in codes]
    return "".join(ours) or "third"


def _subject(head: Token) -> Token | None:
    """The word that does what the cue tells: a genitive before a noun, else the subject of its verb."""
    for child in head.children:
        if child.dep_ in {"nmod:poss", "poss"} or child.dep_ in _SUBJECTS:
            return child
    verb = governing_verb(head)
    for _ in range(3):
        for child in verb.children:
            if child.dep_ in _SUBJECTS:
                return child
        if verb.dep_ not in {"conj", "xcomp", "advcl"}:
            return None
        verb = verb.head
    return None


def _partner(head: Token) -> Token | None:
    """The word that stands for the other side: an object, or what follows "with", "to" and the like."""
    for child in head.children:
        if child.i > head.i and child.dep_ in {"obj", "dobj"} and head.tag_.startswith("VB"):
            return child
    for child in head.children:
        if child.i > head.i and (
            preposition(child) in {"with", "to", "between"} or function_of(child) in {"with", "to"}
        ):
            return child if child.dep_ != "prep" else next(iter(child.children), None)
    return None


def _codes_at(parties: Parties, inside: Sequence[Mention], word: Token) -> frozenset[str]:
    """Codes of the mention that a word heads or stands in, with those coordinated with it."""
    words = {word.i, *(c.i for c in word.children if c.dep_ in {"conj", "flat", "appos"})}
    found: set[str] = set()
    for mention in inside:
        if mention.head in words or any(mention.start <= i < mention.end for i in words):
            found.update(code for i in mention.entities if (code := parties.entities[i].code))
    return frozenset(found)
