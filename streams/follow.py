"""Reading topics for people: from an offset onwards, or the latest value of every key."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from streams.settings import Settings
from streams.topics import MAX_RECORD_BYTES, TopicsError, no_broker


@dataclass(frozen=True, slots=True)
class Record:
    """One record as read."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


class Follower:
    """Reads all partitions of one topic, without a consumer group."""

    def __init__(self, topic: str, settings: Settings, *, from_beginning: bool) -> None:
        try:
            self._consumer = KafkaConsumer(
                client_id="contactwire-follow",
                enable_auto_commit=False,
                max_partition_fetch_bytes=MAX_RECORD_BYTES,
                **settings.client_options(),
            )
            partitions = self._consumer.partitions_for_topic(topic)
        except KafkaError as error:
            raise no_broker(settings, error) from None
        if not partitions:
            self._consumer.close()
            raise TopicsError(f"the topic {topic} does not exist: create it with `contactwire topics`")
        self._assigned = [TopicPartition(topic, p) for p in sorted(partitions)]
        self._consumer.assign(self._assigned)
        if from_beginning:
            self._consumer.seek_to_beginning(*self._assigned)
        else:
            self._consumer.seek_to_end(*self._assigned)
            for partition in self._assigned:  # the end is meant as of now, not as of the first poll
                self._consumer.position(partition)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()

    def poll(self, seconds: float) -> list[Record]:
        """Wait at most that long for records."""
        batches = self._consumer.poll(timeout_ms=int(seconds * 1000))
        return [
            Record(r.partition, r.offset, r.key, r.value, tuple(r.headers or ()))
            for records in batches.values()
            for r in records
        ]

    def to_end(self, *, timeout: float = 60.0) -> Iterator[Record]:
        """Read up to where the topic ends now; raises TopicsError when that takes too long."""
        ends = self._consumer.end_offsets(self._assigned)
        deadline = time.monotonic() + timeout
        while any(self._consumer.position(p) < end for p, end in ends.items()):
            if time.monotonic() > deadline:
                raise TopicsError(f"the end of {self._assigned[0].topic} was not reached in {timeout:g} s")
            yield from self.poll(0.5)

    def forever(self) -> Iterator[Record]:
        """Read on without end."""
        while True:
            yield from self.poll(0.5)


def latest(records: Iterable[Record]) -> dict[bytes, bytes]:
    """Keep the last value of every key; a null value removes it."""
    values: dict[bytes, bytes] = {}
    apply(values, records)
    return values


def apply(values: dict[bytes, bytes], records: Iterable[Record]) -> None:
    """Bring such values up to date with further records."""
    for record in records:
        if record.key is None:
            continue
        if record.value is None:
            values.pop(record.key, None)
        else:
            values[record.key] = record.value
