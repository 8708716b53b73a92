"""Who says "I" and "our country": the speaker of a quotation, of a transcript's turn, or the author."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property

from streams.coder.cast import Cast
from streams.coder.layout import Layout
from streams.coder.outlets import home_of, is_office
from streams.coder.speech import vocabulary
from streams.coder.telling import Stretch, quoted

_FIRST_PERSON = frozenset(("I", "me", "my", "My", "we", "We", "us", "our", "Our"))
_LONGEST_LABEL = 14
_LONGEST_BYLINE = 14
_REACH = 25  # tokens around a quotation in which its speaker is named
_SMALL_WORDS = frozenset((
    "of", "the", "and", "via", "through", "translator", "interpreter", "retranslated", "for", "to", "as",
    "by", "translated", "speaking", "in",
))  # fmt: skip
_ASKING = re.compile(r"^(?:q|question|reporter|journalist|moderator|interviewer|host|participant)\b")
_SUBJECTS = frozenset(("nsubj", "nsubj:pass", "nsubjpass"))
_CERTAINTY = 0.6


class Voices:
    """Finds out for whom the first person stands."""

    def __init__(self, layout: Layout, cast: Cast, source: str | None) -> None:
        self._layout = layout
        self._cast = cast
        self._source = source
        self._mentioned = {
            i: m for m in sorted(cast.mentions, key=lambda m: m.end - m.start) for i in range(m.start, m.end)
        }

    def resolve(self) -> None:
        """Add a mention for every word of the first person whose speaker can be told."""
        for i, word in enumerate(self._layout.texts):
            if word in _FIRST_PERSON and (speaker := self._speaker(i)) is not None:
                self._cast.mention(i, i + 1, "speaker", (speaker,), _CERTAINTY)

    def _speaker(self, i: int) -> int | None:
        quotation = bisect_right(self._quotations, (i, len(self._layout))) - 1
        if quotation >= 0 and i < self._quotations[quotation][1]:
            return self._quoted_speakers[quotation]
        turn = bisect_right(self._turns, (i, len(self._cast.entities))) - 1
        if turn >= 0:
            return None if self._turns[turn][1] < 0 else self._turns[turn][1]
        return self._author

    @cached_property
    def _lines(self) -> list[Stretch]:
        """Lines of the body, without blanks around them."""
        lines, start = [], self._layout.title_end
        for i in range(self._layout.title_end, len(self._layout)):
            if "\n" in self._layout.texts[i]:
                lines.append((start, i))
                start = i + 1
        lines.append((start, len(self._layout)))
        return [line for line in lines if line[0] < line[1]]

    @cached_property
    def _turns(self) -> list[tuple[int, int]]:
        """Where each turn of a transcript starts, with its speaker; below zero where nobody is known."""
        found = []
        for start, end in self._lines:
            colon = self._label(start, end)
            if colon is not None:
                speaker = self._labelled(start, colon)
                found.append((colon, -1 if speaker is None else speaker))
        return found

    def _label(self, start: int, end: int) -> int | None:
        """Position of the colon after a speaker's label."""
        for i in range(start, min(end, start + _LONGEST_LABEL)):
            word = self._layout.texts[i]
            if word == ":":
                return i if i > start else None
            if word[0].isalpha() and not word[0].isupper() and word not in _SMALL_WORDS:
                return None
            if word in ("“", '"', ";", "?", "!"):
                return None
        return None

    def _labelled(self, start: int, colon: int) -> int | None:
        known = self._person_in(start, colon)
        if known is not None:
            return known
        label = " ".join(self._layout.low[start:colon])
        if _ASKING.match(label):
            return None
        if any(i in self._layout.office_at for i in range(start, colon)):
            return self._author
        return None

    def _person_in(self, start: int, end: int) -> int | None:
        """Who is named by some words: a person with a state, by mention or by family name."""
        for i in range(end - 1, start - 1, -1):
            mention = self._mentioned.get(i)
            for index in mention.entities if mention and len(mention.entities) == 1 else ():
                entity = self._cast.entities[index]
                if entity.kind == "person" and entity.code:
                    return index
        names = {self._layout.low[i] for i in range(start, end)}
        for entity in self._cast.entities:
            known = entity.kind == "person" and entity.code and entity.name
            if known and entity.name and entity.name.split()[-1].casefold() in names:
                return entity.index
        return None

    @cached_property
    def _author(self) -> int | None:
        """Whom a text speaks for outside quotations: the official of its byline, or its publisher."""
        if self._lines:
            start, end = self._lines[0]
            headed = end - start <= _LONGEST_BYLINE and self._layout.texts[end - 1] not in ".:!?"
            if headed and (named := self._person_in(start, end)) is not None:
                return named
        home = home_of(self._source) if is_office(self._source) else None
        return None if home is None else self._cast.state(home, "state")

    @cached_property
    def _quotations(self) -> list[Stretch]:
        """Runs of tokens between quotation marks."""
        runs: list[Stretch] = []
        for i in sorted(quoted(self._layout.doc)):
            if runs and runs[-1][1] == i:
                runs[-1] = (runs[-1][0], i + 1)
            else:
                runs.append((i, i + 1))
        return runs

    @cached_property
    def _quoted_speakers(self) -> list[int | None]:
        """The speaker of each quotation; one without a verb of saying goes on with the last one."""
        found: list[int | None] = []
        for low, high in self._quotations:
            verb = min(self._verbs(low, high), key=lambda v: v - high if v >= high else low - v, default=None)
            if verb is not None:
                found.append(self._subject(verb))
            else:
                found.append(found[-1] if found else None)
        return found

    def _verbs(self, low: int, high: int) -> Iterator[int]:
        """Verbs of saying around a quotation, in its sentences."""
        layout, inside = self._layout, quoted(self._layout.doc)
        first, last = layout.sentence[low], layout.sentence[high - 1]
        after = min(high + 1, len(layout) - 1)
        last = max(last, layout.sentence[after]) if layout.texts[after][0].islower() else last
        for i in range(max(0, low - _REACH), min(len(layout), high + _REACH)):
            if (
                i not in inside
                and first <= layout.sentence[i] <= last
                and layout.low[i] in vocabulary()["saying"]
            ):
                yield i

    def _subject(self, verb: int) -> int | None:
        for child in self._layout.doc[verb].children:
            if child.dep_ in _SUBJECTS:
                mention = self._mentioned.get(child.i)
                if mention is None or len(mention.entities) != 1:
                    return None
                index = mention.entities[0]
                return index if self._cast.entities[index].code else None
        return None
