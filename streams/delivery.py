"""What faust-streaming 0.15 does not give: acknowledged sends, safe offsets, fail-stop.

- Offsets: Faust's own arithmetic can commit past a message that is still being worked on, and past the
  message after a gap. Here a partition's offset is the lowest one delivered and not yet finished, and only
  `finish` finishes a message: Faust also acknowledges what it skips or what failed.
- Sends: `publish` returns when all in-sync replicas have the record; the producer is idempotent.
- State: `streams.state` writes to the changelog in the same way, before the source can be finished.
- Fencing: nothing is sent without a lease on the partitions (see `streams.lease`); a worker that was stopped
  until the group went on without it ends. The idempotent producer does not do this: it knows the batches of
  one process, not that another took over. What remains is a request that left, or just passed the check, when
  the process or its network stopped, and that arrives late. Whoever took over wrote the same, since ids and
  revisions follow from the input alone: subscribers and rollups know that revision. In a changelog it may put
  an older value over a newer one, for the next recovery to read: `contactwire rebuild` finds that.
- Anything unforeseen ends the process at once (`fail_stop`); what was not finished is delivered again.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NoReturn, cast

import aiokafka
import faust
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, EventT, StreamT
from faust.types.tuples import Message

from streams.failpoints import reached
from streams.lease import Lease, LeaseError
from streams.restoring import ChangelogError, restore

FAUST_VERSION = "0.15.3"
EXIT_FAILED = 70

log = logging.getLogger(__name__)

Header = tuple[str, bytes]
Record = tuple[bytes, bytes | None, Sequence[Header]]  # key, value, headers

if faust.__version__ != FAUST_VERSION:
    raise ImportError(
        f"streams.delivery overrides internals of faust-streaming {FAUST_VERSION}, not {faust.__version__}: "
        "read its changes, run the regression tests in tests/test_delivery.py, then raise FAUST_VERSION"
    )


class Consumer(driver.Consumer):
    """Commits the lowest offset that is delivered and not finished."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- passed on as they come
        super().__init__(*args, **kwargs)
        self._in_flight: dict[TP, set[int]] = defaultdict(set)
        self._next: dict[TP, int] = {}
        self.last_progress = time.monotonic()
        self._forward: Callable[[Message], Awaitable[None]] = self.callback
        self.callback = self._deliver
        conf = self.app.conf
        self.lease = Lease(session=conf.broker_session_timeout, rebalance=conf.broker_rebalance_timeout)

    def _new_consumer_thread(self) -> driver.AIOKafkaConsumerThread:
        return _ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def _deliver(self, message: Message) -> None:
        if self.app.topics.acks_enabled_for(message.topic):
            # Faust fetches from the sources before a recovery is complete, and empties all queues when it is.
            await cast("App", self.app).sources_open.wait()
            if message.generation_id != self.app.consumer_generation_id:
                return
            self._in_flight[message.tp].add(message.offset)
            self._next[message.tp] = max(message.offset + 1, self._next.get(message.tp, 0))
        await self._forward(message)

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Any:  # noqa: ANN401, ASYNC109 -- Faust's
        generation = self.app.consumer_generation_id
        records = dict(await super()._getmany(active_partitions, timeout))
        if generation == self.app.consumer_generation_id:
            try:
                if restore(self.app, records):
                    self.last_progress = time.monotonic()
            except ChangelogError as error:
                fail_stop("recovery", error)
        return records

    def finish(self, message: Message) -> None:
        """Release the message's offset; ignored when its partition was assigned anew meanwhile."""
        if message.generation_id == self.app.consumer_generation_id:
            self._in_flight[message.tp].discard(message.offset)
            self.last_progress = time.monotonic()

    def ack(self, message: Message) -> bool:
        """Keep Faust's count of open messages without its offsets."""
        done: bool = super().ack(message)
        self._acked.pop(message.tp, None)
        self._acked_index.pop(message.tp, None)
        return done

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Forget gaps: an offset that was never delivered is never waited for."""

    def _filter_tps_with_pending_acks(self, topics: Iterable[Any] | None = None) -> Iterator[TP]:
        wanted = None if topics is None else set(topics)
        return (tp for tp in list(self._next) if wanted is None or tp in wanted or tp.topic in wanted)

    def _new_offset(self, tp: TP) -> int | None:
        in_flight = self._in_flight.get(tp)
        return min(in_flight) if in_flight else self._next.get(tp)

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        done: bool = await super()._commit(offsets)
        reached("commit")
        return done

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Forget what was in flight once Faust has committed what was finished."""
        await super().on_partitions_revoked(revoked)
        for tp in revoked:
            self._in_flight.pop(tp, None)
            self._next.pop(tp, None)

    async def perform_seek(self) -> None:
        """Start over at the committed offsets: everything after them is delivered again.

        aiokafka does not seek where nothing, or 0, is committed. What was fetched and dropped there before,
        as during a recovery, would never be delivered, and the next commit would pass it.
        """
        await super().perform_seek()
        self._in_flight.clear()
        self._next.clear()
        sources = {tp for tp in self.assignment() if self.app.topics.acks_enabled_for(tp.topic)}
        unmoved = {tp for tp in sources if not self._committed_offset[tp]}
        if unmoved:
            for tp, offset in (await self.earliest_offsets(*unmoved)).items():
                await self.seek(tp, offset)


