"""Persons, states and descriptions made into entities: "the Kazakh President" is the Tokayev named before."""

from __future__ import annotations

from collections.abc import Sequence

from streams.coder.cast import Cast
from streams.coder.coreference import Coreference
from streams.coder.gazetteer import PlaceForm
from streams.coder.layout import Layout, PlaceSpan
from streams.coder.lexicon import words
from streams.coder.people import FROM_ROSTER, Person, Title
from streams.coder.reading import Reading
from streams.coder.records import MentionForm, Parties
from streams.coder.roles import RolePhrase
from streams.coder.standing import is_private
from streams.coder.voices import Voices

_PLACES: dict[PlaceForm, tuple[MentionForm, float]] = {
    "state": ("state", 1.0),
    "demonym": ("demonym", 0.5),
    "people": ("demonym", 0.8),
    "capital": ("capital", 0.7),
    "city": ("capital", 0.4),
    "seat": ("seat", 0.9),
    "organisation": ("organisation", 0.9),
}
_COLLECTIVE = frozenset(("group", "delegation", "state", "institution"))
_WEAK = frozenset(
    ("local", "director", "official", "royal", "military", "parliament", "adviser", "spokesperson")
)
# Words so general that the holder of a neighbouring office may be meant.
_LOOSE = frozenset(("leader", "chief", "head", "minister", "secretary", "envoy", "ruler"))
_NEIGHBOURS: dict[str, tuple[str, ...]] = {
    "head": ("head", "government", "heir"),
    "government": ("government", "head"),
    "minister": ("minister", "foreign", "defence", "deputy"),
    "secretary": ("secretary", "foreign", "defence", "organisation"),
    "director": ("director", "organisation", "security"),
    "organisation": ("organisation", "director", "head", "envoy"),
}
_COUNTERPARTS = (
    "head",
    "government",
    "foreign",
    "defence",
    "minister",
    "deputy",
    "security",
    "envoy",
    "parliament",
)
_PERSONAL = frozenset(("titled", "name"))


class Describer:
    """Turns persons, office phrases and places into entities and mentions."""

    def __init__(
        self, layout: Layout, persons: Sequence[Person], reading: Reading, source: str | None
    ) -> None:
        self._layout = layout
        self._persons = persons
        self._roles = [role for role in reading.roles if not reading.is_taken(role)]
        self._in_roles = {i for role in reading.roles for i in range(role.start, role.end)}
        for role in filter(_is_sent, self._roles):
            self._in_roles -= set(range(role.core + 1, role.end))
        self._cast = Cast(layout)
        self._words = words()
        self._source = source

    def parties(self) -> Parties:
        """The parties of the article."""
        for person in self._persons:
            self._add_person(person)
        for place in self._layout.places:
            self._add_place(place)
        for role in self._roles:
            if (
                role.office != "side"
                and not self._cast.is_named(role.head)
                and not is_private(self._layout, role)
            ):
                self._add_role(role)
        Coreference(self._layout, self._cast).resolve()
        Voices(self._layout, self._cast, self._source).resolve()
        return self._cast.parties()

    def _add_person(self, person: Person) -> None:
        titles = [title for title in person.titles if title.text and not title.private]
        told = [title for title in titles if title.position != FROM_ROSTER]
        former = bool(told) and all(title.former for title in told)
        code = person.code if titles or not any(title.text for title in person.titles) else None
        index = self._cast.add("person", code, person.name, _role(titles), person.office, former=former)
        self._cast.gender[index] = self._gender(person)
        for seen in person.occurrences:
            self._cast.mention(
                seen.start, seen.end, seen.form, (index,), min(seen.certainty, person.certainty)
            )

    def _gender(self, person: Person) -> str:
        said = {word for title in person.titles for word in title.text.casefold().split()}
        said |= {seen.honorific for seen in person.occurrences}
        if said & self._words.feminine:
            return "f"
        return "m" if said & self._words.masculine else ""

    def _add_place(self, place: PlaceSpan) -> None:
        if self._cast.is_named(place.start) or any(
            i in self._in_roles for i in range(place.start, place.end)
        ):
            return
        form, certainty = _PLACES[place.form]
        index = self._cast.state(place.code, "organisation" if place.form == "organisation" else "state")
        self._cast.mention(place.start, place.end, form, (index,), certainty)

    def _add_role(self, role: RolePhrase) -> None:
        start = role.start - (self._layout.word(role.start - 1) in ("the", "a", "an", "both"))
        text = self._layout.text(role.start, role.end)
        if role.office in _COLLECTIVE:
            for code in role.codes:
                index = self._cast.described("delegation", code, text, role.office, former=role.former)
                self._cast.mention(start, role.end, "delegation", (index,), 0.9)
        elif role.plural:
            found = tuple(self._holder_or_description(code, role, text) for code in role.codes)
            if found:
                self._cast.mention(start, role.end, "group" if len(found) > 1 else "delegation", found, 0.9)
        elif role.code is not None:
            index = self._holder_or_description(role.code, role, text)
            self._cast.give_role(index, text)
            self._cast.mention(start, role.end, "role", (index,), 0.7 if role.office in _WEAK else 0.9)
        elif (role.definite or role.owner) and role.office not in _WEAK:
            latest = self._latest_holder(role)
            if latest is not None:
                self._cast.mention(start, role.end, "role", (latest,), 0.6)

    def _holder_or_description(self, code: str, role: RolePhrase, text: str) -> int:
        holder = None if role.former else self._holder(code, role)
        if holder is not None:
            return holder
        return self._cast.described("person", code, text, role.office, former=role.former)

    def _holder(self, code: str, role: RolePhrase) -> int | None:
        """The holder of an office for a state: the nearest one named before, else the first one after."""
        offices = _COUNTERPARTS if role.office == "counterpart" else _offices(role)
        before = after = None
        for mention in self._cast.mentions:
            if mention.form not in _PERSONAL:
                continue
            entity = self._cast.entities[mention.entities[0]]
            if entity.code != code or entity.office not in offices or entity.former:
                continue
            if mention.start <= role.start:
                before = entity.index
            elif after is None:
                after = entity.index
        return before if before is not None else after

    def _latest_holder(self, role: RolePhrase) -> int | None:
        """Whoever holds such an office and was named last: "the President" with no state."""
        offices = _offices(role)
        latest = None
        for mention in self._cast.mentions:
            if mention.start >= role.start:
                break
            if len(mention.entities) == 1 and mention.form in (*_PERSONAL, "role"):
                entity = self._cast.entities[mention.entities[0]]
                if entity.kind == "person" and entity.office in offices:
                    latest = entity.index
        return latest


def _is_sent(role: RolePhrase) -> bool:
    """Whether the words tell of somebody new who goes to a state: "a special envoy to B"."""
    return bool(role.postings) and not role.codes and (role.plural or role.determiner in ("a", "an"))


def _offices(role: RolePhrase) -> tuple[str, ...]:
    return _NEIGHBOURS.get(role.office, (role.office,)) if role.phrase in _LOOSE else (role.office,)


def _role(titles: Sequence[Title]) -> str | None:
    """Pick the title that says most: of the text, an office rather than "counterpart", with a state."""
    best = min(
        titles,
        key=lambda t: (t.office == "counterpart", t.position == FROM_ROSTER, not t.code, t.position),
        default=None,
    )
    return best.text if best else None
