"""How large the workers' state is: bytes for each contact, dyad and country-day, in changelogs and in memory.

Codes articles in this process and keeps the state as the workers do, without Kafka. Changelogs are measured
as key and value before compression, memory as Python objects of the tables (see `streams.state`).
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import click
import orjson

from schemas import Article, Contact
from streams import ledger, rollups
from streams.inbox import digest
from streams.outbox import by_dyad, for_countries
from streams.pool import Coding, make_coder
from streams.settings import load
from streams.wires import articles_in

_OF_LEDGER = {"a": "article", "c": "contact", "d": "day", "i": "index", "j": "journal"}
_ENTRY = 2 * 104  # bytes of a key's place in two dictionaries at their usual load


@dataclass
class Tables:
    """The three tables, in the bytes that they are held and written in."""

    coded: dict[str, bytes] = field(default_factory=dict)
    ledger: dict[str, bytes] = field(default_factory=dict)
    buckets: dict[str, bytes] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    reports: int = 0

    def tell(self, article: Article, coding: Coding) -> None:
        """Take one article the whole way."""
        told = by_dyad(article, coding, ())
        for record in told:
            self.reports += len(record.reports)
            settled = ledger.settle(lambda key: _read(self.ledger, key), record)
            self._put("ledger", settled.changes)
            for contact in settled.contacts:
                self._count(contact)
        if told:
            dyads = [record.dyad for record in told]
            day = str(article.published_day)
            known = {"version": article.version, "digest": digest(article), "dyads": dyads, "day": day}
            self._put("coded", {article.uri: known})

    def _count(self, contact: Contact) -> None:
        for country, value, _ in for_countries(contact):
            seen = Contact.model_validate_json(value or b"")
            rolled = rollups.roll_up(lambda key: _read(self.buckets, key), seen, country.decode())
            self._put("buckets", rolled.changes)

    def _put(self, name: str, changes: Mapping[str, Any]) -> None:
        table: dict[str, bytes] = getattr(self, name)
        for key, value in changes.items():
            raw = None if value is None else orjson.dumps(value)
            self.written[name] += len(orjson.dumps(key)) + len(raw or b"")
            if raw is None:
                table.pop(key, None)
            else:
                table[key] = raw


def _read(table: Mapping[str, bytes], key: str) -> Any:  # noqa: ANN401 -- whatever JSON is there
    return orjson.loads(table[key]) if key in table else None


def _rows(tables: Tables) -> Iterable[tuple[str, int, Mapping[str, bytes]]]:
    """Give what is counted, how many of it there are, and the state that it takes."""
    hours = {key: value for key, value in tables.buckets.items() if rollups.is_bucket(key)}
    indexes = {key: value for key, value in tables.buckets.items() if not rollups.is_bucket(key)}
    contacts = sum(key.split("|")[1] == "c" for key in tables.ledger)
    yield "ledger, a contact", contacts, tables.ledger
    yield "ledger, a report", tables.reports, tables.ledger
    yield "ledger, a dyad", len({key.split("|")[0] for key in tables.ledger}), tables.ledger
    for letter, name in _OF_LEDGER.items():
        kind = {key: value for key, value in tables.ledger.items() if key.split("|")[1] == letter}
        yield f"– {name} record", len(kind), kind
    yield "buckets, a country-day", len({key[: len("KAZ|2026-03-01")] for key in hours}), hours
    yield "buckets, a contact for one country", len(indexes), {**hours, **indexes}
    yield "– hour", len(hours), hours
    yield "– index of a contact", len(indexes), indexes
    yield "coded, an article with contacts", len(tables.coded), tables.coded


@click.command()
@click.argument("articles", type=click.Path(exists=True))
@click.option("--count", default=300, show_default=True, help="How many of the articles.")
def main(articles: str, count: int) -> None:
    """Print the table for the first of these ARTICLES that can be read."""
    coder, tables = make_coder(load()), Tables()
    read = (item for item in articles_in(articles) if isinstance(item, Article))
    for article in islice(read, count):
        tables.tell(article, Coding(coder.code(article), ledger.fingerprint(article.text)))
    click.echo("| what | number | bytes in the changelog, each | bytes in memory, each |")
    click.echo("| --- | ---: | ---: | ---: |")
    for name, number, state in _rows(tables):
        changelog = sum(len(orjson.dumps(key)) + len(value) for key, value in state.items())
        memory = sum(sys.getsizeof(key) + sys.getsizeof(value) + _ENTRY for key, value in state.items())
        each = max(number, 1)
        click.echo(f"| {name} | {number} | {changelog // each:,} | {memory // each:,} |")
    for name, size in tables.written.items():
        each = size // max(tables.reports, 1)
        click.echo(f"written to the changelog of {name} for each report, before compaction: {each:,} bytes")


if __name__ == "__main__":
    main()
