"""How far the workers are behind: records on their source topics that are not finished."""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Self

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from streams.settings import Settings
from streams.topics import Topics, no_broker


def sources(settings: Settings) -> tuple[str, ...]:
    """Name the topics that the agents read, in the way of the data."""
    names = Topics.of(settings)
    return names.articles, names.reports, names.country_contacts


class Lag:
    """Counts what is behind, over one connection; raises TopicsError without a broker."""

    def __init__(self, settings: Settings) -> None:
        self._sources = sources(settings)
        try:
            self._consumer = KafkaConsumer(
                client_id="contactwire-lag",
                group_id=settings.app_id,
                enable_auto_commit=False,
                **settings.client_options(),
            )
        except KafkaError as error:
            raise no_broker(settings, error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()

    def read(self, only: Collection[tuple[str, int]] | None = None) -> dict[str, int]:
        """Count the unfinished records of every source topic, or of these topics and partitions only."""
        return {topic: self._behind(topic, only) for topic in self._sources}

    def _behind(self, topic: str, only: Collection[tuple[str, int]] | None) -> int:
        numbers = self._consumer.partitions_for_topic(topic) or ()
        partitions = [TopicPartition(topic, p) for p in numbers if only is None or (topic, p) in only]
        starts, ends = self._consumer.beginning_offsets(partitions), self._consumer.end_offsets(partitions)
        return sum(ends[p] - max(self._consumer.committed(p) or 0, starts[p]) for p in partitions)


def wait_until_done(settings: Settings, *, timeout: float) -> bool:
    """Wait until nothing is unfinished on any source topic; False when that takes longer.

    The topics are looked at in the way of the data, so that what one agent finished has reached the next.
    """
    deadline = time.monotonic() + timeout
    with Lag(settings) as lag:
        while any(lag.read().values()):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.3)
    return True
