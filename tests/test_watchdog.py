"""The watchdog ends a worker that stands still, and outlives a broker that is away."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any, Self, cast

import pytest
from faust.types import TP
from kafka.errors import KafkaTimeoutError

from streams import watchdog
from streams.topics import TopicsError
from streams.watchdog import StalledError, Watchdog


class _StopError(Exception):
    """Ends the watchdog's loop in a test."""


def _looks(monkeypatch: pytest.MonkeyPatch, answers: list[int | Exception], idle: float) -> list[object]:
    """Run a watchdog over what the broker answers; gives what it ended the process for."""
    ended: list[object] = []
    left = iter(answers)

    class Lag:
        def __init__(self, _: object) -> None:
            self.answer = next(left, _StopError())

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None: ...

        def read(self, only: object) -> dict[str, int]:
            assert only == {("articles", 0)}
            if isinstance(self.answer, Exception):
                raise self.answer
            return {"articles": self.answer}

    def fail_stop(_: str, error: BaseException) -> None:
        ended.append(error)

    consumer = SimpleNamespace(
        last_progress=time.monotonic() - idle,
        assignment=lambda: {TP("articles", 0)},
    )
    context = SimpleNamespace(
        settings=SimpleNamespace(stall_timeout=0.01), app=SimpleNamespace(consumer=consumer)
    )
    monkeypatch.setattr(watchdog, "Lag", Lag)
    monkeypatch.setattr(watchdog, "fail_stop", fail_stop)
    with pytest.raises(_StopError):
        Watchdog(cast("Any", context)).run()
    return ended


def test_a_worker_that_stands_still_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    (error,) = _looks(monkeypatch, [0, 3], idle=100)
    assert isinstance(error, StalledError)
    assert "3 records wait" in str(error)


def test_a_broker_that_is_away_ends_neither_worker_nor_watchdog(monkeypatch: pytest.MonkeyPatch) -> None:
    away: list[int | Exception] = [KafkaTimeoutError("no answer"), TopicsError("no broker"), 2]
    assert len(_looks(monkeypatch, away, idle=100)) == 1
