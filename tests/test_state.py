"""What a table holds after writes, and that a write counts only when its changelog has it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
from faust.types import TP

from streams import app as app_module
from streams.settings import read
from streams.state import State


class Changelog:
    """A changelog topic that acknowledges when told to."""

    def __init__(self) -> None:
        self.records: list[tuple[bytes, bytes | None, int]] = []
        self.open: list[asyncio.Future[Any]] = []

    def get_topic_name(self) -> str:
        return "changelog"

    async def send(self, *, key: bytes, value: bytes | None, partition: int, **_: object) -> Any:  # noqa: ANN401
        self.records.append((key, value, partition))
        self.open.append(asyncio.get_running_loop().create_future())
        return self.open[-1]

    def acknowledge(self) -> None:
        first = len(self.records) - len(self.open)
        for number, future in enumerate(self.open):
            future.set_result(SimpleNamespace(offset=first + number))
        self.open.clear()


@pytest_asyncio.fixture
async def written(monkeypatch: pytest.MonkeyPatch) -> tuple[State, Changelog]:
    context = app_module.create(read(bootstrap_servers="127.0.0.1:1"))
    changelog = Changelog()
    table = type(context.ledger._table)
    monkeypatch.setattr(table, "changelog_topic", property(lambda _: changelog))
    return context.ledger, changelog


async def _put(state: State, changelog: Changelog, partition: int, **changes: object) -> None:
    putting = asyncio.create_task(state.put(partition, changes))
    await asyncio.sleep(0)
    changelog.acknowledge()
    await putting


async def test_a_write_counts_when_its_changelog_has_it(written: tuple[State, Changelog]) -> None:
    state, changelog = written
    putting = asyncio.create_task(state.put(1, {"KAZ|c": {"n": 1}}))
    await asyncio.sleep(0.01)
    assert changelog.records == [(b'"KAZ|c"', b'{"n":1}', 1)]
    assert state.get("KAZ|c") is None
    assert not putting.done()
    changelog.acknowledge()
    await putting
    assert state.get("KAZ|c") == {"n": 1}


async def test_a_deleted_key_leaves_a_tombstone_and_takes_no_memory(
    written: tuple[State, Changelog],
) -> None:
    state, changelog = written
    await _put(state, changelog, 1, a={"n": 1})
    await _put(state, changelog, 1, a=None)
    assert changelog.records[-1] == (b'"a"', None, 1)
    assert state.get("a") is None
    assert not state._store.data
    assert not state._store._key_partition, "Faust looks through these keys after every recovery"


async def test_what_is_kept_takes_no_more_memory_than_its_bytes(written: tuple[State, Changelog]) -> None:
    """The encoder gives small values in large buffers: 100,000 of them would keep 400 MB."""
    state, changelog = written
    before = _resident()
    for number in range(20):
        await _put(state, changelog, 1, **{f"{number}-{n}": {"n": n} for n in range(500)})
        changelog.records.clear()
    assert _resident() - before < 20 * 500 * 2500


def _resident() -> int:
    status = Path("/proc/self/status")
    if not status.exists():
        pytest.skip("the resident memory is read from /proc")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


async def test_what_is_read_is_nobody_elses(written: tuple[State, Changelog]) -> None:
    state, changelog = written
    await _put(state, changelog, 1, a={"n": [1]})
    state.get("a")["n"].append(2)
    assert state.get("a") == {"n": [1]}


async def test_what_expires_is_looked_for_in_its_partition(written: tuple[State, Changelog]) -> None:
    state, changelog = written
    await _put(state, changelog, 1, old={"day": 1}, new={"day": 9})
    await _put(state, changelog, 2, other={"day": 1})
    assert state.expired(1, lambda value: value["day"] < 5) == ["old"]


async def test_what_faust_decoded_is_read_as_it_is(written: tuple[State, Changelog]) -> None:
    state, _ = written
    state._store.data["a"] = {"n": 1}
    assert state.get("a") == {"n": 1}


async def test_a_rebalance_need_not_read_what_was_written_here(written: tuple[State, Changelog]) -> None:
    state, changelog = written
    recovery: Any = state._app.tables
    offsets = recovery.recovery.active_offsets
    offsets[TP("changelog", 1)] = -1
    await _put(state, changelog, 1, a={"n": 1}, b={"n": 2})
    assert offsets[TP("changelog", 1)] == 1
