"""How far the workers are behind: records on their source topics that are not finished."""

from __future__ import annotations

import time
from collections.abc import Collection

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from streams.settings import Settings
from streams.topics import Topics, no_broker


def sources(settings: Settings) -> tuple[str, ...]:
    """Name the topics that the agents read, in the way of the data."""
    names = Topics.of(settings)
    return names.articles, names.reports, names.country_contacts


def lag(settings: Settings, only: Collection[tuple[str, int]] | None = None) -> dict[str, int]:
    """Count the unfinished records of every source topic; raises TopicsError without a broker.

    `only` restricts it to these topics and partitions.
    """
    try:
        consumer = KafkaConsumer(
            client_id="contactwire-lag",
            group_id=settings.app_id,
            enable_auto_commit=False,
            **settings.client_options(),
        )
    except KafkaError as error:
        raise no_broker(settings, error) from None
    try:
        return {topic: _behind(consumer, topic, only) for topic in sources(settings)}
    finally:
        consumer.close()


def _behind(consumer: KafkaConsumer, topic: str, only: Collection[tuple[str, int]] | None) -> int:
    numbers = consumer.partitions_for_topic(topic) or ()
    partitions = [TopicPartition(topic, p) for p in numbers if only is None or (topic, p) in only]
    starts, ends = consumer.beginning_offsets(partitions), consumer.end_offsets(partitions)
    return sum(ends[p] - max(consumer.committed(p) or 0, starts[p]) for p in partitions)


def wait_until_done(settings: Settings, *, timeout: float) -> bool:
    """Wait until nothing is unfinished on any source topic; False when that takes longer.

    The topics are looked at in the way of the data, so that what one agent finished has reached the next.
    """
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if not any(lag(settings).values()):
            return True
        time.sleep(0.3)
    return False
