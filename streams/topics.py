"""Kafka topics by name and key, and their creation: every topic exists before the app subscribes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError, TopicAlreadyExistsError
from kafka.partitioner.default import murmur2

from streams.settings import Settings

Cleanup = Literal["delete", "compact", "compact,delete"]
TABLES = ("coded", "ledger", "buckets")
MAX_RECORD_BYTES = 4 * 1024 * 1024  # of a record of our own, as it travels: compressed
MAX_UNPACKED_BYTES = 64 * 1024 * 1024  # of any record; what others send may unpack to more than it travels as
MAX_TOLD_BYTES = 1024 * 1024  # of what one article says of one dyad, so that the ledger can keep it
MAX_CONTACT_BYTES = 3 * 1024 * 1024  # of a contact with all its reports
_MAX_LETTER_BYTES = 16 * 1024 * 1024  # as it travels; base64 does not compress well
_DAY_MS = 24 * 3600 * 1000


class TopicsError(Exception):
    """The topics cannot be brought into the wanted shape; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Topics:
    """Names of all topics under one prefix."""

    articles: str
    reports: str
    contacts: str
    country_contacts: str
    rollups: str
    dead_letters: str

    @classmethod
    def of(cls, settings: Settings) -> Topics:
        """Names under the settings' prefix."""
        prefix = settings.topic_prefix
        return cls(
            articles=settings.articles_topic or f"{prefix}articles",
            reports=f"{prefix}reports",
            contacts=f"{prefix}contacts",
            country_contacts=f"{prefix}country-contacts",
            rollups=f"{prefix}rollups",
            dead_letters=f"{prefix}dead-letters",
        )


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """What a topic should look like."""

    name: str
    key: str
    cleanup: Cleanup
    config: dict[str, str]


@dataclass(frozen=True, slots=True)
class TopicState:
    """What a topic looks like."""

    spec: TopicSpec
    partitions: int
    replication: int
    created: bool


def partition_of(settings: Settings, key: str) -> int:
    """Partition that a key's records have on every topic, by Kafka's own rule."""
    return int((murmur2(key.encode()) & 0x7FFFFFFF) % settings.partitions)


def changelog(settings: Settings, table: str) -> str:
    """Name of a table's changelog topic, as Faust forms it."""
    return f"{settings.app_id}-{table}-changelog"


def swapping(settings: Settings, origin: str = "") -> str:
    """Name of the topic that is there while a rebuild, from its origin, takes the place of what is served."""
    return f"{settings.app_id}-swapping-{origin}"


def specs(settings: Settings) -> list[TopicSpec]:
    """All topics that the app reads or writes."""
    names = Topics.of(settings)
    kept = {"cleanup.policy": "delete", "retention.ms": str(int(settings.retention_days * _DAY_MS))}
    ours = {"max.message.bytes": str(MAX_RECORD_BYTES)}
    compacted = {"cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.3", "segment.ms": str(_DAY_MS)}
    deleting = (
        (names.reports, "dyad"),
        (names.contacts, "contact id"),
        (names.country_contacts, "country"),
    )
    # A dead letter holds the original bytes in base64, so it may be larger than what it could not use.
    # A replayed letter is taken off by a null value, hence the compaction.
    letters = TopicSpec(
        names.dead_letters,
        "topic/partition/offset",
        "compact,delete",
        kept | {"cleanup.policy": "compact,delete", "max.message.bytes": str(_MAX_LETTER_BYTES)},
    )
    compacting = [(names.rollups, "country|hour"), *((changelog(settings, t), "state key") for t in TABLES)]
    return [
        TopicSpec(names.articles, "uri", "delete", kept),
        *(TopicSpec(name, key, "delete", kept | ours) for name, key in deleting),
        letters,
        *(TopicSpec(name, key, "compact", compacted | ours) for name, key in compacting),
    ]


def no_broker(settings: Settings, error: KafkaError) -> TopicsError:
    """Say that none could be reached, and what to do."""
    return TopicsError(
        f"no Kafka broker answers at {settings.bootstrap_servers} ({error}): start one with "
        "`contactwire broker`, or set KAFKA_BOOTSTRAP_SERVERS"
    )


@contextmanager
def admin(settings: Settings) -> Iterator[KafkaAdminClient]:
    """Admin client of the brokers; raises TopicsError when none answers."""
    try:
        client = KafkaAdminClient(client_id="contactwire-topics", **settings.client_options())
    except KafkaError as error:
        raise no_broker(settings, error) from None
    try:
        yield client
    finally:
        client.close()


def ensure(settings: Settings) -> list[TopicState]:
    """Create what is missing and say what is there; refuses to change the number of partitions."""
    wanted = specs(settings)
    with admin(settings) as client:
        before = _partitions(client, [spec.name for spec in wanted])
        _refuse_repartitioning(settings, before)
        missing = [spec for spec in wanted if spec.name not in before]
        if missing:
            _create(client, settings, missing)
        after = _partitions(client, [spec.name for spec in wanted])
    return [
        TopicState(spec, *after[spec.name], created=spec.name not in before)
        for spec in wanted
        if spec.name in after
    ]


def _create(client: KafkaAdminClient, settings: Settings, missing: list[TopicSpec]) -> None:
    new = {
        spec.name: {
            "num_partitions": settings.partitions,
            "replication_factor": settings.replication,
            "configs": spec.config,
        }
        for spec in missing
    }
    try:
        result = client.create_topics(new, timeout_ms=30_000, raise_errors=False, wait_for_metadata=True)
    except KafkaError as error:
        raise TopicsError(f"cannot create {', '.join(new)}: {error}") from error
    refused = {
        topic["name"]: topic["error_message"] or topic["error_code"]
        for topic in result["topics"]
        if topic["error_code"] not in {0, TopicAlreadyExistsError.errno}
    }
    if refused:
        raise TopicsError("cannot create " + "; ".join(f"{name}: {why}" for name, why in refused.items()))


def _partitions(client: KafkaAdminClient, names: list[str]) -> dict[str, tuple[int, int]]:
    """Partition count and replication factor of those topics that exist."""
    existing = set(client.list_topics()) & set(names)
    if not existing:
        return {}
    return {
        topic["name"]: (len(topic["partitions"]), max(len(p["replica_nodes"]) for p in topic["partitions"]))
        for topic in client.describe_topics(sorted(existing))
    }


def _refuse_repartitioning(settings: Settings, before: dict[str, tuple[int, int]]) -> None:
    """Keys decide on partitions, and tables live beside them: another number would scatter the state."""
    other = {name: count for name, (count, _) in before.items() if count != settings.partitions}
    if other:
        listed = "; ".join(
            f"{count} partitions: {', '.join(sorted(n for n in other if other[n] == count))}"
            for count in sorted(set(other.values()))
        )
        raise TopicsError(
            f"{listed}, where CONTACTWIRE_PARTITIONS={settings.partitions}: partitions cannot be "
            "taken away, and adding some would part keys from their state. Set the number that is there, or "
            "choose another CONTACTWIRE_TOPIC_PREFIX and CONTACTWIRE_APP_ID and feed the articles again"
        )
