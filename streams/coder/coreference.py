"""Pronouns and groups, resolved within the article: he, she, they, "the two leaders", "both countries"."""

from __future__ import annotations

from bisect import bisect_left

from streams.coder.cast import Cast
from streams.coder.layout import Layout
from streams.coder.lexicon import words
from streams.coder.records import Mention
from streams.coder.telling import quoted

_SINGULAR = {"he": "m", "she": "f", "him": "m"}
_PLURAL = frozenset(("they", "them"))
_PERSONAL = frozenset(("titled", "name", "role"))
_VAGUE = frozenset(("demonym", "capital"))
_WINDOW = 4  # sentences
_PAIR = 2
_CERTAINTY = 0.6
_IN_QUOTATION = 3.0


class Coreference:
    """Finds out whom pronouns and groups stand for."""

    def __init__(self, layout: Layout, cast: Cast) -> None:
        self._layout = layout
        self._cast = cast
        self._words = words()
        self._quoted = quoted(layout.doc)

    def resolve(self) -> None:
        """Add a mention for every pronoun and group that can be told."""
        for i, word in enumerate(self._layout.low):
            if word in _SINGULAR:
                self._add_pronoun(i, _SINGULAR[word])
            elif word in _PLURAL or self._is_pair(i):
                self._add_group(i)

    def _before(self, position: int) -> list[Mention]:
        """Mentions that end before a token, at most a few sentences away."""
        mentions = self._cast.mentions
        sentence = self._layout.sentence[min(position, len(self._layout) - 1)]
        cut = bisect_left(mentions, position, key=lambda mention: mention.start)
        near: list[Mention] = []
        for mention in reversed(mentions[:cut]):
            if sentence - self._layout.sentence[mention.start] > _WINDOW:
                break
            if mention.end <= position:
                near.append(mention)
        return near

    def _add_pronoun(self, i: int, gender: str) -> None:
        best: tuple[float, Mention] | None = None
        for mention in self._before(i):
            if len(mention.entities) != 1 or mention.form not in _PERSONAL:
                continue
            entity = self._cast.entities[mention.entities[0]]
            if entity.kind != "person" or self._cast.gender.get(entity.index, gender) not in ("", gender):
                continue
            worth = self._salience(mention, i) + (0.3 if entity.code else 0.0)
            if mention.start in self._quoted and i not in self._quoted:
                worth -= _IN_QUOTATION  # who is spoken of there, seldom the one who speaks
            if best is None or worth > best[0]:
                best = (worth, mention)
        if best is not None:
            self._cast.mention(i, i + 1, "pronoun", best[1].entities, _CERTAINTY)

    def _salience(self, mention: Mention, position: int) -> float:
        """Subjects first, then nearness."""
        distance = self._layout.sentence[position] - self._layout.sentence[mention.start]
        token = self._layout.doc[mention.head]
        return (
            -2.0 * distance + 1.5 * token.dep_.startswith("nsubj") + mention.start / (10 * max(position, 1))
        )

    def _is_pair(self, i: int) -> bool:
        """Whether "leaders" is counted as two: "the two leaders", "both Asian leaders"."""
        if self._layout.word(i) not in self._words.pair_nouns:
            return False
        for k in range(i - 1, max(-1, i - 4), -1):
            if self._layout.word(k) in ("two", "both"):
                return True
            if k in self._layout.place_at:
                return False
        return False

    def _add_group(self, i: int) -> None:
        start = i
        while start > 0 and self._layout.word(start - 1) in ("two", "both", "the", "of", "these"):
            start -= 1
        persons = self._layout.word(i) in self._words.pair_nouns_of_persons
        pair = (self._pair_before(start, persons=True) if persons else ()) or self._pair_before(start)
        if pair:
            self._cast.mention(start, i + 1, "group", pair, _CERTAINTY)

    def _pair_before(self, position: int, *, persons: bool = False) -> tuple[int, ...]:
        """The last two participants of different states named before."""
        chosen: list[int] = []
        codes: set[str] = set()
        for mention in self._before(position):
            if persons and mention.form in _VAGUE:
                continue
            for index in mention.entities:
                entity = self._cast.entities[index]
                if entity.code is None or entity.code in codes or (persons and entity.kind != "person"):
                    continue
                codes.add(entity.code)
                chosen.append(index)
                if len(chosen) == _PAIR:
                    return tuple(sorted(chosen))
        return ()
