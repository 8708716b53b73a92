"""Topics and changelogs → the shelf."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import orjson

from schemas import Contact, DeadLetter
from streams.follow import Follower, Record
from streams.ledger.book import short_hash
from streams.rebuild.shelf import Row, Shelf, Side, What
from streams.rebuild.state import known_to
from streams.settings import Settings
from streams.topics import Topics, changelog

Reading = Callable[[Record], Row | None]

_PATIENCE = 3600.0  # seconds for one topic
STATES: tuple[What, ...] = ("coded", "ledger", "buckets")


class Reader:
    """Puts what one side has on the shelf, and counts what nobody can read, by topic."""

    def __init__(self, shelf: Shelf, side: Side, settings: Settings) -> None:
        self._shelf = shelf
        self._side = side
        self._settings = settings
        self._names = Topics.of(settings)
        self.unreadable: Counter[str] = Counter()

    def contacts(self) -> None:
        """Read the highest revision of every contact; those that the topic has lost, from the ledger."""
        self._shelf.put(self._side, "contacts", self._rows(self._names.contacts, _contact))

    def contacts_of_ledger(self) -> None:
        """Add what the ledger has published and retention has taken off the topic."""
        for dyad in self._shelf.parts("ledger"):
            state = {row.key: row.json for row in self._shelf.rows(self._side, "ledger", dyad)}
            there = {row.key: row.revision for row in self._shelf.rows(self._side, "contacts", dyad)}
            lost = (c for c in known_to(dyad, state) if there.get(c.contact_id, 0) < c.revision)
            self._shelf.put(self._side, "contacts", [contact_row(contact) for contact in lost])

    def state(self, what: What) -> None:
        """Read a table from its changelog."""
        self._shelf.put(self._side, what, self._rows(changelog(self._settings, what), _state))

    def rollups(self) -> None:
        """Read the rolling tables as they stand on their topic."""
        self._shelf.put(self._side, "rollups", self._rows(self._names.rollups, _rollup))

    def letters(self) -> None:
        """Read the dead letters that concern articles."""
        self._shelf.put(self._side, "letters", self._rows(self._names.dead_letters, self._letter))

    def articles(self) -> set[str]:
        """Give the names of all articles on their topic."""
        with Follower(self._names.articles, self._settings, from_beginning=True) as follower:
            records = follower.to_end(timeout=_PATIENCE)
            return {short_hash(record.key.decode(errors="replace")) for record in records if record.key}

    def _rows(self, topic: str, read: Reading) -> Iterator[Row]:
        with Follower(topic, self._settings, from_beginning=True) as follower:
            for record in follower.to_end(timeout=_PATIENCE):
                try:
                    row = read(record)
                except ValueError:
                    self.unreadable[topic] += 1
                else:
                    if row:
                        yield row

    def _letter(self, record: Record) -> Row | None:
        key = (record.key or b"").decode()
        if record.value is None:
            return Row(key, None)
        letter = DeadLetter.model_validate_json(record.value)
        return Row(key, record.value) if letter.topic == self._names.articles else None


def contact_row(contact: Contact) -> Row:
    """Shelve a contact by its dyad."""
    value = contact.model_dump_json().encode()
    return Row(contact.contact_id, value, contact.dyad, revision=contact.revision)


def _contact(record: Record) -> Row | None:
    if record.value is None:
        return None
    contact = Contact.model_validate_json(record.value)
    return Row(contact.contact_id, record.value, contact.dyad, record.partition, contact.revision)


def _state(record: Record) -> Row:
    """Read one change of a table: keys and values are JSON, a null value deletes."""
    key = orjson.loads(record.key or b"")
    if not isinstance(key, str):
        raise ValueError(f"{key!r} is no key of a table")  # noqa: TRY004 -- told like other unreadable ones
    if record.value is not None:
        orjson.loads(record.value)
    return Row(key, record.value, key.partition("|")[0], record.partition)


def _rollup(record: Record) -> Row:
    key = (record.key or b"").decode()
    if record.value is not None:
        orjson.loads(record.value)
    return Row(key, record.value, key.partition("|")[0], record.partition)
