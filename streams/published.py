"""What stands on a topic already, so that a worker that takes over does not publish it again.

A worker that dies between publishing contacts and writing its state leaves contacts whose reports are
delivered again, to the worker that takes over; that one comes to the same revisions, to the same bytes. It
reads the end of the topic, far enough back for what the dead one can have published without writing its
state, and leaves out what is there. What it does not find it publishes: at worst a revision comes twice.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from streams.delivery import Record
from streams.settings import Settings
from streams.topics import MAX_RECORD_BYTES

log = logging.getLogger(__name__)

_LEAST = 1000  # records of each partition: more than a batch of reports can publish
_MOST = 20_000
_A_REBALANCE = 90.0  # seconds that a rebalance may take, beyond the dead worker's session
_PATIENCE = 10.0  # a worker that is asked to end waits for it, too


class Published:
    """Remembers the end of a topic as of an assignment of partitions."""

    def __init__(self, settings: Settings, topic: str) -> None:
        self._settings = settings
        self._topic = topic
        self._generation: int | None = None
        self._there: set[bytes] = set()

    async def look(self, generation: int) -> None:
        """Read the end of the topic, once in each generation of the consumer group."""
        if generation != self._generation:
            self._there = await asyncio.to_thread(self._read)
            self._generation = generation

    def new(self, records: Sequence[Record]) -> list[Record]:
        """Give those records that did not stand there."""
        return [r for r in records if not self._there or _name(r[0], r[1]) not in self._there]

    def _read(self) -> set[bytes]:
        try:
            consumer = KafkaConsumer(
                client_id="contactwire-published",
                enable_auto_commit=False,
                max_partition_fetch_bytes=MAX_RECORD_BYTES,
                **self._settings.client_options(),
            )
            try:
                return set(_end(consumer, self._topic, self._settings.session_timeout + _A_REBALANCE))
            finally:
                consumer.close()
        except KafkaError as error:
            log.warning("cannot read what was published last, some may be published again: %s", error)
            return set()


def _end(consumer: KafkaConsumer, topic: str, seconds: float) -> Iterable[bytes]:
    """Name the records of the last seconds, and at least some of each partition."""
    partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
    consumer.assign(partitions)
    starts, ends = consumer.beginning_offsets(partitions), consumer.end_offsets(partitions)
    since = int((time.time() - seconds) * 1000)
    recent = consumer.offsets_for_times(dict.fromkeys(partitions, since))
    for p in partitions:
        at = recent[p].offset if recent[p] else ends[p]
        consumer.seek(p, max(starts[p], min(at, ends[p] - _LEAST), ends[p] - _MOST))
    deadline = time.monotonic() + _PATIENCE
    while any(consumer.position(p) < ends[p] for p in partitions) and time.monotonic() < deadline:
        for records in consumer.poll(timeout_ms=200).values():
            yield from (_name(record.key, record.value) for record in records)


def _name(key: bytes | None, value: bytes | None) -> bytes:
    return blake2b((key or b"") + b"\0" + (value or b""), digest_size=16).digest()
