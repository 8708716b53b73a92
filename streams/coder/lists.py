"""Enumerations of parties: "Presidents A of X, B of Y and C of Z" stand to a cue as their first one does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from spacy.tokens import Doc

from streams.coder.records import Mention, Parties

_JOINTS = frozenset((",", ";", "and", "&", "the", "as", "well", "also", "both"))
_LINKS = frozenset((",", ";", "and", "&"))
_LONGEST_JOINT = 5
_LIST = 3  # so many are a list without an "and"


def enumerated(doc: Doc, parties: Parties, inside: Sequence[Mention]) -> dict[Mention, Mention]:
    """Every mention that goes on a list, with the list's first mention."""
    found: dict[Mention, Mention] = {}
    run: list[Mention] = []
    joined = False  # by an "and"
    for mention in _outermost(inside):
        if run and _goes_on(doc, parties, run[-1], mention):
            joined |= any(token.lower_ in {"and", "&"} for token in doc[run[-1].end : mention.start])
            run.append(mention)
        else:
            found |= _members(run, joined=joined)
            run, joined = [mention], False
    return found | _members(run, joined=joined)


def _members(run: Sequence[Mention], *, joined: bool) -> dict[Mention, Mention]:
    return dict.fromkeys(run[1:], run[0]) if len(run) >= _LIST or joined else {}


def _outermost(inside: Iterable[Mention]) -> list[Mention]:
    """Mentions that stand in no other one."""
    kept: list[Mention] = []
    for mention in sorted(inside, key=lambda m: (m.start, -m.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def _goes_on(doc: Doc, parties: Parties, one: Mention, other: Mention) -> bool:
    """Whether nothing but commas and the like stands between two mentions of different states."""
    words = [token.lower_ for token in doc[one.end : other.start]]
    if not words or len(words) > _LONGEST_JOINT or not set(words) <= _JOINTS or not set(words) & _LINKS:
        return False
    codes = [{parties.entities[i].code for i in mention.entities} - {None} for mention in (one, other)]
    return bool(codes[0] and codes[1]) and not codes[0] & codes[1]
