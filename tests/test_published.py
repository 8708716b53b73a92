"""A worker that takes over does not publish what stands on the topic already."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from streams import published
from streams.delivery import Record
from streams.published import Published
from streams.settings import Settings, read


def _record(number: int, text: bytes = b"{}") -> Record:
    return f"c-{number}".encode(), text, [("ce_id", b"1")]


async def test_what_stands_there_is_left_out(
    fresh_settings: Callable[..., Settings], fresh_topic: Callable[..., str], produce: Callable[..., None]
) -> None:
    topic = fresh_topic(partitions=2)
    for number in range(3):
        produce(topic, b"{}", key=f"c-{number}".encode())
    there = Published(fresh_settings(), topic)
    await there.look(1)
    wanted = [_record(2), _record(3), _record(1, b"another text"), _record(0)]
    assert there.new(wanted) == [_record(3), _record(1, b"another text")]
    produce(topic, b"{}", key=b"c-3")
    await there.look(1)
    assert there.new(wanted[1:2]) == [_record(3)], "read once in a generation"
    await there.look(2)
    assert there.new(wanted[1:2]) == []


async def test_the_end_of_a_long_topic_is_enough(
    fresh_settings: Callable[..., Settings],
    fresh_topic: Callable[..., str],
    produce: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Old records are not read, but for the last ones of each partition."""
    monkeypatch.setattr(published, "_LEAST", 3)
    monkeypatch.setattr(published, "_A_REBALANCE", -7.0)  # with the session's 6 s: nothing is recent
    topic = fresh_topic()
    produce(topic, *(f"{n}".encode() for n in range(10)), key=b"c-0")
    there = Published(fresh_settings(), topic)
    await there.look(1)
    assert [r[1] for r in there.new([_record(0, f"{n}".encode()) for n in range(10)])] == [
        f"{n}".encode() for n in range(7)
    ]


async def test_without_an_answer_everything_is_published() -> None:
    """It only spares readers the same bytes twice: no reason to wait, or to stop."""
    there = Published(read(bootstrap_servers="127.0.0.1:1"), "contacts")
    await there.look(1)
    assert there.new([_record(0)]) == [_record(0)]
