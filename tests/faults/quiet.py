"""The logs of a run in which nothing went wrong, made without a broker."""

from __future__ import annotations

import dataclasses
import json
import zlib
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any, cast

from schemas import Article, ArticleReports, Contact
from schemas.dead_letter import Reason
from streams.envelope import contact_headers
from streams.inbox import RefusedError, dead_letter
from tests.faults.fold import Tell, by_country, code, count, settle
from tests.faults.logs import OUTPUTS, SOURCES, Logs, Record, in_order

PARTITIONS = 2
ARRIVAL = 1_780_000_000.0
LIMIT = 900_000

Input = Article | tuple[bytes, bytes | None]


class _Topic:
    """A topic in memory."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.ends = dict.fromkeys(range(PARTITIONS), 0)

    def add(self, key: bytes, value: bytes | None, headers: Iterable[tuple[str, bytes]] = ()) -> None:
        number = zlib.crc32(key) % PARTITIONS
        self.records.append(Record(number, self.ends[number], ARRIVAL, key, value, tuple(headers)))
        self.ends[number] += 1


def quiet_logs(inputs: Iterable[Input], tell: Tell) -> Logs:
    """Run inputs through the sequential fold and write down what a worker would have written."""
    topics = {role: _Topic() for role in (*SOURCES, *OUTPUTS, "coded", "ledger", "buckets")}
    for one in inputs:
        topics["articles"].add(*(_sent(one) if isinstance(one, Article) else one))
    coded = code(topics["articles"].records, tell, LIMIT)
    for value in sorted(coded.reports, key=_version):
        topics["reports"].add(ArticleReports.model_validate_json(value).dyad.encode(), value)
    for place, (reason, key, bad) in coded.refused.items():
        letter = dead_letter(_message(place, key, bad), RefusedError(cast("Reason", reason), "of no use"))
        topics["dead_letters"].add(letter.letter_id.encode(), letter.model_dump_json().encode())
    settled = settle(topics["reports"].records)
    for contact in settled.contacts:
        topics["contacts"].add(
            contact.contact_id.encode(), contact.model_dump_json().encode(), contact_headers(contact)
        )
    for country, contact in by_country(settled.contacts):
        topics["country_contacts"].add(country.encode(), contact.model_dump_json().encode())
    ordered = in_order(topics["country_contacts"].records)
    counted = count(_read(record) for record in ordered)
    for table, shown in counted.tables.items():
        topics["rollups"].add(table, shown)
    for name, kept in (("coded", coded.state), ("ledger", settled.state), ("buckets", counted.state)):
        for state_key, state in kept.items():
            topics[name].add(json.dumps(state_key).encode(), json.dumps(state).encode())
    ends = {(role, number): topics[role].ends[number] for role in SOURCES for number in range(PARTITIONS)}
    records = {role: in_order(topic.records) for role, topic in topics.items()}
    return Logs({role: role for role in topics}, records, ends, ends)


def _sent(article: Article) -> tuple[bytes, bytes]:
    return article.uri.encode(), article.model_dump_json(exclude_none=True).encode()


def _version(value: bytes) -> tuple[int, bytes]:
    return ArticleReports.model_validate_json(value).article.version, value


def _read(record: Record) -> tuple[str, Any]:
    return (record.key or b"").decode(), Contact.model_validate_json(record.value or b"")


def _message(place: tuple[int, int], key: bytes | None, value: bytes | None) -> Any:  # noqa: ANN401 -- of Faust's own fields
    return SimpleNamespace(
        topic="articles", partition=place[0], offset=place[1], key=key, value=value, headers=[]
    )


def altered(logs: Logs, role: str, records: Iterable[Record]) -> Logs:
    """Give the logs with other records of a role."""
    return dataclasses.replace(logs, records={**logs.records, role: list(records)})
