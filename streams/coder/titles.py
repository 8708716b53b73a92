"""Joins titles with the names next to them, in every order the wires use.

"Emir of Qatar Tamim bin Hamad", "the French foreign minister, Jean-Noël Barrot", "A. Guterres, the UN chief",
"Presidents A of X and B of Y".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from streams.coder.layout import PlaceSpan
from streams.coder.lexicon import words
from streams.coder.names import PERSON_LABELS, NameFinder, NameSpan
from streams.coder.people import Occurrence
from streams.coder.reading import Reading, place_after
from streams.coder.roles import RolePhrase

_UNNAMED = frozenset(("institution", "side", "state"))
_COLLECTIVE = frozenset(("group", "delegation", *_UNNAMED))
_BREAKS = frozenset((",", "(", "-", "–", "—"))
_APPOSITION_ENDS = frozenset((",", ".", ")", "and", "-", "–", "—"))
_APPOSITION_BREAKS = frozenset((",", ".", ";", ":", "(", ")", "who", "said", "says"))
_OWNING = frozenset(("state", "organisation", "seat", "capital"))
_LONGEST_BEFORE = 6
_LONGEST_APPOSITION = 14
_LONGEST_CHOICE = 10  # tokens from a name to the office that it was chosen for


class TitleJoiner:
    """Gives names their titles."""

    def __init__(self, names: NameFinder) -> None:
        self._names = names
        self._words = words()

    def join_before(self, reading: Reading) -> None:
        """Titles before names."""
        for role in reading.roles:
            if role.office in _UNNAMED:
                continue
            if role.plural:
                self._join_list(reading, role)
            elif (span := self._name_after(reading, role)) is not None:
                reading.join(role, span)

    def join_after(self, reading: Reading) -> None:
        """Titles after names, set off by a comma, a dash or a bracket."""
        layout = reading.layout
        ends = {occurrence.end: occurrence for occurrence in reading.named}
        for role in reading.roles:
            if role.plural or role.office in _COLLECTIVE or reading.is_taken(role):
                continue
            if (chosen := self._elected(reading, role, ends)) is not None:
                chosen.title = chosen.title if chosen.title and chosen.title.code else reading.title(role)
                continue
            k = role.start - (layout.word(role.start - 1) in ("the", "a", "an")) - 1
            if layout.word(k) not in _BREAKS:
                continue
            named = ends.get(k)
            if named is not None:
                self._append(reading, role, named)
            elif (span := self._name_ending(reading, k)) is not None:
                reading.add_titled(span, reading.title(role), span.full_start, role.end)
                reading.mark_taken(role)

    def _elected(
        self, reading: Reading, role: RolePhrase, ends: Mapping[int, Occurrence]
    ) -> Occurrence | None:
        """Who is named in "congratulated A on her election as Prime Minister of B"."""
        layout = reading.layout
        k = role.start - 1 - (layout.word(role.start - 1) in ("the", "a", "an"))
        if role.code is None or layout.word(k) != "as":
            return None
        for step in range(k - 1, max(k - _LONGEST_CHOICE, 0), -1):
            if step + 1 in ends:
                between = {layout.word(i) for i in range(step + 1, k)}
                return ends[step + 1] if between & self._words.choices else None
        return None

    def _append(self, reading: Reading, role: RolePhrase, named: Occurrence) -> None:
        if named.title is None or named.title.code is None:
            named.title = reading.title(role, self._state_within(reading, role))
        named.end = max(named.end, role.end)
        reading.mark_taken(role)

    @staticmethod
    def _state_within(reading: Reading, role: RolePhrase) -> str | None:
        """The state further on in the apposition: "A, Chief of Cabinet to the President of B"."""
        layout = reading.layout
        if role.code is not None:
            return role.code
        body = layout.place_at.get(role.end + 1) if layout.word(role.end) == "," else None
        if body is not None and body.form in ("demonym", "organisation") and body.end in layout.office_at:
            return body.code  # "A, Political Director, Slovenian Ministry of Foreign Affairs"
        for k in range(role.end, min(role.end + _LONGEST_APPOSITION, len(layout))):
            if layout.word(k) in _APPOSITION_BREAKS or layout.sentence[k] != layout.sentence[role.head]:
                return None
            place = layout.place_at.get(k)
            before = layout.word(k - 1) if layout.word(k - 1) != "the" else layout.word(k - 2)
            if place is not None and before == "of" and place.form in _OWNING:
                return place.code
        return None

    def _name_after(self, reading: Reading, role: RolePhrase) -> NameSpan | None:
        layout = reading.layout
        comma = layout.word(role.end) == ","
        k = role.end + comma
        k += layout.word(k) == "the" and layout.word(k + 1) in self._words.honorifics
        if k >= len(layout):
            return None
        if layout.sentence[k] != layout.sentence[role.head] and layout.word(k - 1) != ".":
            return None
        span = self._names.at(layout, k)
        if span is None or span.full_start > k or (not comma and layout.word(k - 1) == "the"):
            return None
        marked = layout.doc[span.start].ent_type_ in PERSON_LABELS and role.determiner not in ("a", "an")
        return span if not comma or marked or layout.word(span.end) in _APPOSITION_ENDS else None

    def _name_ending(self, reading: Reading, end: int) -> NameSpan | None:
        """A name of two words or more right before a token, whoever marked it."""
        layout = reading.layout
        for start in range(max(0, end - _LONGEST_BEFORE), end - 1):
            if not layout.is_capitalised(start) or layout.in_title(start) or start in layout.place_at:
                continue
            span = None if reading.covers(start) else self._names.at(layout, start)
            if span is not None and span.end == end and span.end - span.start > 1:
                return span
        return None

    def _join_list(self, reading: Reading, role: RolePhrase) -> None:
        """Names after a plural title, each with its own state or by the order of the states before."""
        spans = self._names_listed(reading, role)
        if not spans or (len(spans) == 1 and not role.codes):
            return
        by_order = role.codes if len(role.codes) == len(spans) else role.codes * len(spans)
        for n, (span, place) in enumerate(spans):
            same = len(role.codes) == 1 or len(role.codes) == len(spans)
            code = place.code if place else by_order[n] if same and by_order else None
            title = replace(reading.title(role), code=code)
            start = span.full_start if n else role.start
            reading.add_titled(span, title, start, place.end if place else span.end)
        reading.mark_taken(role)

    def _names_listed(self, reading: Reading, role: RolePhrase) -> list[tuple[NameSpan, PlaceSpan | None]]:
        layout = reading.layout
        spans: list[tuple[NameSpan, PlaceSpan | None]] = []
        k = role.end + (layout.word(role.end) in (",", ":"))
        while (span := self._names.at(layout, k)) is not None:
            place = place_after(layout, span.end)
            spans.append((span, place))
            k = end = place.end if place else span.end
            while layout.word(k) in (",", "and", "&"):
                k += 1
            if k == end:
                break
        return spans
