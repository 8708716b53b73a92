"""What the party rules have found so far in one article: office phrases, named persons, tokens used up."""

from __future__ import annotations

from streams.coder.layout import Layout, PlaceSpan
from streams.coder.names import NameSpan
from streams.coder.people import Occurrence, Title
from streams.coder.roles import RolePhrase
from streams.coder.standing import is_private

# Ranks and titles of honour that are an office of their own.
_RANK_OFFICES = {
    **dict.fromkeys(("gen", "adm", "lt", "maj", "col", "brig", "marshal"), "military"),
    **dict.fromkeys(("sen", "rep"), "parliament"),
    "amb": "envoy",
}


class Reading:
    """The state of the search; every step of it adds."""

    def __init__(self, layout: Layout, roles: list[RolePhrase]) -> None:
        self.layout = layout
        self.roles = roles
        self._taken: set[int] = set()
        self.named: list[Occurrence] = []
        self._covered: set[int] = set()

    def covers(self, start: int, end: int | None = None) -> bool:
        """Whether some token is already part of a named person."""
        return any(i in self._covered for i in range(start, start + 1 if end is None else end))

    def is_taken(self, role: RolePhrase) -> bool:
        """Whether an office phrase already belongs to a name."""
        return id(role) in self._taken

    def mark_taken(self, role: RolePhrase) -> None:
        """Note that an office phrase belongs to a name."""
        self._taken.add(id(role))

    def title(self, role: RolePhrase, code: str | None = None) -> Title:
        """The title that an office phrase gives."""
        return Title(
            text=self.layout.text(role.start, role.end),
            office=role.office,
            code=code or role.code,
            position=role.start,
            phrase=role.phrase,
            former=role.former,
            private=is_private(self.layout, role),
        )

    def join(self, role: RolePhrase, span: NameSpan) -> None:
        """Give a name the title before it."""
        place = place_after(self.layout, span.end) if role.code is None else None
        title = self.title(role, place.code if place else None)
        self.add_titled(span, title, role.start, place.end if place else span.end)
        self.mark_taken(role)

    def add_titled(self, span: NameSpan, title: Title, start: int, end: int) -> None:
        """Record a name with its title."""
        name = self.layout.text(span.start, span.end)
        self.add(Occurrence(start, end, "titled", name, title, span.honorific))

    def add_bare(self, span: NameSpan, code: str | None, certainty: float = 1.0) -> None:
        """Record a name without an office, with the state next to it where there is one."""
        name = self.layout.text(span.start, span.end)
        title = _rank_title(self.layout, span, code)
        self.add(Occurrence(span.full_start, span.end, "name", name, title, span.honorific, certainty))

    def add(self, occurrence: Occurrence) -> None:
        """Record a named occurrence."""
        self.named.append(occurrence)
        self._covered.update(range(occurrence.start, occurrence.end))


def place_after(layout: Layout, k: int) -> PlaceSpan | None:
    """The state in "Modi of India" and "Modi (India)"."""
    if layout.word(k) not in ("of", "("):
        return None
    place = layout.place_at.get(k + 1 + (layout.word(k + 1) == "the"))
    return None if place is None or place.form in ("demonym", "people", "city") else place


def _rank_title(layout: Layout, span: NameSpan, code: str | None) -> Title | None:
    """The title in a rank before a name ("Adm. Kim"), or the bare state of "Russia's Lavrov"."""
    rank = span.honorific.rstrip(".")
    office = _RANK_OFFICES.get(rank)
    if office is None:
        return Title("", "", code, span.start, "") if code else None
    return Title(layout.text(span.full_start, span.start), office, code, span.full_start, rank)
