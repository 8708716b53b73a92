"""Where topics begin and end, and where a group stands on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from streams.settings import Settings
from streams.topics import TopicsError, no_broker

Offsets = dict[TopicPartition, int]


def beginnings(settings: Settings, topic: str) -> dict[int, int]:
    """Give the first offset of each partition that retention has left."""
    with _consumer(settings) as consumer:
        found: Offsets = consumer.beginning_offsets(_partitions(consumer, topic))
    return {tp.partition: offset for tp, offset in found.items()}


def ends(settings: Settings, *topics: str) -> Offsets:
    """Give the end of each partition of some topics."""
    with _consumer(settings) as consumer:
        found: Offsets = consumer.end_offsets([tp for t in topics for tp in _partitions(consumer, t)])
    return found


def committed(settings: Settings, topic: str) -> Offsets:
    """Give what the group has finished of a topic."""
    with _consumer(settings) as consumer:
        found = {tp: consumer.committed(tp) for tp in _partitions(consumer, topic)}
    return {tp: offset for tp, offset in found.items() if offset is not None}


def _partitions(consumer: KafkaConsumer, topic: str) -> list[TopicPartition]:
    numbers = consumer.partitions_for_topic(topic)
    if not numbers:
        raise TopicsError(f"the topic {topic} does not exist: create it with `contactwire topics`")
    return [TopicPartition(topic, number) for number in sorted(numbers)]


@contextmanager
def _consumer(settings: Settings) -> Iterator[KafkaConsumer]:
    try:
        consumer = KafkaConsumer(
            client_id="contactwire-rebuild",
            group_id=settings.app_id,
            enable_auto_commit=False,
            **settings.client_options(),
        )
    except KafkaError as error:
        raise no_broker(settings, error) from None
    try:
        yield consumer
    finally:
        consumer.close()
