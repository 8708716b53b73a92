"""Ends a worker that makes no progress although there is work for it, so that its supervisor starts it anew.

Faust can stall for ever: in a recovery that meets a changelog record it cannot read, after a rebalance, or
after a broker came back. All of these look the same from outside: records wait, and nothing is finished.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import cast

from kafka.errors import KafkaError

from streams.app import Context
from streams.delivery import Consumer, fail_stop
from streams.lag import Lag
from streams.topics import TopicsError

log = logging.getLogger(__name__)

_LOOKS = 10  # per timeout


class StalledError(Exception):
    """Records wait, and nothing was finished for too long."""


class Watchdog(threading.Thread):
    """Looks on from a thread of its own: a stalled event loop cannot watch itself."""

    def __init__(self, context: Context) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._context = context
        self._timeout = context.settings.stall_timeout

    def run(self) -> None:
        """Look on until the process ends."""
        while True:
            time.sleep(self._timeout / _LOOKS)
            idle = time.monotonic() - self._consumer.last_progress
            if idle > self._timeout and (waiting := self._waiting()):
                error = StalledError(f"{waiting} records wait and none was finished for {idle:.0f} s")
                fail_stop("progress", error)

    @property
    def _consumer(self) -> Consumer:
        return cast("Consumer", self._context.app.consumer)

    def _waiting(self) -> int:
        """Count what waits in this worker's own partitions; others' are theirs to work on."""
        mine = {(tp.topic, tp.partition) for tp in self._consumer.assignment()}
        try:
            with Lag(self._context.settings) as lag:
                return sum(lag.read(only=mine).values())
        except (KafkaError, TopicsError) as error:  # the broker is away: that is no stall
            log.warning("cannot tell whether records wait: %s", error)
            return 0
