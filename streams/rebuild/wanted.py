"""What is wanted instead of what is served, shelved dyad by dyad and country by country."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from schemas import Contact, DeadLetter
from streams import rollups
from streams.rebuild.difference import Difference
from streams.rebuild.matching import articles
from streams.rebuild.planning import plan
from streams.rebuild.reading import contact_row
from streams.rebuild.shelf import Row, Shelf, Side
from streams.rebuild.state import adopted, counted, names_of, trimmed, with_trimmed
from streams.settings import Settings
from streams.topics import partition_of

JSON = Any


class Planner:
    """Plans from both sides on the shelf, and tells the difference.

    `begins` are the first offsets of the articles' partitions; `there` the names of the articles that are
    left, None where none are gone.
    """

    def __init__(
        self,
        settings: Settings,
        shelf: Shelf,
        difference: Difference,
        *,
        begins: Mapping[int, int],
        there: set[str] | None,
    ) -> None:
        self._settings = settings
        self._shelf = shelf
        self._difference = difference
        self._begins = begins
        self._there = there

    def contacts_as_served(self) -> None:
        """Take the served contacts for what they are."""
        for dyad in self._shelf.parts("contacts"):
            self._count(self._contacts("served", dyad).values())

    def contacts(self) -> None:
        """Plan what becomes of every contact, and of the ledger."""
        for dyad in self._shelf.parts("contacts", "ledger"):
            served, rebuilt = self._contacts("served", dyad), self._contacts("rebuilt", dyad)
            self._difference.add_coders("served", served.values())
            self._difference.add_coders("rebuilt", rebuilt.values())
            state = self._state("rebuilt", dyad)
            if self._there is not None:
                gone = trimmed(dyad, self._state("served", dyad), self._there)
                state, rebuilt = with_trimmed(state, rebuilt, gone)
            planned = plan(served, rebuilt, is_told=self._is_told)
            self._difference.add_contacts(planned)
            heard_of = [contact_row(p.contact) for p in planned if p.fate in {"changed", "added", "gone"}]
            self._shelf.put("wanted", "contacts", heard_of)
            after = adopted(dyad, state, planned, served)
            self._shelf.put("wanted", "ledger", _rows(after, dyad, partition_of(self._settings, dyad)))
            self._count((served | {one.contact.contact_id: one.contact for one in planned}).values())

    def coded(self) -> None:
        """Take over what is known of articles, also of those that are gone."""
        self._shelf.copy("coded", "rebuilt", "wanted")
        if self._there is not None:
            rows = list(self._shelf.rows("served", "coded"))
            kept = [row for row in rows if names_of([row.key]).isdisjoint(self._there)]
            self._shelf.put("wanted", "coded", kept)

    def letters(self) -> None:
        """Add letters of what is poison now, take off those of what was; the rest is no coder's matter."""
        served = {row.key: row for row in self._shelf.rows("served", "letters")}
        rebuilt = {row.key: row for row in self._shelf.rows("rebuilt", "letters")}
        letters = sorted(map(_letter, rebuilt.values()), key=lambda letter: letter.offset)
        # A letter that was replayed stands on the topic twice: its latest copy speaks for all.
        latest = {(letter.key, letter.value): letter for letter in letters if letter.reason == "poison"}
        poison = {letter.letter_id for letter in latest.values()}
        kept = [row for row in served.values() if row.key in poison or not self._is_coded(_letter(row))]
        added = [rebuilt[name] for name in sorted(poison - served.keys())]
        fates = {"equal": len(kept), "added": len(added), "gone": len(served) - len(kept)}
        self._difference.letters.update(fates)
        self._shelf.put("wanted", "letters", [*kept, *added])

    def tables(self) -> None:
        """Count all contacts anew."""
        watermarks = {row.key: row for row in self._shelf.rows("served", "buckets", "")}
        self._shelf.put("wanted", "buckets", list(watermarks.values()))
        for country in filter(None, self._shelf.parts("counted", "rollups", "buckets")):
            place = partition_of(self._settings, country)
            mark = watermarks.get(rollups.watermark_key(place))
            rows = self._shelf.rows("wanted", "counted", country)
            contacts = [Contact.model_validate_json(row.value or b"") for row in rows]
            days = self._settings.rollup_retention_days
            state = counted(contacts, country, rollups.horizon_of(mark.json if mark else None, days))
            hours = {key: value for key, value in state.items() if rollups.is_bucket(key)}
            served = {row.key: row.json for row in self._shelf.rows("served", "rollups", country)}
            self._difference.add_rollups(country, served, hours)
            self._shelf.put("wanted", "buckets", _rows(state, country, place))
            self._shelf.put("wanted", "rollups", _rows(hours, country, place))

    def _is_told(self, contact: Contact) -> bool:
        return self._there is None or not self._there.isdisjoint(names_of(articles(contact)))

    def _is_coded(self, letter: DeadLetter) -> bool:
        """Whether a letter's article came to the coder again."""
        return letter.reason == "poison" and letter.offset >= self._begins.get(letter.partition, 0)

    def _count(self, contacts: Iterable[Contact]) -> None:
        """Shelve contacts for both of their countries, without their reports."""
        for contact in contacts:
            value = rollups.countable(contact).model_dump_json().encode()
            rows = [Row(f"{code}|{contact.contact_id}", value, code) for code in contact.dyad.split("-")]
            self._shelf.put("wanted", "counted", rows)

    def _contacts(self, side: Side, dyad: str) -> dict[str, Contact]:
        rows = self._shelf.rows(side, "contacts", dyad)
        return {row.key: Contact.model_validate_json(row.value or b"") for row in rows}

    def _state(self, side: Side, dyad: str) -> dict[str, JSON]:
        return {row.key: row.json for row in self._shelf.rows(side, "ledger", dyad)}


def _rows(state: Mapping[str, JSON], part: str, place: int) -> list[Row]:
    return [Row(key, orjson.dumps(value), part, place) for key, value in state.items()]


def _letter(row: Row) -> DeadLetter:
    return DeadLetter.model_validate_json(row.value or b"")
