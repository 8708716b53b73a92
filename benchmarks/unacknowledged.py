"""A worker as Faust alone would have it: sends are left to themselves, offsets to Faust. For comparison only.

It loses and doubles records when it is stopped at the wrong moment; never run it on news.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

import orjson
from faust.transport.drivers import aiokafka as driver
from faust.types import EventT, StreamT

from streams import agents, app
from streams.delivery import App, Record, Transport
from streams.settings import load
from streams.state import State, _encoded


async def publish(app: App, topic: str, records: Sequence[Record]) -> None:
    """Enqueue the records."""
    for key, value, headers in records:
        await app.producer.send(topic, key, value, None, None, list(headers))


def finish(app: App, stream: StreamT[Any], event: EventT[Any]) -> Awaitable[bool]:
    """Acknowledge the event to Faust."""
    del app
    acked: Awaitable[bool] = stream.ack(event)
    return acked


async def put(state: State, partition: int, changes: Mapping[str, Any]) -> None:
    """Enqueue the changes, and count on them."""
    topic, store = state._table.changelog_topic, state._store  # noqa: SLF001 -- this stands in for a method
    for key, value in changes.items():
        name, raw = orjson.dumps(key), _encoded(value)
        await topic.send(
            key=name, value=raw, partition=partition, key_serializer="raw", value_serializer="raw"
        )
        if raw is None:
            store.data.pop(key, None)
        else:
            store.data[key] = raw
            store._key_partition[key] = partition  # noqa: SLF001 -- as above


_PLAIN: list[tuple[object, str, object]] = [
    (Transport, "Consumer", driver.Consumer),
    (Transport, "Producer", driver.Producer),
    (State, "put", put),
    (agents, "publish", publish),
    (agents, "finish", finish),
]


def main() -> int:
    """Run the worker with the settings of the environment."""
    for owner, name, plain in _PLAIN:
        setattr(owner, name, plain)
    context = app.create(load())
    agents.add(context)
    worker = context.app.Worker(loglevel="info", quiet=False, redirect_stdouts=False)
    worker.execute_from_commandline()
    return 0


if __name__ == "__main__":
    sys.exit(main())
