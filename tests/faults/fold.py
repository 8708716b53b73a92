"""The quiet sequential run: what must follow from the records of a source, one after the other, no faults.

The rules of coding are told here once more; the ledger's and the tables' are the product's pure functions.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from schemas import Article, ArticleRef, ArticleReports, Contact, Report
from streams import ledger, rollups
from streams.inbox import RefusedError, digest, read_article, read_record
from streams.topics import MAX_CONTACT_BYTES, MAX_TOLD_BYTES
from tests.faults.logs import Record, in_order

Tell = Callable[[Article], list[Report]]  # raises for an article that a coder cannot code
Refused = dict[tuple[int, int], tuple[str, bytes | None, bytes | None]]  # by place: reason, key, value


@dataclasses.dataclass
class Coded:
    """What follows from articles: values for `reports`, the state, bad records by place, what counts now."""

    reports: set[bytes] = dataclasses.field(default_factory=set)
    state: dict[str, Any] = dataclasses.field(default_factory=dict)
    refused: Refused = dataclasses.field(default_factory=dict)
    valid: dict[str, tuple[Article, list[Report]]] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Settled:
    """What follows from reports: contacts in order, the state, and by place what cannot be settled."""

    contacts: list[Contact] = dataclasses.field(default_factory=list)
    state: dict[str, Any] = dataclasses.field(default_factory=dict)
    refused: Refused = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Counted:
    """What follows from contacts: the tables by key, and the state."""

    tables: dict[bytes, bytes] = dataclasses.field(default_factory=dict)
    state: dict[str, Any] = dataclasses.field(default_factory=dict)


def code(records: Iterable[Record], tell: Tell, limit: int) -> Coded:
    """Code every article that is neither refused nor known."""
    coded = Coded()
    for record in in_order(records):
        try:
            article = read_article(record.value, limit=limit)
            _code(coded, article, record, tell)
        except RefusedError as refused:
            coded.refused[record.partition, record.offset] = refused.reason, record.key, record.value
    return coded


def _code(coded: Coded, article: Article, record: Record, tell: Tell) -> None:
    known = coded.state.get(article.uri)
    version = (article.version, digest(article))
    before = known or {"version": 0, "digest": "", "dyads": []}
    if version <= (before["version"], before["digest"]):
        return
    usable = article.status == "usable"
    try:
        reports = tell(article) if usable else []
    except Exception as error:
        raise RefusedError("poison", str(error)) from error
    ref = ArticleRef(
        **{name: getattr(article, name) for name in ("uri", "version", "published", "source", "title")},
        fingerprint=ledger.fingerprint(article.text) if usable else None,
    )
    now = {report.dyad for report in reports}
    dyads = sorted(now | set(before["dyads"]))
    told = [
        ArticleReports(article=ref, dyad=dyad, reports=[r for r in reports if r.dyad == dyad])
        for dyad in dyads
    ]
    values = {one.model_dump_json().encode() for one in told}
    if any(len(value) > MAX_TOLD_BYTES for value in values):
        raise RefusedError("oversize", "it says too much")
    coded.reports |= values
    coded.valid[article.uri] = article, reports
    if dyads or article.version > 1 or not usable:
        arrival = dt.datetime.fromtimestamp(record.timestamp, dt.UTC).date()
        coded.state[article.uri] = {
            "version": version[0],
            "digest": version[1],
            "dyads": [dyad for dyad in dyads if dyad in now],
            "day": str(article.published_day or arrival),
        }


def settle(records: Iterable[Record]) -> Settled:
    """Settle every record of `reports`."""
    settled = Settled()
    for record in in_order(records):
        result = ledger.settle(settled.state.get, read_record(ArticleReports, record.value))
        if any(len(contact.model_dump_json().encode()) > MAX_CONTACT_BYTES for contact in result.contacts):
            settled.refused[record.partition, record.offset] = "oversize", record.key, record.value
            continue
        settled.contacts += result.contacts
        _write(settled.state, result.changes)
    return settled


def count(contacts: Iterable[tuple[str, Contact]]) -> Counted:
    """Count revisions of contacts, each for a country."""
    counted = Counted()
    for country, contact in contacts:
        result = rollups.roll_up(counted.state.get, contact, country)
        for key, rollup in result.rollups.items():
            if rollup is None:
                counted.tables.pop(key.encode(), None)
            else:
                counted.tables[key.encode()] = rollup.model_dump_json().encode()
        _write(counted.state, result.changes)
    return counted


def by_country(contacts: Iterable[Contact]) -> list[tuple[str, Contact]]:
    """Give every contact to both of its countries, as they see it."""
    return [(c, x.model_copy(update={"reports": []})) for x in contacts for c in x.dyad.split("-")]


def _write(kept: dict[str, Any], changes: dict[str, Any]) -> None:
    for key, value in changes.items():
        if value is None:
            kept.pop(key, None)
        else:
            kept[key] = value
