"""Who is in the article, and for which state or organisation each stands.

>>> from streams.coder.parties import ArticleMeta, PartyFinder
>>> doc = nlp("President Tokayev of Kazakhstan called the Emir of Qatar.")  # doctest: +SKIP
>>> [(e.code, e.role) for e in PartyFinder().process(doc).entities]  # doctest: +SKIP
[('KAZ', 'President'), ('QAT', 'Emir of Qatar')]

Titles, names and states are read by rules over tokens; the pipeline's entities add names without a title.
What stays open is settled by the dated roster, the outlet's home and the dateline, in this order.
"""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from streams.coder.descriptions import Describer
from streams.coder.layout import Layout
from streams.coder.lexicon import words
from streams.coder.meta import ArticleMeta
from streams.coder.names import NameFinder
from streams.coder.people import Occurrence, People
from streams.coder.reading import Reading
from streams.coder.records import Parties
from streams.coder.roles import RoleFinder
from streams.coder.roster import Roster, shipped_roster
from streams.coder.sightings import Sightings
from streams.coder.standing import Standing
from streams.coder.titles import TitleJoiner

__all__ = ["KEY", "META_KEY", "ArticleMeta", "PartiesComponent", "PartyFinder", "parties_of"]

KEY = "parties"
META_KEY = "article_meta"
_SHORT_FORM = 0.9


class PartyFinder:
    """Finds the parties of an article; with the shipped roster unless another, maybe empty one is given."""

    def __init__(self, roster: Roster | None = None) -> None:
        self._roster = shipped_roster() if roster is None else roster
        self._names = NameFinder()
        self._roles = RoleFinder()
        self._titles = TitleJoiner(self._names)
        self._sightings = Sightings(self._names, self._roster)
        self._words = words()

    def process(self, doc: Doc, meta: ArticleMeta | None = None) -> Parties:
        """Everybody in the article, with every mention in the order of the text."""
        meta = meta or ArticleMeta()
        layout = Layout(doc, meta.title_end_char)
        reading = Reading(layout, self._roles.find(layout))
        self._titles.join_before(reading)
        self._sightings.add_marked(reading)
        self._sightings.add_known(reading, meta.day)
        self._titles.join_after(reading)
        persons = self._gather(reading).in_order()
        Standing(self._roster, meta, layout).settle(persons)
        return Describer(layout, persons, reading, meta.source).parties()

    def _gather(self, reading: Reading) -> People:
        """Bring each person's mentions together, full names first, then short forms wherever they stand."""
        people = People()
        for occurrence in sorted(reading.named, key=lambda o: (len(o.name.split()) == 1, o.start)):
            people.add(occurrence)
        layout = reading.layout
        known = people.name_words()
        for i, word in enumerate(layout.low):
            if word not in known or word in self._words.not_names or not layout.is_capitalised(i):
                continue
            if i in layout.place_at or i in layout.office_at or reading.covers(i):
                continue
            span = self._names.at(layout, i)
            whole = span is not None and span.start == i and not reading.covers(i, span.end)
            end = span.end if span is not None and whole else i + 1
            occurrence = Occurrence(i, end, "name", layout.text(i, end), certainty=_SHORT_FORM)
            reading.add(occurrence)
            people.add(occurrence)
        return people


def parties_of(doc: Doc, meta: ArticleMeta | None = None, roster: Roster | None = None) -> Parties:
    """Everybody in the article; see PartyFinder."""
    return PartyFinder(roster).process(doc, meta)


@Language.factory("contactwire_parties")
class PartiesComponent:
    """Writes the parties of a Doc to `doc.user_data["parties"]`."""

    def __init__(self, nlp: Language, name: str) -> None:  # noqa: ARG002 - spaCy passes it
        self.name = name
        self._finder = PartyFinder()

    def __call__(self, doc: Doc) -> Doc:
        """Find the parties and keep them with the Doc."""
        doc.user_data[KEY] = self._finder.process(doc, doc.user_data.get(META_KEY))
        return doc
