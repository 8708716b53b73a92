"""The state that articles leave behind, written to the changelogs as the worker writes it, but faster."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from schemas import Article, ArticleReports, Contact
from streams import ledger, rollups
from streams.feed import connect_producer
from streams.inbox import digest
from streams.outbox import by_dyad
from streams.pool import Coding, make_coder
from streams.settings import Settings
from streams.topics import changelog, partition_of


class Changelogs:
    """Settles articles in this process, and writes every change of the state."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._coder = make_coder(settings)
        self._producer = connect_producer(settings, "contactwire-changelogs")
        self._tables: dict[str, dict[str, Any]] = {"coded": {}, "ledger": {}, "buckets": {}}
        self.contacts = 0
        self.records = 0
        self.bytes = 0

    def write(self, articles: Iterable[Article]) -> None:
        """Take every article the whole way; its contacts are published nowhere."""
        for article in articles:
            self._code(article)
        self._producer.close()

    def _code(self, article: Article) -> None:
        coding = Coding(self._coder.code(article), ledger.fingerprint(article.text))
        told = by_dyad(article, coding, ())
        for of_dyad in told:
            self._settle(of_dyad)
        coded = {
            "version": article.version,
            "digest": digest(article),
            "dyads": [of_dyad.dyad for of_dyad in told],
            "day": str(article.published_day),
        }
        self._put("coded", article.uri, {article.uri: coded})

    def _settle(self, told: ArticleReports) -> None:
        settled = ledger.settle(self._tables["ledger"].get, told)
        self._put("ledger", told.dyad, settled.changes)
        for contact in settled.contacts:
            self.contacts += contact.change == "reported"
            self._count(contact)

    def _count(self, contact: Contact) -> None:
        counted = rollups.countable(contact)
        for country in contact.dyad.split("-"):
            rolled = rollups.roll_up(self._tables["buckets"].get, counted, country)
            self._put("buckets", country, rolled.changes)

    def _put(self, table: str, source_key: str, changes: dict[str, Any]) -> None:
        """Write into the partition that the worker reads the source from."""
        partition = partition_of(self._settings, source_key)
        for key, value in changes.items():
            record = orjson.dumps(key), None if value is None else orjson.dumps(value)
            self._producer.send(changelog(self._settings, table), *reversed(record), partition=partition)
            self.records += 1
            self.bytes += sum(len(part or b"") for part in record)
            if value is None:
                self._tables[table].pop(key, None)
            else:
                self._tables[table][key] = value
