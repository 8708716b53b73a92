"""Names that no title announces: marked by the pipeline, an honorific or a genitive, or in the roster."""

from __future__ import annotations

import datetime as dt

from streams.coder.layout import Layout
from streams.coder.lexicon import words
from streams.coder.names import PERSON_LABELS, NameFinder, NameSpan
from streams.coder.reading import Reading, place_after
from streams.coder.roster import PUBLIC_RECORD, Roster

_USUAL_NAME = 4
_LESS_CERTAIN = 0.9


class Sightings:
    """Finds names without a title."""

    def __init__(self, names: NameFinder, roster: Roster) -> None:
        self._names = names
        self._roster = roster
        self._words = words()

    def add_marked(self, reading: Reading) -> None:
        """Names after honorifics and names that the pipeline marked."""
        layout = reading.layout
        for span in (*self._names.titled(layout), *self._names.from_entities(layout)):
            if not reading.covers(span.start):
                reading.add_bare(span, _state_beside(layout, span))

    def add_known(self, reading: Reading, day: dt.date | None) -> None:
        """Add capitalised words that a genitive state, the roster or a given name makes a person's."""
        layout = reading.layout
        i = 0
        while i < len(layout):
            span = self._names.at(layout, i) if self._may_start(reading, i) else None
            if span is None or reading.covers(span.start, span.end):
                i += 1
                continue
            if self._is_known(layout, span, day):
                reading.add_bare(span, _state_beside(layout, span), _LESS_CERTAIN)
            i = span.end

    def _may_start(self, reading: Reading, i: int) -> bool:
        layout = reading.layout
        if not layout.is_capitalised(i) or reading.covers(i) or i in layout.office_at:
            return False
        return i not in layout.place_at or layout.doc[i].ent_type_ in PERSON_LABELS

    def _is_known(self, layout: Layout, span: NameSpan, day: dt.date | None) -> bool:
        name = layout.text(span.start, span.end)
        length = span.end - span.start
        in_title = layout.in_title(span.start)
        if not in_title and _state_before(layout, span) and layout.word(span.end) not in ("party", "union"):
            return length > 1
        if length == 1:
            return self._is_known_surname(layout, span, name, day)
        if self._roster.lookup(name, day) is not None:
            return True
        if in_title or length > _USUAL_NAME or not self._roster.is_given_name(layout.texts[span.start]):
            return False
        return not any(layout.low[k] in self._words.portfolio for k in range(span.start, span.end))

    def _is_known_surname(self, layout: Layout, span: NameSpan, name: str, day: dt.date | None) -> bool:
        if day is None or layout.low[span.start] in self._words.common_surnames:
            return False
        holder = self._roster.lookup(name, day)
        return holder is not None and holder.source == PUBLIC_RECORD


def _state_beside(layout: Layout, span: NameSpan) -> str | None:
    place = place_after(layout, span.end)
    return place.code if place else _state_before(layout, span)


def _state_before(layout: Layout, span: NameSpan) -> str | None:
    """The state in "Russia's Lavrov" and "South Korean Adm. Kim"."""
    k = span.full_start
    if layout.is_possessive(k - 1):
        place = layout.place_at.get(k - 2)
        return place.code if place and place.form in ("state", "organisation", "capital") else None
    place = layout.place_at.get(k - 1)
    return place.code if place is not None and span.honorific.rstrip(".") in words().ranks else None
