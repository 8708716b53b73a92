"""What was said, verbatim, and by whom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from streams.coder.records import Claim, Mention, Parties
from streams.coder.speech import Saying, sayings
from streams.coder.telling import Stretch, Telling, whole

_QUOTED = re.compile(r"“([^“”\n]{2,800})”|\"([^\"\n]{2,800})\"|«([^«»\n]{2,800})»")
_FEWEST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words between quotation marks; `by` is the side the speaker stands for, where known."""

    text: str
    speaker: str | None
    by: str | None


def quotes(doc: Doc, told: Telling, claim: Claim, parties: Parties) -> list[Quoted]:
    """Quotations in the sentences of one contact, in the order of the text."""
    found = []
    for low, high, text in _quoted(doc):
        covering = [s for s in told.own if s[0] < high and low < s[1]]
        if covering:
            source = _source(doc, covering, low, high, parties)
            found.append(Quoted(text, *_speaker(doc, source, claim, parties)))
    return found


def _quoted(doc: Doc) -> Iterator[tuple[int, int, str]]:
    for match in _QUOTED.finditer(whole(doc)):
        text = next(group for group in match.groups() if group)
        span = doc.char_span(*match.span(), alignment_mode="expand")
        if span is not None and len(text.split()) >= _FEWEST_WORDS:
            yield span.start, span.end, text.strip()


def _source(doc: Doc, sentences: Sequence[Stretch], low: int, high: int, parties: Parties) -> Stretch | None:
    """Words that name the speaker: of the reporting verb nearest to the quotation, in its sentences."""
    start, end = sentences[0][0], sentences[-1][1]
    named = [s for s in sayings(doc, (start, min(end + 12, len(doc)))) if not low < s.verb < high]
    if named:
        return min(named, key=lambda s: _gap(s, low, high)).source
    for mention in reversed([m for m in parties.mentions if start <= m.start < low]):
        return mention.start, mention.end
    return None


def _gap(saying: Saying, low: int, high: int) -> int:
    return saying.verb - high if saying.verb >= high else low - saying.verb


def _speaker(
    doc: Doc, source: Stretch | None, claim: Claim, parties: Parties
) -> tuple[str | None, str | None]:
    if source is None:
        return None, None
    mention = _mention_in(source, parties)
    if mention is None or len(mention.entities) != 1:
        return doc[source[0] : source[1]].text, None
    entity = parties.entities[mention.entities[0]]
    name = entity.name or doc[source[0] : source[1]].text
    return name, entity.code if entity.code in {claim.a.code, claim.b.code} else None


def _mention_in(source: Stretch, parties: Parties) -> Mention | None:
    """Take the longest mention among the words of the source."""
    inside = [m for m in parties.mentions if m.start < source[1] and source[0] < m.end]
    return max(inside, key=lambda m: (m.form != "demonym", m.end - m.start), default=None)
