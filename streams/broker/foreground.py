"""The embedded Kafka for a terminal or a service: runs until it is told to stop."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from streams.broker.embedded import EmbeddedKafka


def run_foreground(port: int | None, data_dir: Path | None, announce: Callable[[str], object]) -> None:
    """Run Kafka until SIGINT or SIGTERM; `announce` is given its address once it answers.

    Raises BrokerError when Kafka does not start or ends by itself.
    """
    with _interruptible():
        try:
            with EmbeddedKafka(data_dir, port) as kafka:
                announce(kafka.bootstrap)
                kafka.wait()
        except KeyboardInterrupt:
            return


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let SIGINT and SIGTERM raise KeyboardInterrupt, also where a shell has SIGINT ignored."""
    signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, _interrupt) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
