"""A Doc as the party rules see it: tokens with their folded words, places and offices by token."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from spacy.tokens import Doc

from streams.coder.gazetteer import Place, PlaceForm, fold, gazetteer
from streams.coder.lexicon import find_offices, is_plural, words

_TITLE_CASE_SHARE = 0.7
_SHORT = 3
_HONOURED = frozenset(("sheikh", "shaikh", "sheik", "his", "hh", "h.h.", "qaboos", "haitham"))


@dataclass(frozen=True, slots=True)
class PlaceSpan:
    """A name of a state or organisation, by token."""

    start: int
    end: int
    code: str
    form: PlaceForm


@dataclass(frozen=True, slots=True)
class OfficeSpan:
    """Words for an office, by token."""

    start: int
    end: int
    phrase: str
    office: str
    plural: bool


class Layout:
    """Everything the party rules look up by token; built once per Doc."""

    def __init__(self, doc: Doc, title_end_char: int = 0) -> None:
        self.doc = doc
        self._text = doc.text  # spaCy puts it together anew each time it is asked for
        self.texts = [token.text for token in doc]
        self.low = [fold(text) for text in self.texts]
        self._starts = [token.idx for token in doc]
        self._ends = [token.idx + len(token.text) for token in doc]
        self.sentence = _sentence_numbers(doc)
        self.title_end = bisect_left(self._starts, title_end_char)
        self.title_case = _is_title_case(self.texts[: self.title_end])
        places = (self._place(place) for place in gazetteer().find(self._text))
        self.places = [place for place in places if not self._is_first_name(place)]
        self.place_at: dict[int, PlaceSpan] = {i: p for p in self.places for i in range(p.start, p.end)}
        self.offices = self._offices()
        self.office_at: dict[int, OfficeSpan] = {i: o for o in self.offices for i in range(o.start, o.end)}

    def __len__(self) -> int:
        return len(self.texts)

    def token_span(self, start: int, end: int) -> tuple[int, int]:
        """Smallest span of tokens that covers the characters."""
        first = max(0, bisect_right(self._starts, start) - 1)
        last = bisect_left(self._ends, end)
        return first, min(last, len(self.texts) - 1) + 1

    def char_start(self, i: int) -> int:
        """Offset of a token's first character."""
        return self._starts[i]

    def word(self, i: int) -> str:
        """Folded word, empty beyond the text."""
        return self.low[i] if 0 <= i < len(self.low) else ""

    def is_capitalised(self, i: int) -> bool:
        """Whether the token starts with a capital."""
        return 0 <= i < len(self.texts) and self.texts[i][0].isupper()

    def is_possessive(self, i: int) -> bool:
        """Whether the token is the 's of a genitive."""
        return self.word(i) in ("'s", "'", "s'")

    def in_title(self, i: int) -> bool:
        """Whether the token stands in a headline written with capitals throughout."""
        return self.title_case and i < self.title_end

    def text(self, start: int, end: int) -> str:
        """Verbatim words, on one line."""
        return " ".join(self._text[self._starts[start] : self._ends[end - 1]].split())

    def _place(self, place: Place) -> PlaceSpan:
        start, end = self.token_span(place.start, place.end)
        return PlaceSpan(start, end, place.code, place.form)

    def _offices(self) -> list[OfficeSpan]:
        found = []
        for office in find_offices(self._text, self._is_in_place):
            start, end = self.token_span(office.start, office.end)
            if not self._is_given_name(office.phrase, start):
                found.append(OfficeSpan(start, end, office.phrase, office.office, is_plural(office.phrase)))
        return found

    def _is_first_name(self, place: PlaceSpan) -> bool:
        """Whether "Jordan" or "Israel" is somebody's first name: another name follows, no office."""
        if place.end - place.start > 1 or self.low[place.start] not in words().places_as_given_names:
            return False
        if self.word(place.start - 1) == "of" and find_offices(self.word(place.start - 2)):
            return False  # "King of Jordan Abdullah"
        following = self.word(place.end)
        if self.in_title(place.start) or not self.is_capitalised(place.end) or not following.isalpha():
            return False
        if following in words().not_names or following in words().portfolio or following in words().modifiers:
            return False
        return not self.texts[place.start].isupper() and not find_offices(following)

    def _is_in_place(self, start: int, end: int) -> bool:
        first, last = self.token_span(start, end)
        return any(i in self.place_at for i in range(first, last))

    def _is_given_name(self, phrase: str, i: int) -> bool:
        """Whether "Amir" or "Sultan" is a first name: no state before it, a bare name after it."""
        if phrase not in ("amir", "sultan"):
            return False
        before, after = i - 1, i + 1
        titled = before in self.place_at or self.word(before) in ("the", "his", "'s", "deputy")
        return not titled and self.is_capitalised(after) and self.word(after) not in _HONOURED


def _sentence_numbers(doc: Doc) -> list[int]:
    if not doc.has_annotation("SENT_START"):
        return [0] * len(doc)
    numbers, current = [], -1
    for token in doc:
        current += bool(token.is_sent_start) or token.i == 0
        numbers.append(current)
    return numbers


def _is_title_case(texts: list[str]) -> bool:
    long = [text for text in texts if len(text) > _SHORT and text.isalpha()]
    return bool(long) and sum(text[0].isupper() for text in long) >= _TITLE_CASE_SHARE * len(long)
