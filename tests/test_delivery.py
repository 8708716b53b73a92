"""What faust-streaming 0.15.3 gets wrong about offsets, and that ours does not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import pytest_asyncio
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from faust.types.tuples import ConsumerMessage

from streams import app as app_module
from streams.delivery import App, Consumer, Transport
from streams.lease import LeaseError
from streams.settings import read

PARTITION = TP("articles", 0)


async def _ignore(_: object) -> None:
    """Stand in for the streams: what is delivered stays in flight until it is finished."""


def _consumer(kind: type[driver.Consumer]) -> tuple[driver.Consumer, App]:
    context = app_module.create(read(bootstrap_servers="127.0.0.1:1"))
    app = context.app
    app.topics.acking_topics.add(PARTITION.topic)
    transport = Transport(app.conf.broker_consumer, app)
    consumer = kind(
        transport, callback=_ignore, on_partitions_revoked=_ignore, on_partitions_assigned=_ignore
    )
    return consumer, app


def _message(offset: int, app: App) -> ConsumerMessage:
    message = ConsumerMessage(PARTITION.topic, 0, offset, 0.0, 0, [], b"k", b"v", None, tp=PARTITION)
    message.generation_id = app.consumer_generation_id
    return message


async def _deliver(consumer: Consumer, app: App, *offsets: int) -> dict[int, ConsumerMessage]:
    messages = {offset: _message(offset, app) for offset in offsets}
    for message in messages.values():
        await consumer.callback(message)
    return messages


@pytest_asyncio.fixture
async def ours() -> tuple[Consumer, App]:
    consumer, app = _consumer(Consumer)
    assert isinstance(consumer, Consumer)
    app.on_rebalance_end()
    return consumer, app


async def test_an_offset_never_passes_a_message_in_flight(ours: tuple[Consumer, App]) -> None:
    consumer, app = ours
    messages = await _deliver(consumer, app, 10, 11, 12)
    consumer.finish(messages[11])
    consumer.finish(messages[12])
    assert consumer._new_offset(PARTITION) == 10
    consumer.finish(messages[10])
    assert consumer._new_offset(PARTITION) == 13


async def test_faust_passes_a_message_in_flight() -> None:
    """The reason for ours: committed up to 10, 10 in flight, 11 acknowledged, and Faust commits 12."""
    consumer, app = _consumer(driver.Consumer)
    consumer._committed_offset[PARTITION] = 10
    message = _message(11, app)
    consumer.ack(message)
    assert consumer._new_offset(PARTITION) == 12, "Faust mended it: see whether our consumer is still needed"


async def test_the_message_after_a_gap_is_waited_for(ours: tuple[Consumer, App]) -> None:
    """Compaction and transactions leave gaps; the first message behind one counts like any other."""
    consumer, app = ours
    messages = await _deliver(consumer, app, 10, 20)
    await consumer._add_gap(PARTITION, 11, 20)
    consumer.finish(messages[10])
    assert consumer._new_offset(PARTITION) == 20
    consumer.finish(messages[20])
    assert consumer._new_offset(PARTITION) == 21


async def test_nothing_is_delivered_during_a_rebalance(ours: tuple[Consumer, App]) -> None:
    """Faust fetches at the end of a recovery, then empties every queue: what was fetched would be gone."""
    consumer, app = ours
    delivered: list[int] = []

    async def stream(message: ConsumerMessage) -> None:
        delivered.append(message.offset)

    consumer._forward = stream
    app.on_rebalance_start()
    waiting = asyncio.create_task(consumer.callback(_message(4, app)))
    await asyncio.sleep(0.01)
    assert delivered == []
    assert consumer._new_offset(PARTITION) is None
    app.on_rebalance_end()
    await waiting
    assert delivered == [4]
    app.on_rebalance_start()
    stale = asyncio.create_task(consumer.callback(_message(5, app)))
    await asyncio.sleep(0.01)
    app.consumer_generation_id += 1
    app.on_rebalance_end()
    await stale
    assert delivered == [4]


async def test_what_faust_acknowledges_by_itself_releases_nothing(ours: tuple[Consumer, App]) -> None:
    """Faust acknowledges events that it skips, and events whose agent raised."""
    consumer, app = ours
    messages = await _deliver(consumer, app, 5)
    consumer.ack(messages[5])
    assert consumer._new_offset(PARTITION) == 5


async def test_a_message_of_an_earlier_assignment_releases_nothing(ours: tuple[Consumer, App]) -> None:
    consumer, app = ours
    stale = (await _deliver(consumer, app, 7))[7]
    app.consumer_generation_id += 1
    fresh = (await _deliver(consumer, app, 7))[7]
    consumer.finish(stale)
    assert consumer._new_offset(PARTITION) == 7
    consumer.finish(fresh)
    assert consumer._new_offset(PARTITION) == 8


async def test_only_partitions_that_were_read_are_committed(ours: tuple[Consumer, App]) -> None:
    consumer, app = ours
    assert consumer._new_offset(PARTITION) is None
    await _deliver(consumer, app, 3)
    other = TP("reports", 0)

    def by_topic(topics: set[Any] | None) -> list[TP]:
        return list(consumer._filter_tps_with_pending_acks(topics))

    assert by_topic(None) == by_topic({PARTITION}) == by_topic({"articles"}) == [PARTITION]
    assert by_topic({other}) == []


async def test_acknowledgements_take_no_memory(ours: tuple[Consumer, App]) -> None:
    consumer, app = ours
    messages = await _deliver(consumer, app, *range(1000))
    for message in messages.values():
        consumer.finish(message)
        consumer.ack(message)
    assert not consumer._in_flight[PARTITION]
    assert not consumer._acked.get(PARTITION)


async def test_a_worker_that_is_asked_to_end_waits_for_no_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked in the middle of a rebalance, the coordinator may be out of reach: sends would wait for ever."""
    app = app_module.create(read(bootstrap_servers="127.0.0.1:1")).app
    consumer = app.consumer
    assert isinstance(consumer, Consumer)
    in_order: list[str] = []

    async def wait_for_what_is_in_flight(_: object) -> None:
        with pytest.raises(LeaseError, match="there will be no other"):
            await consumer.lease.wait()
        in_order.append("waited")

    monkeypatch.setattr("faust.App._stop_consumer", wait_for_what_is_in_flight)
    await asyncio.wait_for(app._stop_consumer(), 5)
    assert in_order == ["waited"]


def test_the_producer_is_idempotent() -> None:
    context = app_module.create(read(bootstrap_servers="127.0.0.1:1"))
    producer = Transport(context.app.conf.broker_producer, context.app).create_producer()
    extra = producer._settings_extra()
    assert extra["enable_idempotence"] is True
    assert extra["acks"] == "all"


def test_nothing_listens() -> None:
    """Faust serves its tables to everybody unless told not to."""
    context = app_module.create(read(bootstrap_servers="127.0.0.1:1"))
    assert context.app.conf.web_enabled is False
