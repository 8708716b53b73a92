"""What a worker may conclude from the coordinator's answers, and that nothing is sent without a lease."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiokafka.protocol.group import HeartbeatRequest, LeaveGroupRequest, SyncGroupRequest
from faust.transport.drivers import aiokafka as driver

from streams import app as app_module
from streams import delivery, lease
from streams.delivery import Consumer, Transport
from streams.lease import Lease, LeaseError
from streams.settings import read

WELL, REBALANCING, STALE_GENERATION, UNKNOWN_MEMBER, NO_COORDINATOR = 0, 27, 22, 25, 15


class Clock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(lease, "now", clock)
    return clock


async def _holds(held: Lease) -> bool:
    try:
        await asyncio.wait_for(held.wait(), 0.01)
    except TimeoutError:
        return False
    return True


async def test_there_is_no_lease_before_the_group_was_joined() -> None:
    assert not await _holds(Lease(session=6, rebalance=60))


async def test_a_lease_ends_with_the_session_and_heartbeats_prolong_it(clock: Clock) -> None:
    held = Lease(session=6, rebalance=60)
    held.answered(clock.now, WELL)
    clock.now += 5.9
    assert await _holds(held)
    held.answered(clock.now - 1, WELL)
    clock.now += 4.9
    assert await _holds(held)
    clock.now += 0.2
    assert not await _holds(held), "counted from when the heartbeat was sent, not from its answer"


async def test_whoever_is_late_for_a_rebalance_is_put_out_in_spite_of_heartbeats(clock: Clock) -> None:
    held = Lease(session=6, rebalance=10)
    held.answered(clock.now, WELL)
    for _ in range(10):
        clock.now += 1
        held.answered(clock.now, REBALANCING)
        assert await _holds(held)
    clock.now += 1
    held.answered(clock.now, REBALANCING)
    assert not await _holds(held)
    held.answered(clock.now, WELL)
    assert await _holds(held), "it has joined"


@pytest.mark.parametrize("error", [STALE_GENERATION, UNKNOWN_MEMBER])
async def test_a_member_that_the_coordinator_does_not_know_has_no_lease(clock: Clock, error: int) -> None:
    held = Lease(session=6, rebalance=60)
    held.answered(clock.now, WELL)
    held.answered(clock.now, error)
    with pytest.raises(LeaseError, match="another has its partitions"):
        await held.wait()
    held.answered(clock.now, WELL)
    assert await _holds(held), "it has joined again"


async def test_a_coordinator_that_moves_neither_prolongs_nor_ends_a_lease(clock: Clock) -> None:
    held = Lease(session=6, rebalance=60)
    held.answered(clock.now, WELL)
    clock.now += 5
    held.answered(clock.now, NO_COORDINATOR)
    assert await _holds(held)
    clock.now += 2
    assert not await _holds(held)


async def test_after_a_brokers_restart_the_next_heartbeat_lets_the_worker_go_on(clock: Clock) -> None:
    held = Lease(session=6, rebalance=60)
    held.answered(clock.now, WELL)
    clock.now += 30
    waiting = asyncio.create_task(held.wait())
    await asyncio.sleep(0.1)
    assert not waiting.done()
    held.answered(clock.now, WELL)
    await asyncio.wait_for(waiting, 1)


async def test_whoever_waits_is_not_let_on_by_joining_again(clock: Clock) -> None:
    """What waits was made from partitions that another has had meanwhile."""
    held = Lease(session=6, rebalance=60)
    held.answered(clock.now, WELL)
    clock.now += 30
    waiting = asyncio.create_task(held.wait())
    await asyncio.sleep(0)
    held.answered(clock.now, UNKNOWN_MEMBER)
    held.answered(clock.now, WELL)
    with pytest.raises(LeaseError, match="joined it again"):
        await asyncio.wait_for(waiting, 1)


async def test_nobody_waits_for_heartbeats_that_do_not_come(clock: Clock) -> None:
    """A worker that is told to stop while the brokers are away must end."""
    held = Lease(session=6, rebalance=60)
    held.answered(clock.now, WELL)
    held.close()
    assert await _holds(held), "what was begun may be finished"
    clock.now += 7
    with pytest.raises(LeaseError, match="no other one"):
        await held.wait()


async def test_the_answers_that_count_are_those_to_heartbeats_and_joins(clock: Clock) -> None:
    async def answer(request: object) -> object:
        clock.now += 2
        return SimpleNamespace(error_code=WELL, request=request)

    coordinator = cast("Any", SimpleNamespace(_send_req=answer))
    held = Lease(session=6, rebalance=60)
    held.listen(coordinator)
    await coordinator._send_req(LeaveGroupRequest("group", "member"))
    assert not await _holds(held)
    await coordinator._send_req(SyncGroupRequest("group", 1, "member", None, []))
    assert await _holds(held)
    clock.now += 3
    await coordinator._send_req(HeartbeatRequest("group", 1, "member"))
    clock.now += 4
    assert await _holds(held)
    clock.now += 0.1
    assert not await _holds(held)


async def test_nothing_is_sent_without_a_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    context = app_module.create(read(bootstrap_servers="127.0.0.1:1"))
    producer = Transport(context.app.conf.broker_producer, context.app).create_producer()
    assert isinstance(producer, delivery.Producer)
    events: list[str] = []

    async def send(*_: object) -> None:
        events.append("sent")

    async def ready(*_: object) -> bool:
        return True

    def fail_stop(what: str, error: BaseException) -> None:
        events.append(what)
        raise error

    monkeypatch.setattr("aiokafka.producer.sender.Sender._send_produce_req", send)
    monkeypatch.setattr("aiokafka.client.AIOKafkaClient.ready", ready)
    monkeypatch.setattr(delivery, "fail_stop", fail_stop)
    client = producer._new_producer()
    consumer = context.app.consumer
    assert isinstance(consumer, Consumer)
    consumer.lease.answered(lease.now(), UNKNOWN_MEMBER)
    with pytest.raises(LeaseError):
        await client._sender._send_produce_req(0, {})
    assert events == ["the lease"]
    consumer.lease.answered(lease.now(), WELL)
    await client._sender._send_produce_req(0, {})
    assert events == ["the lease", "sent"]
    await client.stop()


def test_the_consumers_thread_is_the_one_that_listens() -> None:
    context = app_module.create(read(bootstrap_servers="127.0.0.1:1"))
    consumer = context.app.consumer
    assert isinstance(consumer, driver.Consumer)
    assert consumer._new_consumer_thread().on_start.__func__ is not driver.AIOKafkaConsumerThread.on_start
