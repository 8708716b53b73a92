"""Persons' names in the text: from the pipeline's entities, from titles before them, and by repetition."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import cast

from streams.coder.gazetteer import data_lines
from streams.coder.layout import Layout
from streams.coder.lexicon import Words, words

_MAX_NAME = 14
_INITIAL = re.compile(r"^[A-Z]\.?$|^[A-Z]\.[A-Z]\.?$|^[A-Z][a-z]\.$")
_JOINERS = frozenset(("-", "‑", "–"))
_APOSTROPHES = frozenset(("'", "’"))
_VERBAL = frozenset(("VERB", "AUX", "ADP", "CCONJ", "SCONJ", "DET", "NUM", "PRON"))
PERSON_LABELS = frozenset(("PERSON", "PER"))
_MIN_CHARS = 2
_GENERATIONS = frozenset(("jr", "sr"))
_CALENDAR_NAMES = frozenset(("jan", "jun", "mar", "april", "june", "may", "august"))


@dataclass(slots=True)
class NameSpan:
    """A person's name in the text, honorifics before it apart."""

    start: int
    end: int
    full_start: int  # with honorifics
    honorific: str = ""


@lru_cache(maxsize=4096)
def name_key(name: str) -> tuple[str, ...]:
    """Words of a name without marks, particles, honorifics and initials, for comparing."""
    plain = unicodedata.normalize(
        "NFKD", name.replace("ı", "i").replace("ø", "o").replace("ł", "l").replace("đ", "d")
    )
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    parts = re.split(r"[\s\-‑–'’‘`.,]+", plain)
    lexicon = words()
    kept = tuple(p for p in parts if len(p) > 1 and p not in lexicon.particles and p not in _GENERATIONS)
    if len(kept) > 1:
        kept = (_nicknames().get(kept[0], kept[0]), *kept[1:])
    return kept or tuple(p for p in parts if p)


@cache
def _nicknames() -> dict[str, str]:
    return dict(cast("tuple[str, str]", line.split()) for line in data_lines("nicknames.txt"))


