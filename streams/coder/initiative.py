"""Who placed a call, where the article says whose initiative it was."""

from __future__ import annotations

from spacy.tokens import Doc, Token

from streams.coder.gazetteer import gazetteer
from streams.coder.records import Parties

_NAMING = frozenset({"initiative", "instigation"})
_BY = frozenset({"initiated", "instigated"})
_REACH = 6


def caller(doc: Doc, parties: Parties, pair: tuple[str, str], near: int) -> str | None:
    """Code of the side on whose initiative the parties of `pair` spoke; None where it is not told.

    >>> import spacy
    >>> from streams.coder.records import Entity, Mention
    >>> doc = spacy.blank("en")("They spoke at the initiative of Chile .")
    >>> chile = Entity(0, "state", "CHL", None, None)
    >>> there = Parties((chile,), (Mention(6, 7, 6, "state", (0,)),))
    >>> caller(doc, there, ("CHL", "PER"), 1)
    'CHL'
    """
    spots = sorted(
        (token.i for token in doc if _tells_initiative(token)),
        key=lambda i: (abs(i - near), i),
    )
    for spot in spots:
        if code := _side_at(doc, parties, pair, spot):
            return code
    return None


def _tells_initiative(token: Token) -> bool:
    if token.lower_ in _NAMING:
        return True
    return token.lower_ in _BY and token.i + 1 < len(token.doc) and token.nbor().lower_ == "by"


def _side_at(doc: Doc, parties: Parties, pair: tuple[str, str], spot: int) -> str | None:
    """The side that stands right after "initiative of" or right before "'s initiative"."""
    following = doc[spot + 1].lower_ if spot + 1 < len(doc) else ""
    for mention in parties.mentions:
        codes = {parties.entities[i].code for i in mention.entities} & set(pair)
        after = following in {"of", "by"} and spot < mention.start <= spot + _REACH
        before = following not in {"of", "by"} and spot - 3 <= mention.end <= spot
        if len(codes) == 1 and (after or before):
            return codes.pop()
    # "at the initiative of the Chilean side": no mention of anybody, but the word tells
    words = doc[spot + 1 : spot + 1 + _REACH] if following in {"of", "by"} else doc[max(0, spot - 3) : spot]
    named = [place.code for place in gazetteer().find(words.text) if place.code in pair]
    return named[0] if len(set(named)) == 1 else None
