"""The entities and mentions of one article while they are being found."""

from __future__ import annotations

from bisect import insort
from dataclasses import replace

from streams.coder.layout import Layout
from streams.coder.records import Entity, EntityKind, Mention, MentionForm, Parties

_NAMED = frozenset(("titled", "name"))


class Cast:
    """Collects entities and mentions."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._has_syntax = layout.doc.has_annotation("DEP")
        self.mentions: list[Mention] = []  # in the order of the text
        self._named_tokens: set[int] = set()
        self._by_key: dict[tuple[str, str], int] = {}
        self.entities: list[Entity] = []
        self.gender: dict[int, str] = {}

    def parties(self) -> Parties:
        """The finished list."""
        return Parties(tuple(self.entities), tuple(self.mentions))

    def add(  # noqa: PLR0913 - an entity has so many fields
        self,
        kind: EntityKind,
        code: str | None,
        name: str | None = None,
        role: str | None = None,
        office: str | None = None,
        *,
        former: bool = False,
    ) -> int:
        """A new entity; returns its index."""
        self.entities.append(Entity(len(self.entities), kind, code, name, role, office, former))
        return len(self.entities) - 1

    def state(self, code: str, kind: EntityKind) -> int:
        """Index of a state or organisation as such."""
        key = (code, f"<{kind}>")
        if key not in self._by_key:
            self._by_key[key] = self.add(kind, code)
        return self._by_key[key]

    def described(self, kind: EntityKind, code: str, role: str, office: str, *, former: bool) -> int:
        """Index of somebody known by office alone; the same words mean the same one."""
        key = (code, role.casefold())
        if key not in self._by_key:
            self._by_key[key] = self.add(kind, code, None, role, office, former=former)
        return self._by_key[key]

    def give_role(self, index: int, role: str) -> None:
        """Note the office of an entity that has none yet."""
        if self.entities[index].role is None:
            self.entities[index] = replace(self.entities[index], role=role)

    def mention(
        self, start: int, end: int, form: MentionForm, entities: tuple[int, ...], certainty: float
    ) -> None:
        """Note that words stand for entities."""
        mention = Mention(start, end, self._head(start, end), form, entities, certainty)
        insort(self.mentions, mention, key=lambda m: (m.start, m.end))
        if form in _NAMED:
            self._named_tokens.update(range(start, end))

    def is_named(self, i: int) -> bool:
        """Whether a token is part of a named person's mention."""
        return i in self._named_tokens

    def _head(self, start: int, end: int) -> int:
        """The token through which the words hang in the sentence."""
        if not self._has_syntax:
            return end - 1
        for i in range(start, end):
            above = self._layout.doc[i].head.i
            if above == i or not start <= above < end:
                return i
        return end - 1
