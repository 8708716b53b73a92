"""Articles → the topic `articles`, acknowledged by the broker."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from kafka import KafkaProducer
from kafka.errors import KafkaError

from schemas import Article
from streams.settings import Settings
from streams.topics import MAX_UNPACKED_BYTES, Topics, TopicsError, admin, no_broker
from streams.wires import Refusal

_IN_FLIGHT = 500


@dataclass(slots=True)
class Fed:
    """What became of the input."""

    sent: int = 0
    refused: list[Refusal] = field(default_factory=list)


def feed(
    items: Iterable[Article | Refusal], settings: Settings, *, progress: Callable[[], None] = lambda: None
) -> Fed:
    """Send every article and wait for its acknowledgement; raises TopicsError without broker or topic."""
    topic = Topics.of(settings).articles
    producer = connect_producer(settings, "contactwire-feed")
    fed, pending = Fed(), []
    try:
        _require(settings, topic)
        for item in items:
            if isinstance(item, Refusal):
                fed.refused.append(item)
                progress()
                continue
            value = item.model_dump_json(exclude_none=True).encode()
            if len(value) > settings.max_article_bytes:
                limit = f"CONTACTWIRE_MAX_ARTICLE_BYTES={settings.max_article_bytes}"
                fed.refused.append(Refusal(item.uri, f"{len(value)} bytes where {limit}"))
                progress()
                continue
            pending.append((item.uri, producer.send(topic, key=item.uri.encode(), value=value)))
            if len(pending) >= _IN_FLIGHT:
                _settle(pending, fed, progress)
        _settle(pending, fed, progress)
    finally:
        producer.close()
    return fed


def connect_producer(settings: Settings, client_id: str) -> KafkaProducer:
    """Give an idempotent, fully acknowledged producer; raises TopicsError when no broker answers."""
    try:
        return KafkaProducer(
            client_id=client_id,
            acks="all",
            enable_idempotence=True,
            compression_type="gzip",
            linger_ms=5,
            max_request_size=MAX_UNPACKED_BYTES,
            **settings.client_options(),
        )
    except KafkaError as error:
        raise no_broker(settings, error) from None


def _require(settings: Settings, topic: str) -> None:
    """Say at once that a topic is missing: a producer would wait for it."""
    with admin(settings) as client:
        if topic not in client.list_topics():
            raise TopicsError(f"the topic {topic} does not exist: create it with `contactwire topics`")


def _settle(pending: list[tuple[str, object]], fed: Fed, progress: Callable[[], None]) -> None:
    for uri, sent in pending:
        try:
            sent.get(timeout=60)  # type: ignore[attr-defined]
            fed.sent += 1
        except KafkaError as error:
            fed.refused.append(Refusal(uri, f"the broker refused it: {error}"))
        progress()
    pending.clear()
