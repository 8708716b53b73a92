"""The Faust app: topics by name and key, tables, agents; importable without a broker.

articles (uri) → code → reports (dyad) → settle → contacts (contact id) and country-contacts (country)
→ roll up → rollups (country|hour)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import faust

from streams.delivery import App
from streams.settings import Settings
from streams.state import State
from streams.topics import MAX_RECORD_BYTES, MAX_UNPACKED_BYTES, TABLES, Topics


@dataclass(frozen=True, slots=True)
class Context:
    """What the agents work with."""

    app: App
    settings: Settings
    topics: Topics
    coded: State
    ledger: State
    buckets: State

    def source(self, name: str) -> Any:  # noqa: ANN401 -- Faust's topic type is generic in what it never knows
        """Give a topic to read raw bytes from."""
        return self.app.topic(
            name,
            key_type=bytes,
            value_type=bytes,
            key_serializer="raw",  # without these Faust tries JSON on bytes, too
            value_serializer="raw",
            partitions=self.settings.partitions,
        )


def create(settings: Settings) -> Context:
    """Build the app and its tables; nothing connects before a worker starts."""
    app = App(
        settings.app_id,
        broker=[f"kafka://{server}" for server in settings.servers],
        broker_credentials=_credentials(settings),
        broker_session_timeout=settings.session_timeout,
        broker_heartbeat_interval=settings.session_timeout / 6,
        broker_request_timeout=max(90.0, settings.session_timeout + 10),
        broker_commit_interval=1.0,
        broker_max_poll_records=500,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=MAX_RECORD_BYTES,
        producer_acks=-1,
        producer_linger=0.0,
        producer_max_request_size=MAX_UNPACKED_BYTES,
        producer_compression_type="gzip",
        processing_guarantee="at_least_once",
        store="memory://",
        stream_wait_empty=True,
        stream_buffer_maxsize=4 * settings.coder_batch * settings.coder_processes,
        topic_partitions=settings.partitions,
        topic_replication_factor=settings.replication,
        topic_disable_leader=True,
        topic_allow_declare=False,
        web_enabled=False,
    )
    tables = {name: State(app, name, partitions=settings.partitions) for name in TABLES}
    return Context(app=app, settings=settings, topics=Topics.of(settings), **tables)


def _credentials(settings: Settings) -> object | None:
    context = settings.ssl_context()
    if settings.sasl_mechanism and settings.sasl_password:
        return faust.SASLCredentials(
            mechanism=settings.sasl_mechanism,
            username=settings.sasl_username,
            password=settings.sasl_password.get_secret_value(),
            ssl_context=context,
        )
    return faust.SSLCredentials(context) if context else None