class NameFinder:
    """Finds persons' names."""

    def __init__(self, lexicon: Words | None = None) -> None:
        self._words = lexicon or words()

    def from_entities(self, layout: Layout) -> list[NameSpan]:
        """Names that the pipeline marked as persons, stripped of titles and genitives."""
        found = []
        for entity in layout.doc.ents:
            if entity.label_ in PERSON_LABELS:
                span = self._trimmed(layout, entity.start, entity.end)
                if span is not None:
                    found.append(span)
        return found

    def at(self, layout: Layout, start: int) -> NameSpan | None:
        """The name that starts at a token, honorifics included."""
        k = self._skip_honorifics(layout, start)
        end = self._end(layout, k)
        if end <= k:
            return None
        return self._trimmed(layout, start, end)

    def titled(self, layout: Layout) -> list[NameSpan]:
        """Names that an honorific announces: "Mr. Tokayev", "Sheikh Tamim"."""
        found = []
        for i, word in enumerate(layout.low):
            if word in self._words.honorifics and layout.is_capitalised(i) and i not in layout.office_at:
                span = self.at(layout, i)
                if span is not None and span.honorific:
                    found.append(span)
        return found

    def _skip_honorifics(self, layout: Layout, start: int) -> int:
        k = start
        while (
            layout.word(k) in self._words.honorifics
            and k < start + 5
            and (
                layout.is_capitalised(k + 1)
                or layout.word(k + 1) in ("(", ".")
                or layout.word(k + 1) in self._words.particles
            )
        ):
            if (
                len(layout.word(k)) <= _MIN_CHARS
                and layout.word(k) in ("u", "he")
                and not layout.texts[k].isupper()
            ):
                break
            k += 1
            if layout.word(k) == "." and layout.char_start(k) == layout.char_start(k - 1) + len(
                layout.texts[k - 1]
            ):
                k += 1
        return k

    def _end(self, layout: Layout, start: int) -> int:
        k, last = start, start
        while k < min(len(layout), start + _MAX_NAME):
            text, word = layout.texts[k], layout.low[k]
            if "\n" in text:
                break
            if self._is_name_word(layout, k, start):
                k += 1
                last = k
            elif k > start and text in _JOINERS and self._is_joined(layout, k):
                k += 1 if not layout.texts[k + 1].islower() else 2
                last = k if layout.texts[k - 1].islower() else last
            elif (
                word in self._words.particles and not text.isupper() and self._name_follows(layout, k, start)
            ) or (k > start and text == "." and _INITIAL.match(layout.texts[k - 1] + ".")):
                k += 1
            else:
                break
        return last

    def _is_joined(self, layout: Layout, k: int) -> bool:
        """Whether a dash has no blanks around it."""
        if k + 1 >= len(layout):
            return False
        before = layout.char_start(k - 1) + len(layout.texts[k - 1]) == layout.char_start(k)
        after = layout.char_start(k) + len(layout.texts[k]) == layout.char_start(k + 1)
        return before and after and layout.texts[k + 1][0].isalpha()

    def _name_follows(self, layout: Layout, k: int, start: int) -> bool:
        k += 1
        while layout.word(k) in self._words.particles or layout.word(k) in _JOINERS:
            k += 1
        return self._is_name_word(layout, k, start)

    def _is_name_word(  # noqa: PLR0911 - one answer per reason
        self, layout: Layout, k: int, start: int
    ) -> bool:
        if not layout.is_capitalised(k) or not layout.texts[k][0].isalpha():
            return False
        word = layout.low[k]
        if word in _CALENDAR_NAMES:
            return k > start or (
                layout.is_capitalised(k + 1)
                and layout.word(k + 1) not in self._words.not_names
                and layout.texts[k + 1].isalpha()
            )
        if word in self._words.not_names and not (_INITIAL.match(layout.texts[k]) and word not in ("a", "i")):
            return False
        if k in layout.place_at and not self._is_surname(layout, k, start):
            return False
        office = layout.office_at.get(k)
        if office is not None and not (
            k > start
            and office.end - office.start == 1
            and layout.is_capitalised(k)
            and word in ("king", "prince", "pope", "chancellor", "bishop", "marshal", "general")
        ):
            return False
        if layout.in_title(k):
            return layout.doc[k].pos_ not in _VERBAL
        return True

    def _is_surname(self, layout: Layout, k: int, start: int) -> bool:
        """Whether a place's name is part of a person's: "Israel Katz", "Vuong Dinh Hue"."""
        place = layout.place_at[k]
        if place.end - place.start > 1 or place.form not in ("state", "city", "capital"):
            return False
        if layout.doc[k].ent_type_ in PERSON_LABELS:
            return True
        if k > start:
            return place.form == "city" and layout.is_capitalised(k - 1) and not layout.in_title(k)
        following = layout.word(k + 1)
        return (
            (k - 1) in layout.office_at
            and layout.is_capitalised(k + 1)
            and (k + 1) not in layout.place_at
            and (k + 1) not in layout.office_at
            and following not in self._words.not_names
            and not layout.in_title(k)
        )

    def _trimmed(self, layout: Layout, start: int, end: int) -> NameSpan | None:
        full_start = start
        k = start
        honorific = ""
        while k < end and (
            layout.word(k) in self._words.honorifics
            or k in layout.office_at
            or layout.word(k) in (".", ",")
            or (k in layout.place_at and end - k > 1 and layout.place_at[k].form == "demonym")
        ):
            if k + 1 >= end:
                break
            honorific = layout.word(k) if layout.word(k) in self._words.honorifics else honorific
            k += 1
        while end > k and (
            layout.is_possessive(end - 1)
            or not layout.texts[end - 1][0].isalpha()
            or layout.word(end - 1) in self._words.particles
        ):
            if layout.texts[end - 1] == "." and end - 2 >= k and _INITIAL.match(layout.texts[end - 2] + "."):
                break
            end -= 1
        if end <= k or not any(
            layout.is_capitalised(i) and len(layout.texts[i]) >= _MIN_CHARS for i in range(k, end)
        ):
            return None
        if all(layout.word(i) in self._words.not_names or i in layout.office_at for i in range(k, end)):
            return None
        return NameSpan(k, end, full_start, honorific)
