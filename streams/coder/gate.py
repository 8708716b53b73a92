"""Which articles are worth reading: a look at names and stems only, before any syntax.

>>> Gate().admits("Rain fell in Peru on Monday.").passes
False
>>> Gate().admits("The foreign ministers of Peru and Chile met in Lima.").passes
True
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from streams.coder.gazetteer import data_lines, fold, gazetteer
from streams.coder.lexicon import find_offices
from streams.coder.outlets import home_of

_SENTENCE_END = re.compile(r"(?<=[.!?”\"])\s+|\n+")
_PARTIES = 2


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether an article is to be read, and why not."""

    passes: bool
    reason: str = ""


class Gate:
    """Lets an article pass where a sentence has a cue and two signs of parties, and two states are named.

    A sign of a party is a state, an organisation or an office. The outlet's own state counts among the states
    named: "the President" of a government's press service needs no name.
    """

    def admits(self, text: str, source: str | None = None) -> Admission:
        """Whether the text may tell of a contact."""
        places = gazetteer().find(text)
        codes = {place.code for place in places}
        if home := home_of(source):
            codes.add(home)
        if len(codes) < _PARTIES:
            return Admission(passes=False, reason="names fewer than two states or organisations")
        bounds = [end.end() for end in _SENTENCE_END.finditer(text)]
        signs: dict[int, set[str]] = {}
        for sentence, code in _by_sentence(bounds, ((place.start, place.code) for place in places)):
            signs.setdefault(sentence, set()).add(code)
        for sentence, office in _by_sentence(bounds, ((o.start, f"{o.start}") for o in find_offices(text))):
            signs.setdefault(sentence, set()).add(office)
        told = {bisect_right(bounds, cue.start()) for cue in _cues().finditer(fold(text))}
        if any(len(signs.get(sentence, ())) >= _PARTIES for sentence in told):
            return Admission(passes=True)
        return Admission(passes=False, reason="no sentence names two parties and something between them")


def _by_sentence(bounds: list[int], found: Iterable[tuple[int, str]]) -> Iterable[tuple[int, str]]:
    return ((bisect_right(bounds, start), sign) for start, sign in found)


@cache
def _cues() -> re.Pattern[str]:
    stems = (re.escape(stem).replace(r"\*", r"\w*") for stem in data_lines("gate_cues.txt"))
    return re.compile(rf"\b(?:{'|'.join(stems)})\b")
