"""What the tests share: one real broker for the session, fresh names on it, and ways to write and read."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from typing import Protocol

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient

from streams.broker import borrowed_broker
from streams.settings import Settings, read


class Produce(Protocol):
    """Write values to a topic, each acknowledged by the broker."""

    def __call__(self, topic: str, *values: bytes | None, key: bytes | None = None) -> None: ...


class Consume(Protocol):
    """Read a topic from its beginning: what it holds now, or until `count` records are there."""

    def __call__(self, topic: str, count: int | None = None, timeout: float = 30) -> list[Record]: ...


class Record(Protocol):
    """A record as kafka-python gives it."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the broker, so that `-m "not integration"` leaves it out."""
    for item in items:
        if "kafka" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.integration)


@pytest.fixture(scope="session")
def kafka() -> Iterator[str]:
    """Address of the session's broker: the environment's, one in Docker, or the embedded one."""
    with borrowed_broker() as borrowed:
        yield borrowed.bootstrap


@pytest.fixture
def fresh_settings(kafka: str) -> Callable[..., Settings]:
    """Make settings for the session's broker under topics and a group that no other test uses."""

    def make(**overrides: object) -> Settings:
        name = f"t{uuid.uuid4().hex[:10]}"
        fresh: dict[str, object] = {
            "bootstrap_servers": kafka,
            "topic_prefix": f"{name}.",
            "app_id": name,
            "partitions": 2,
            "session_timeout": 6,
        }
        return read(**(fresh | overrides))

    return make


@pytest.fixture
def fresh_topic(kafka: str) -> Callable[..., str]:
    """Create topics that no other test uses."""

    def make(partitions: int = 1, **configs: str) -> str:
        name = f"t{uuid.uuid4().hex[:10]}"
        with KafkaAdminClient(bootstrap_servers=kafka) as admin:
            topic = {"num_partitions": partitions, "replication_factor": 1, "configs": configs}
            admin.create_topics({name: topic}, timeout_ms=30_000, wait_for_metadata=True)
        return name

    return make


@pytest.fixture
def produce(kafka: str) -> Produce:
    """Write to topics of the session's broker."""
    return producing(kafka)


@pytest.fixture
def consume(kafka: str) -> Consume:
    """Read topics of the session's broker."""
    return consuming(kafka)


@pytest.fixture
def to_broker() -> Callable[[str], tuple[Produce, Consume]]:
    """Write to and read from another broker than the session's."""
    return lambda bootstrap: (producing(bootstrap), consuming(bootstrap))


def producing(bootstrap: str) -> Produce:
    """Make a function that writes to topics of a broker."""

    def write(topic: str, *values: bytes | None, key: bytes | None = None) -> None:
        producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", max_block_ms=30_000)
        try:
            for sent in [producer.send(topic, value, key=key) for value in values]:
                sent.get(timeout=30)
        finally:
            producer.close(timeout=10)

    return write


def consuming(bootstrap: str) -> Consume:
    """Make a function that reads topics of a broker."""

    def fetch(topic: str, count: int | None = None, timeout: float = 30) -> list[Record]:
        consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
        try:
            return _fetch(consumer, topic, count, time.monotonic() + timeout)
        finally:
            consumer.close()

    return fetch


def _fetch(consumer: KafkaConsumer, topic: str, count: int | None, deadline: float) -> list[Record]:
    partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
    assert partitions, f"there is no topic {topic}"
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    ends = consumer.end_offsets(partitions)
    records: list[Record] = []
    while _wants_more(consumer, ends, len(records), count):
        assert time.monotonic() < deadline, f"{topic}: {len(records)} records of {count or ends} came in time"
        for batch in consumer.poll(timeout_ms=200).values():
            records += batch
    return records


def _wants_more(
    consumer: KafkaConsumer, ends: dict[TopicPartition, int], got: int, count: int | None
) -> bool:
    if count is not None:
        return got < count
    return any(consumer.position(partition) < end for partition, end in ends.items())
