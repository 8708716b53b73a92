"""What stands on every topic and how far the workers have committed: all that the oracle may see."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from streams.settings import Settings
from streams.topics import MAX_RECORD_BYTES, TABLES, Topics, changelog

SOURCES = ("articles", "reports", "country_contacts")
OUTPUTS = ("contacts", "rollups", "dead_letters")

Place = tuple[str, int]  # role of a topic, partition


@dataclasses.dataclass(frozen=True, slots=True)
class Record:
    """One record; `timestamp` in seconds."""

    partition: int
    offset: int
    timestamp: float
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclasses.dataclass(frozen=True)
class Logs:
    """Records by the role of their topic, in the order of each partition; the roles' topics by name."""

    names: Mapping[str, str]
    records: Mapping[str, Sequence[Record]]
    committed: Mapping[Place, int]
    ends: Mapping[Place, int]

    def of(self, role: str) -> Sequence[Record]:
        """Give the records of a role."""
        return self.records[role]

    def finished(self, role: str) -> list[Record]:
        """Give the records of a source that the workers say they have finished."""
        return [r for r in self.records[role] if r.offset < self.committed.get((role, r.partition), 0)]


def in_order(records: Iterable[Record]) -> list[Record]:
    """Sort by partition and offset."""
    return sorted(records, key=lambda record: (record.partition, record.offset))


def latest(records: Iterable[Record]) -> dict[bytes, bytes]:
    """Last value of every key; a null value removes it."""
    values: dict[bytes, bytes] = {}
    for record in in_order(records):
        if record.value is None:
            values.pop(record.key or b"", None)
        else:
            values[record.key or b""] = record.value
    return values


def state(records: Iterable[Record]) -> dict[str, Any]:
    """Replay a changelog; what is no JSON is no state."""
    replayed = {}
    for key, value in latest(records).items():
        with contextlib.suppress(ValueError, RecursionError):
            replayed[json.loads(key)] = json.loads(value)
    return replayed


def names(settings: Settings) -> dict[str, str]:
    """Topic of every role."""
    public = dataclasses.asdict(Topics.of(settings))
    return {role: public[role] for role in (*SOURCES, *OUTPUTS)} | {
        table: changelog(settings, table) for table in TABLES
    }


def read_logs(settings: Settings) -> Logs:
    """Read it all; offsets first, so that what they promise must be in the records."""
    consumer = KafkaConsumer(
        bootstrap_servers=settings.servers,
        group_id=settings.app_id,
        enable_auto_commit=False,
        max_partition_fetch_bytes=MAX_RECORD_BYTES,
    )
    named = names(settings)
    numbers = range(settings.partitions)
    try:
        committed = {
            (role, n): consumer.committed(TopicPartition(named[role], n)) or 0
            for role in SOURCES
            for n in numbers
        }
        records = {role: _read(consumer, topic, settings.partitions) for role, topic in named.items()}
        ends = {
            (role, n): consumer.end_offsets([TopicPartition(named[role], n)])[TopicPartition(named[role], n)]
            for role in SOURCES
            for n in numbers
        }
    finally:
        consumer.close()
    return Logs(named, records, committed, ends)


def _read(consumer: KafkaConsumer, topic: str, partitions: int) -> list[Record]:
    assigned = [TopicPartition(topic, number) for number in range(partitions)]
    consumer.assign(assigned)
    consumer.seek_to_beginning(*assigned)
    ends = consumer.end_offsets(assigned)
    records: list[Record] = []
    while any(consumer.position(partition) < end for partition, end in ends.items()):
        for batch in consumer.poll(timeout_ms=500).values():
            records += [
                Record(r.partition, r.offset, r.timestamp / 1000, r.key, r.value, tuple(r.headers or ()))
                for r in batch
            ]
    return in_order(records)
