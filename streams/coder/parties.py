"""Who is in the article, and for which state or organisation each stands.

    >>> from streams.coder.parties import ArticleMeta, PartyFinder
    >>> parties = PartyFinder().process(nlp("President Tokayev of Kazakhstan called the Emir of Qatar."))  # doctest: +SKIP

Titles, names and states are read by rules over tokens; the pipeline's entities add names that no title announces.
What stays open is settled by the dated roster, the outlet's home and the dateline, in this order.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc

from streams.coder.coreference import Resolver
from streams.coder.layout import Layout, PlaceSpan
from streams.coder.lexicon import words
from streams.coder.names import NameFinder, NameSpan
from streams.coder.people import Occurrence, People, Person, Title
from streams.coder.records import Entity, Header, Mention, MentionForm, Parties
from streams.coder.roles import RoleFinder, RolePhrase
from streams.coder.roster import Roster
from streams.coder.standing import Standing, is_private

KEY = "parties"
META_KEY = "article_meta"


@dataclass(frozen=True, slots=True)
class ArticleMeta:
    """What is known of an article besides its words."""

    published: dt.date | None = None
    source: str | None = None
    title_end_char: int = 0
    header: Header | None = None


_RANKS = frozenset(("gen", "gen.", "adm", "adm.", "lt", "lt.", "maj", "maj.", "col", "col.", "general", "admiral", "colonel", "sheikh", "ayatollah", "cardinal", "dr", "dr.", "prof", "prof.", "marshal", "sen", "sen.", "rep", "rep."))
_RANK_OFFICES = {"gen": "military", "adm": "military", "lt": "military", "maj": "military", "col": "military", "brig": "military", "marshal": "military", "sen": "parliament", "rep": "parliament", "amb": "envoy"}
_USUAL_NAME = 4
_COLLECTIVE = frozenset(("group", "delegation", "state", "institution", "side", "official"))


class PartyFinder:
    """Finds the parties of an article."""

    def __init__(self, roster: Roster | None = None) -> None:
        self._roster = roster
        self._roles = RoleFinder()
        self._names = NameFinder()
        self._words = words()

    def process(self, doc: Doc, meta: ArticleMeta | None = None) -> Parties:
        """Everybody in the article, with every mention in the order of the text."""
        meta = meta or ArticleMeta()
        layout = Layout(doc, meta.title_end_char)
        reading = Reading(layout, self._roles.find(layout))
        day = meta.published or (meta.header.day if meta.header else None)
        self._attach(reading)
        self._add_names(reading)
        self._add_known(reading, day)
        self._attach_after(reading)
        people = self._gather(reading)
        Standing(self._roster, meta, layout, reading.roles).settle(people.persons)
        return Resolver(layout, people.persons, reading.roles, reading.taken_roles, reading.names).parties()

    def _attach(self, reading: Reading) -> None:
        """Join titles and the names next to them."""
        layout = reading.layout
        for role in reading.roles:
            if role.office in ("institution", "side", "state"):
                continue
            if role.plural:
                self._attach_list(reading, role)
                continue
            span = self._name_after(layout, role)
            if span is not None:
                reading.join(role, span, self._of_place(layout, span.end))

    def _attach_after(self, reading: Reading) -> None:
        """Give names the titles after them: "A. Guterres, the UN chief"."""
        layout = reading.layout
        ends = {o.end: o for o in reading.named}
        for role in reading.roles:
            if reading.is_taken(role) or role.plural or role.office in _COLLECTIVE - {"official"}:
                continue
            k = role.start - (layout.word(role.start - 1) in ("the", "a", "an"))
            if layout.word(k - 1) not in (",", "(", "-", "–", "—"):
                continue
            occurrence = ends.get(k - 1) or self._name_ending(reading, k - 1)
            if occurrence is not None:
                self._append(reading, role, occurrence)

    def _name_ending(self, reading: Reading, end: int) -> Occurrence | None:
        """A name of two words or more right before a token, whoever marked it."""
        layout = reading.layout
        for start in range(max(0, end - _USUAL_NAME - 2), end - 1):
            if not layout.is_capitalised(start) or reading.covers(start) or start in layout.place_at:
                continue
            span = self._names.at(layout, start)
            if span is not None and span.end == end and span.end - span.start > 1 and not layout.in_title(start):
                return Occurrence(span.full_start, end, "name", layout.text(span.start, end), None, span.honorific, 0.9)
        return None

    def _append(self, reading: Reading, role: RolePhrase, occurrence: Occurrence) -> None:
        title = reading.title(role)
        if occurrence in reading.named:
            if occurrence.title is None or occurrence.title.code is None:
                occurrence.title = title
        else:
            occurrence.title = title
            occurrence.form = "titled"
            reading.add(occurrence)
        occurrence.end = max(occurrence.end, role.end)
        reading.taken_roles.append(role)

    def _name_after(self, layout: Layout, role: RolePhrase) -> NameSpan | None:
        k = role.end
        comma = layout.word(k) == ","
        k += comma
        k += layout.word(k) == "the" and layout.word(k + 1) in self._words.honorifics
        if layout.sentence[min(k, len(layout) - 1)] != layout.sentence[role.head] and layout.word(k - 1) != ".":
            return None
        span = self._names.at(layout, k)
        if span is None or span.full_start > k or (not comma and layout.word(k - 1) == "the"):
            return None
        if comma and layout.word(span.end) not in (",", ".", ")", "and", "-", "–", "—") and layout.doc[span.start].ent_type_ not in ("PERSON", "PER"):
            return None
        return span

    def _attach_list(self, reading: Reading, role: RolePhrase) -> None:
        """Names after a plural title: "Presidents A of X and B of Y"."""
        layout = reading.layout
        k = role.end
        spans: list[tuple[NameSpan, PlaceSpan | None]] = []
        k += layout.word(k) in (",", ":")
        while True:
            span = self._names.at(layout, k)
            if span is None:
                break
            place = self._of_place(layout, span.end)
            spans.append((span, place))
            k = place.end if place else span.end
            joined = False
            while layout.word(k) in (",", "and", "&"):
                k, joined = k + 1, True
            if not joined:
                break
        if len(spans) > 1 or (spans and role.codes):
            codes = role.codes
            for n, (span, place) in enumerate(spans):
                code = place.code if place else codes[n] if len(codes) == len(spans) else codes[0] if len(codes) == 1 else None
                reading.add_titled(span, Title(layout.text(role.start, role.end), role.office, code, role.start, role.phrase, role.former), span.full_start if n else role.start, place.end if place else span.end)
            reading.taken_roles.append(role)

    def _of_place(self, layout: Layout, k: int) -> PlaceSpan | None:
        """The state in "Modi of India" or "Modi (India)"."""
        if layout.word(k) not in ("of", "from", "("):
            return None
        start = k + 1 + (layout.word(k + 1) == "the")
        place = layout.place_at.get(start)
        if place is None or place.form in ("demonym", "people", "city"):
            return None
        return place

    def _add_names(self, reading: Reading) -> None:
        """Names without a title: from entities, honorifics, genitives and by repetition."""
        layout = reading.layout
        for span in (*self._names.titled(layout), *self._names.from_entities(layout)):
            if reading.covers(span.start):
                continue
            place = self._of_place(layout, span.end)
            before = self._place_before(layout, span)
            code = place.code if place and layout.word(span.end) != "from" else before
            reading.add(Occurrence(span.full_start, span.end, "name", layout.text(span.start, span.end), _rank_title(layout, span, code), span.honorific))

    def _place_before(self, layout: Layout, span: NameSpan) -> str | None:
        """The state in "Russia's Lavrov" and "South Korean Adm. Kim"."""
        k = span.full_start
        if layout.is_possessive(k - 1):
            place = layout.place_at.get(k - 2)
            return place.code if place and place.form in ("state", "organisation") else None
        place = layout.place_at.get(k - 1)
        if place is not None and span.honorific in _RANKS:
            return place.code
        return None

    def _add_known(self, reading: Reading, day: dt.date | None) -> None:
        """Names that the roster knows, and names with a genitive state or a known given name, whoever marked them."""
        layout = reading.layout
        i = 0
        while i < len(layout):
            span = None
            if layout.is_capitalised(i) and not reading.covers(i) and i not in layout.office_at and (i not in layout.place_at or layout.doc[i].ent_type_ in ("PERSON", "PER")):
                span = self._names.at(layout, i)
            if span is None or any(reading.covers(k) for k in range(span.start, span.end)):
                i += 1
                continue
            name = layout.text(span.start, span.end)
            if self._is_known(layout, span, name, day):
                before = self._place_before(layout, span)
                place = self._of_place(layout, span.end)
                code = before or (place.code if place and layout.word(span.end) != "from" else None)
                reading.add(Occurrence(span.full_start, span.end, "name", name, _rank_title(layout, span, code), span.honorific, 0.9))
            i = span.end

    def _is_known(self, layout: Layout, span: NameSpan, name: str, day: dt.date | None) -> bool:
        words_in_name = span.end - span.start
        if self._place_before(layout, span) is not None and not layout.in_title(span.start) and layout.word(span.end) not in ("party", "union"):
            return words_in_name > 1
        if self._roster is None:
            return False
        if words_in_name == 1:
            return self._is_known_surname(layout, span, name, day)
        if self._roster.lookup(name, day) is not None:
            return True
        return not layout.in_title(span.start) and words_in_name <= _USUAL_NAME and self._roster.is_given_name(layout.texts[span.start]) and not any(layout.low[k] in self._words.portfolio for k in range(span.start, span.end))

    def _is_known_surname(self, layout: Layout, span: NameSpan, name: str, day: dt.date | None) -> bool:
        if day is None or self._roster is None or layout.low[span.start] in self._words.common_surnames:
            return False
        holder = self._roster.lookup(name, day)
        return holder is not None and holder.source == "public record"

    def _gather(self, reading: Reading) -> People:
        people = People()
        reading.named.sort(key=lambda o: (o.start, -o.end))
        full_first = sorted(reading.named, key=lambda o: (len(o.name.split()) == 1, o.start))
        for occurrence in full_first:
            person = people.add(occurrence)
            reading.names[id(occurrence)] = person
        self._repeat(reading, people)
        for person in people.persons:
            person.occurrences.sort(key=lambda o: o.start)
            person.titles.sort(key=lambda t: t.position)
        people.persons.sort(key=lambda p: p.first)
        return people

    def _repeat(self, reading: Reading, people: People) -> None:
        """Short forms of the names already known, wherever they stand."""
        layout = reading.layout
        known = {part for person in people.persons for key in person.keys for part in key if len(part) > 1}
        for i, word in enumerate(layout.low):
            if not layout.is_capitalised(i) or i in layout.place_at or i in layout.office_at or reading.covers(i):
                continue
            if word not in known or word in self._words.not_names:
                continue
            span = self._names.at(layout, i)
            start, end = (span.start, span.end) if span is not None and not any(reading.covers(k) for k in range(span.start, span.end)) else (i, i + 1)
            if start != i:
                start, end = i, i + 1
            occurrence = Occurrence(start, end, "name", layout.text(start, end), None, "", 0.9)
            reading.add(occurrence)
            people.add(occurrence)


class Reading:
    """What the finder has found so far in one article."""

    def __init__(self, layout: Layout, roles: list[RolePhrase]) -> None:
        self.layout = layout
        self.roles = roles
        self.taken_roles: list[RolePhrase] = []
        self.named: list[Occurrence] = []
        self.names: dict[int, Person] = {}
        self._covered: set[int] = set()

    def covers(self, i: int) -> bool:
        """Whether a token is already part of a named person."""
        return i in self._covered

    def is_taken(self, role: RolePhrase) -> bool:
        """Whether an office phrase already belongs to a name."""
        return any(role is taken for taken in self.taken_roles)

    def title(self, role: RolePhrase, code: str | None = None) -> Title:
        """The title a role phrase gives."""
        start = role.start
        private = is_private(self.layout, role)
        return Title(self.layout.text(start, role.end), role.office, code or role.code, start, role.phrase, role.former, private)

    def join(self, role: RolePhrase, span: NameSpan, place: PlaceSpan | None) -> None:
        """Give a name the title before it."""
        code = place.code if place is not None and role.code is None else None
        self.add_titled(span, self.title(role, code), role.start, place.end if code and place else span.end)
        self.taken_roles.append(role)

    def add_titled(self, span: NameSpan, title: Title, start: int, end: int) -> None:
        """Record a name with its title."""
        self.add(Occurrence(start, end, "titled", self.layout.text(span.start, span.end), title, span.honorific))

    def add(self, occurrence: Occurrence) -> None:
        """Record a named occurrence."""
        self.named.append(occurrence)
        self._covered.update(range(occurrence.start, occurrence.end))


def _rank_title(layout: Layout, span: NameSpan, code: str | None) -> Title | None:
    """The title in a rank before a name ("Adm. Kim"), or the bare state of "Russia's Lavrov"."""
    office = _RANK_OFFICES.get(span.honorific.rstrip("."), "")
    if not office:
        return Title("", "", code, span.start, "") if code else None
    return Title(layout.text(span.full_start, span.start), office, code, span.full_start, span.honorific.rstrip("."))


def parties_of(doc: Doc, meta: ArticleMeta | None = None, roster: Roster | None = None) -> Parties:
    """Everybody in the article; see PartyFinder."""
    return PartyFinder(roster).process(doc, meta)


@Language.factory("contactwire_parties")
class PartiesComponent:
    """Writes the parties of a Doc to `doc.user_data["parties"]`."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name
        self._finder = PartyFinder()

    def __call__(self, doc: Doc) -> Doc:
        """Find the parties and keep them with the Doc."""
        doc.user_data[KEY] = self._finder.process(doc, doc.user_data.get(META_KEY))
        return doc
