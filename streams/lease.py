"""Whether a worker may write for the partitions that it was assigned, as far as it can know.

A process that was stopped for a while (SIGSTOP, a paused machine, a starved CPU) goes on where it was, and
does not know that its partitions belong to another meanwhile. aiokafka notices at the next heartbeat; what
the process sends before that would come too late. So every produce request asks first.

A lease runs from when a request was sent that the group's coordinator answered well: the broker got it later,
and so waits for longer. It runs for the session's timeout, and for the rebalance's timeout, since the broker
puts out whoever is late to join, heartbeats or not. Whoever has none waits for the next answer: after a
broker's restart that is a good one. When the coordinator no longer knows the member, all is over. A machine
whose clocks stand still with it cannot tell; it finds out by the next heartbeat.
"""

from __future__ import annotations

import asyncio
import math
import time
from typing import Any

import aiokafka
from aiokafka.consumer.group_coordinator import GroupCoordinator
from aiokafka.errors import (
    IllegalGenerationError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)
from aiokafka.protocol.group import HeartbeatRequest, SyncGroupRequest

AIOKAFKA_VERSION = "0.14."

if not aiokafka.__version__.startswith(AIOKAFKA_VERSION):
    raise ImportError(
        f"streams.lease listens to internals of aiokafka {AIOKAFKA_VERSION}x, not {aiokafka.__version__}: "
        "read its changes, run tests/test_lease.py, then raise AIOKAFKA_VERSION"
    )

_LOOK_AGAIN = 0.05  # seconds
_WELL = 0
_PUT_OUT = (IllegalGenerationError.errno, UnknownMemberIdError.errno)


class LeaseError(Exception):
    """What was to be written is another worker's to write."""


class Lease:
    """A member's lease of its partitions."""

    def __init__(self, *, session: float, rebalance: float) -> None:
        self._session = session
        self._rebalance = rebalance
        self._alive = -math.inf
        self._stable = -math.inf
        self._times_put_out = 0
        self._is_out = False
        self._is_closed = False

    def listen(self, coordinator: GroupCoordinator) -> None:
        """Hear what the group's coordinator answers."""
        send = coordinator._send_req  # noqa: SLF001 -- the only place that all answers pass

        async def heard(request: object) -> Any:  # noqa: ANN401 -- whatever aiokafka makes of the answer
            sent = now()
            answer = await send(request)
            if isinstance(request, HeartbeatRequest | SyncGroupRequest):
                self.answered(sent, answer.error_code)
            return answer

        coordinator._send_req = heard  # noqa: SLF001 -- as above

    def answered(self, sent: float, error: int) -> None:
        """Take note of an answer to what was sent at a time."""
        if error in _PUT_OUT:
            self._times_put_out += 1
            self._is_out = True
        elif error == _WELL:
            self._alive = self._stable = sent
            self._is_out = False
        elif error == RebalanceInProgressError.errno:
            self._alive = sent

    def close(self) -> None:
        """Expect no more answers."""
        self._is_closed = True

    async def wait(self) -> None:
        """Return when the partitions are surely this worker's; raises LeaseError where they are not."""
        times = self._times_put_out
        while self._is_out or not self._runs():
            if self._is_out or self._times_put_out > times:
                raise LeaseError("the group has gone on without this worker: another has its partitions")
            if self._is_closed:
                raise LeaseError("the last heartbeat is too long ago, and there will be no other one")
            await asyncio.sleep(_LOOK_AGAIN)
        if self._times_put_out > times:
            raise LeaseError("the group went on without this worker, which has joined it again")

    def _runs(self) -> bool:
        return now() <= min(self._alive + self._session, self._stable + self._rebalance)


def now() -> float:
    """Seconds that run on while the process is stopped, and while the machine sleeps where it can tell."""
    return time.clock_gettime(_CLOCK)


_CLOCK: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
