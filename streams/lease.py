"""How long a worker may write for the partitions that it was assigned, as far as it can know.

A process that was stopped for a while (SIGSTOP, a paused machine, a starved CPU) goes on where it was, and
does not know that its partitions belong to another meanwhile. aiokafka notices at the next heartbeat; what
the process sends before that would come too late. So every produce request asks first.

A lease runs from when a request was sent that the group's coordinator answered well: the broker got it later,
and so waits for longer. It ends with the session's timeout; with the rebalance's timeout, since the broker
puts out whoever is late to join, heartbeats or not; and at once when it no longer knows the member. A machine
whose clocks stand still with it cannot tell: there the next heartbeat decides.
"""

from __future__ import annotations

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

_WELL = 0
_PUT_OUT = (IllegalGenerationError.errno, UnknownMemberIdError.errno)


class LeaseError(Exception):
    """What was to be written may be another worker's to write."""


class Lease:
    """A member's lease of its partitions."""

    def __init__(self, *, session: float, rebalance: float) -> None:
        self._session = session
        self._rebalance = rebalance
        self._alive = -math.inf
        self._stable = -math.inf

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
            self._alive = self._stable = -math.inf
        elif error == _WELL:
            self._alive = self._stable = sent
        elif error == RebalanceInProgressError.errno:
            self._alive = sent

    def require(self) -> None:
        """Raise LeaseError where the partitions may be another worker's."""
        moment = now()
        if moment > self._alive + self._session:
            raise LeaseError(
                f"no answer from the group's coordinator to what was sent in the last {self._session:g} s: "
                "another worker may have the partitions by now"
            )
        if moment > self._stable + self._rebalance:
            raise LeaseError(
                f"a rebalance has waited for this worker for {self._rebalance:g} s: it goes on without it"
            )


def now() -> float:
    """Seconds that run on while the process is stopped, and while the machine sleeps where it can tell."""
    return time.clock_gettime(_CLOCK)


_CLOCK: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
