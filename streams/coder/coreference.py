"""Definite descriptions, pronouns and groups, resolved within the article, and the finished list of parties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from streams.coder.layout import Layout, PlaceSpan
from streams.coder.lexicon import words
from streams.coder.people import Person
from streams.coder.records import Entity, EntityKind, Mention, MentionForm, Parties
from streams.coder.roles import RolePhrase
from streams.coder.standing import is_private

_FORMS: dict[str, MentionForm] = {"state": "state", "demonym": "demonym", "people": "demonym", "capital": "capital", "city": "capital", "seat": "seat", "organisation": "organisation"}
_CERTAINTY = {"state": 1.0, "demonym": 0.5, "people": 0.8, "capital": 0.7, "city": 0.4, "seat": 0.9, "organisation": 0.9}
_COLLECTIVE = frozenset(("group", "delegation", "state", "institution"))
_WEAK = frozenset(("local", "director", "official", "royal", "military", "parliament", "adviser", "spokesperson"))
_SAME_OFFICE = {"head": ("head", "government", "heir"), "government": ("government", "head"), "foreign": ("foreign",), "minister": ("minister", "foreign", "defence", "deputy"), "envoy": ("envoy",), "secretary": ("secretary", "foreign", "defence", "organisation"), "director": ("director", "organisation", "security"), "organisation": ("organisation", "director", "head", "envoy")}
_SINGULAR = {"he": "m", "she": "f", "him": "m"}
_PLURAL = frozenset(("they", "them"))
_WINDOW = 4
_FROM_ROSTER = 1 << 30


class Resolver:
    """Turns persons, roles and places into entities and mentions."""

    def __init__(self, layout: Layout, persons: Sequence[Person], roles: Sequence[RolePhrase], taken: Sequence[RolePhrase], names: object) -> None:
        self._layout = layout
        self._persons = list(persons)
        self._roles = [role for role in roles if not any(role is t for t in taken)]
        self._all_roles = list(roles)
        self._entities: list[Entity] = []
        self._mentions: list[Mention] = []
        self._by_code: dict[tuple[str, str], int] = {}
        self._described: dict[tuple[str, str], int] = {}
        self._gender: dict[int, str] = {}
        self._words = words()

    def parties(self) -> Parties:
        """The parties of the article."""
        for person in self._persons:
            self._add_person(person)
        self._in_roles = {i for role in self._all_roles for i in range(role.start, role.end)}
        for place in self._layout.places:
            self._add_place(place)
        self._mentions.sort(key=lambda m: (m.start, m.end))
        for role in self._roles:
            self._add_role(role)
        self._mentions.sort(key=lambda m: (m.start, m.end))
        for i, word in enumerate(self._layout.low):
            if word in _SINGULAR:
                self._add_pronoun(i, _SINGULAR[word])
            elif word in _PLURAL or self._is_pair(i):
                self._add_group(i)
        self._mentions.sort(key=lambda m: (m.start, m.end))
        return Parties(tuple(self._entities), tuple(self._mentions))

    def _new(self, kind: EntityKind, code: str | None, name: str | None, role: str | None, office: str | None = None, *, former: bool = False) -> int:
        self._entities.append(Entity(len(self._entities), kind, code, name, role, office, former))
        return len(self._entities) - 1

    def _mention(self, start: int, end: int, form: MentionForm, entities: tuple[int, ...], certainty: float) -> None:
        self._mentions.append(Mention(start, end, self._head(start, end), form, entities, certainty))

    def _head(self, start: int, end: int) -> int:
        """Token through which the words hang in the sentence."""
        doc = self._layout.doc
        if not doc.has_annotation("DEP"):
            return end - 1
        for i in range(start, end):
            if not start <= doc[i].head.i < end or doc[i].head.i == i:
                return i
        return end - 1

    def _add_person(self, person: Person) -> None:
        titles = [t for t in person.titles if t.text and not t.private]
        best = min(titles, key=lambda t: (t.office == "counterpart", t.position == _FROM_ROSTER, not t.code, t.position), default=None)
        former = bool(titles) and titles[0].former and not any(not t.former for t in titles)
        code = None if titles and person.titles and all(t.private for t in person.titles if t.text) else person.code
        index = self._new("person", code, person.name, best.text if best else None, person.office, former=former)
        self._gender[index] = self._gender_of(person)
        for occurrence in person.occurrences:
            self._mention(occurrence.start, occurrence.end, occurrence.form, (index,), min(occurrence.certainty, person.certainty))

    def _gender_of(self, person: Person) -> str:
        said = {word for t in person.titles for word in t.text.casefold().split()} | {o.honorific for o in person.occurrences}
        if said & self._words.feminine:
            return "f"
        return "m" if said & self._words.masculine else ""

    def _state(self, code: str, *, organisation: bool) -> int:
        kind: EntityKind = "organisation" if organisation else "state"
        key = (kind, code)
        if key not in self._by_code:
            self._by_code[key] = self._new(kind, code, None, None)
        return self._by_code[key]

    def _add_place(self, place: PlaceSpan) -> None:
        covered = any(m.start <= place.start < m.end and m.form in ("titled", "name") for m in self._near(place.start))
        if covered or any(i in self._in_roles for i in range(place.start, place.end)):
            return
        organisation = self._is_organisation(place)
        index = self._state(place.code, organisation=organisation)
        self._mention(place.start, place.end, _FORMS[place.form], (index,), _CERTAINTY[place.form])

    def _is_organisation(self, place: PlaceSpan) -> bool:
        return place.form == "organisation"

    def _near(self, i: int) -> list[Mention]:
        return [m for m in self._mentions if m.start <= i < m.end]

    def _add_role(self, role: RolePhrase) -> None:
        start = role.start - (self._layout.word(role.start - 1) in ("the", "a", "an", "both"))
        if any(m.start <= role.head < m.end and m.form in ("titled", "name") for m in self._mentions):
            return
        text = self._layout.text(role.start, role.end)
        if role.office == "side":
            return
        if role.office in _COLLECTIVE:
            self._add_collective(role, start, text)
        elif role.plural:
            self._add_plural(role, start, text)
        else:
            self._add_single(role, start, text)

    def _add_collective(self, role: RolePhrase, start: int, text: str) -> None:
        if is_private(self._layout, role):
            return
        for code in role.codes or ():
            index = self._describe("delegation", code, text, role)
            self._mention(start, role.end, "delegation", (index,), 0.9)

    def _describe(self, kind: EntityKind, code: str, text: str, role: RolePhrase) -> int:
        key = (code, text.casefold())
        if key not in self._described:
            self._described[key] = self._new(kind, code, None, text, role.office, former=role.former)
        return self._described[key]

    def _add_plural(self, role: RolePhrase, start: int, text: str) -> None:
        if not role.codes:
            return
        found = []
        for code in role.codes:
            person = self._holder(code, role, role.start)
            found.append(person if person is not None else self._describe("person", code, text, role))
        self._mention(start, role.end, "group" if len(found) > 1 else "delegation", tuple(found), 0.9)

    def _add_single(self, role: RolePhrase, start: int, text: str) -> None:
        if is_private(self._layout, role):
            return
        if role.code is not None:
            holder = None if role.former else self._holder(role.code, role, role.start)
            index = holder if holder is not None else self._describe("person", role.code, text, role)
            if self._entities[index].role is None:
                self._entities[index] = replace(self._entities[index], role=text)
            self._mention(start, role.end, "role", (index,), 0.9 if role.office not in _WEAK else 0.7)
        elif (role.definite or role.owner) and role.office not in _WEAK:
            near = self._latest_holder(role)
            if near is not None:
                self._mention(start, role.end, "role", (near,), 0.6)

    def _holder(self, code: str, role: RolePhrase, position: int) -> int | None:
        """The person who holds an office for a state: the nearest one named before, else the first one after."""
        offices = (role.office,) if role.phrase not in ("leader", "counterpart", "chief", "head", "minister", "secretary", "envoy", "ruler") else _SAME_OFFICE.get(role.office, (role.office,))
        if role.office == "counterpart":
            offices = ("head", "government", "foreign", "defence", "minister", "deputy", "security", "envoy", "parliament", "military", "heir")
        before = after = None
        for mention in self._mentions:
            if len(mention.entities) != 1 or mention.form not in ("titled", "name"):
                continue
            entity = self._entities[mention.entities[0]]
            if entity.kind != "person" or entity.code != code or entity.office not in offices or entity.former:
                continue
            if mention.start <= position:
                before = entity.index
            elif after is None:
                after = entity.index
        return before if before is not None else after

    def _latest_holder(self, role: RolePhrase) -> int | None:
        offices = _SAME_OFFICE.get(role.office, (role.office,)) if role.phrase in ("leader", "minister", "secretary", "chief", "head") else (role.office,)
        latest = None
        for mention in self._mentions:
            if mention.start >= role.start:
                break
            if len(mention.entities) == 1 and mention.form in ("titled", "name", "role"):
                entity = self._entities[mention.entities[0]]
                if entity.kind == "person" and entity.office in offices:
                    latest = entity.index
        return latest

    def _add_pronoun(self, i: int, gender: str) -> None:
        sentence = self._layout.sentence[i]
        candidates = [m for m in self._mentions if m.start < i and len(m.entities) == 1 and m.form in ("titled", "name", "role") and sentence - self._layout.sentence[m.start] <= _WINDOW]
        best: tuple[float, Mention] | None = None
        for mention in candidates:
            entity = self._entities[mention.entities[0]]
            if entity.kind != "person":
                continue
            known = self._gender.get(entity.index, "")
            if known and known != gender:
                continue
            distance = sentence - self._layout.sentence[mention.start]
            worth = -2.0 * distance + (1.5 if self._is_subject(mention) else 0.0) + (0.3 if entity.code else 0.0) + mention.start / (10 * max(i, 1))
            if best is None or worth >= best[0]:
                best = (worth, mention)
        if best is not None:
            self._mention(i, i + 1, "pronoun", best[1].entities, 0.6)

    def _is_subject(self, mention: Mention) -> bool:
        doc = self._layout.doc
        return bool(doc.has_annotation("DEP")) and str(doc[mention.head].dep_).startswith("nsubj")

    def _is_pair(self, i: int) -> bool:
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
        word = self._layout.word(i)
        people_only = word in ("leaders", "presidents", "ministers", "men", "diplomats", "premiers", "officials", "secretaries")
        pair = self._pair_before(start, people_only=people_only) or self._pair_before(start, people_only=False)
        if pair:
            self._mention(start, i + 1, "group", pair, 0.6)

    def _pair_before(self, position: int, *, people_only: bool) -> tuple[int, ...]:
        """The last two participants of different states named before, within a few sentences."""
        sentence = self._layout.sentence[min(position, len(self._layout) - 1)]
        chosen: list[int] = []
        codes: set[str] = set()
        for mention in reversed([m for m in self._mentions if m.end <= position]):
            if sentence - self._layout.sentence[mention.start] > _WINDOW:
                break
            for index in mention.entities:
                entity = self._entities[index]
                if entity.code is None or entity.code in codes or (people_only and entity.kind != "person"):
                    continue
                if mention.form in ("demonym", "capital") and people_only:
                    continue
                codes.add(entity.code)
                chosen.append(index)
                if len(chosen) == 2:  # noqa: PLR2004
                    return tuple(sorted(chosen))
        return ()
