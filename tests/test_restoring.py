"""State from changelogs, and what need not be read again; on the real tables and recovery of Faust."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from faust.types import TP

from streams import app as app_module
from streams.delivery import App
from streams.restoring import ChangelogError, Written, restore
from streams.settings import read
from streams.state import State


@dataclass
class Fetched:
    """A record as fetched."""

    offset: int
    key: bytes | None
    value: bytes | None


@pytest_asyncio.fixture
async def recovering() -> tuple[App, State, TP]:
    """An app in the recovery of one partition of its ledger."""
    context = app_module.create(read(bootstrap_servers="127.0.0.1:1"))
    tp = TP(context.ledger._table.changelog_topic_name, 1)
    recovery = _recovery(context.app)
    recovery.add_active(context.ledger._table, tp)
    recovery.active_offsets[tp] = -1
    recovery.in_recovery = True
    return context.app, context.ledger, tp


def _recovery(app: App) -> Any:  # noqa: ANN401 -- Faust's interface of table managers does not show it
    return app.tables.recovery


def test_a_fetch_becomes_state_in_the_order_of_its_records(recovering: tuple[App, State, TP]) -> None:
    app, state, tp = recovering
    records = {
        tp: [
            Fetched(3, b'"a"', b'{"n": 1}'),
            Fetched(4, b'"b"', b'{"n": 2}'),
            Fetched(7, b'"a"', b'{"n": 3}'),
            Fetched(8, b'"b"', None),
        ]
    }
    assert restore(app, records)
    assert state.get("a") == {"n": 3}
    assert state.get("b") is None
    assert state._store._key_partition == {"a": 1}, "by it a partition that moves away is dropped"
    assert _recovery(app).active_offsets[tp] == 8
    assert [record.offset for record in records[tp]] == [8], "the last one wakes Faust"


def test_what_was_restored_is_not_restored_again(recovering: tuple[App, State, TP]) -> None:
    app, state, tp = recovering
    restore(app, {tp: [Fetched(5, b'"a"', b'{"n": 2}')]})
    assert not restore(app, {tp: [Fetched(4, b'"a"', b'{"n": 1}'), Fetched(5, b'"a"', b'{"n": 1}')]})
    assert state.get("a") == {"n": 2}


def test_articles_are_no_state(recovering: tuple[App, State, TP]) -> None:
    app, _, _ = recovering
    records = {TP("articles", 1): [Fetched(1, b"k", b"v"), Fetched(2, b"k", b"v")]}
    assert not restore(app, records)
    assert len(records[TP("articles", 1)]) == 2


def test_nothing_is_restored_outside_a_recovery(recovering: tuple[App, State, TP]) -> None:
    app, state, tp = recovering
    _recovery(app).in_recovery = False
    records = {tp: [Fetched(1, b'"a"', b"1"), Fetched(2, b'"b"', b"2")]}
    assert not restore(app, records)
    assert len(records[tp]) == 2
    assert state.get("a") is None


@pytest.mark.parametrize(
    "broken", [Fetched(6, b"{garbage", b"1"), Fetched(6, b'"a"', b"{"), Fetched(6, None, b"1")]
)
def test_a_record_that_no_worker_wrote_is_named(recovering: tuple[App, State, TP], broken: Fetched) -> None:
    app, _, tp = recovering
    with pytest.raises(ChangelogError, match="partition 1, offset 6"):
        restore(app, {tp: [broken]})


def test_what_a_worker_wrote_without_a_gap_is_not_read_again(recovering: tuple[App, State, TP]) -> None:
    app, _, tp = recovering
    offsets = _recovery(app).active_offsets
    written = Written()
    written.add(app, tp, [0, 1])
    assert offsets[tp] == 1
    written.add(app, tp, [4, 5])  # acknowledged before 2 and 3 are
    assert offsets[tp] == 1
    written.add(app, tp, [3, 2])
    assert offsets[tp] == 5
    written.add(app, tp, [7, 8])  # 6 is somebody else's
    written.add(app, tp, [9])
    assert offsets[tp] == 5


def test_what_is_written_to_a_partition_that_moved_away_counts_for_nothing(
    recovering: tuple[App, State, TP],
) -> None:
    app, _, tp = recovering
    _recovery(app).revoke(tp)
    Written().add(app, tp, [0, 1])
    assert tp not in _recovery(app).active_offsets