class _ConsumerThread(driver.AIOKafkaConsumerThread):
    """Lets the consumer's lease hear what the group's coordinator answers."""

    async def on_start(self) -> None:
        await super().on_start()
        coordinator = self._ensure_consumer()._coordinator  # noqa: SLF001 -- the only way to it
        cast("Consumer", self.consumer).lease.listen(coordinator)

    async def on_thread_stop(self) -> None:
        cast("Consumer", self.consumer).lease.close()
        await super().on_thread_stop()


class Producer(driver.Producer):
    """Idempotent also outside transactions; sends nothing without a lease."""

    def _settings_extra(self) -> Mapping[str, Any]:
        return {"acks": "all", "enable_idempotence": True}

    def _new_producer(self, transactional_id: str | None = None) -> aiokafka.AIOKafkaProducer:
        producer = super()._new_producer(transactional_id)
        sender = producer._sender  # noqa: SLF001 -- every request passes it, first tries and repeated ones
        send = sender._send_produce_req  # noqa: SLF001 -- as above

        async def leased(node: int, batches: object) -> None:
            await producer.client.ready(node)  # a connection may take longer than the lease
            try:
                await cast("Consumer", self.app.consumer).lease.wait()
            except LeaseError as error:
                fail_stop("the lease", error)
            await send(node, batches)

        sender._send_produce_req = leased  # noqa: SLF001 -- as above
        return producer


class Transport(driver.Transport):
    """Faust's transport with the consumer and the producer above."""

    Consumer = Consumer
    Producer = Producer


class App(faust.App):
    """A Faust app on the transport above; it keeps nothing on disk."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- passed on as they come
        super().__init__(*args, **kwargs)
        self.sources_open = asyncio.Event()

    def on_rebalance_start(self) -> None:
        """Hold back the sources until the tables are there."""
        self.sources_open.clear()
        super().on_rebalance_start()

    def on_rebalance_end(self) -> None:
        """Let the sources flow."""
        super().on_rebalance_end()
        self.sources_open.set()

    async def _stop_consumer(self) -> None:
        """Wait for what is in flight, but not for heartbeats: a rebalance that is cut short brings none."""
        if self._consumer is not None:
            cast("Consumer", self._consumer).lease.close()
        await super()._stop_consumer()

    def _create_directories(self) -> None:
        """Create none: the tables live in memory and in their changelogs."""

    def _new_transport(self) -> Transport:
        return Transport(self.conf.broker_consumer, self)

    def _new_producer_transport(self) -> Transport:
        return Transport(self.conf.broker_producer, self)


async def publish(app: App, topic: str, records: Sequence[Record]) -> None:
    """Send key, value and headers of each record in order; returns when the brokers have acknowledged all."""
    sent = [
        await app.producer.send(topic, key, value, None, None, list(headers))
        for key, value, headers in records
    ]
    reached("send")
    await asyncio.gather(*sent)
    reached("ack")


def finish(app: App, stream: StreamT[Any], event: EventT[Any]) -> Awaitable[bool]:
    """Mark the event as done with: its offset may be committed."""
    cast("Consumer", app.consumer).finish(event.message)
    acked: Awaitable[bool] = stream.ack(event)
    reached("finish")
    return acked


def fail_stop(what: str, error: BaseException) -> NoReturn:
    """End the process at once, so that nothing unfinished can be committed."""
    log.critical("%s failed, stopping: %s", what, error, exc_info=error)
    logging.shutdown()
    os._exit(EXIT_FAILED)
