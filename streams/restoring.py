"""A table's state from its changelog, a fetch at a time.

Faust takes each changelog record through its queues by itself, at some 4,000 a second. Here all records of a
fetch go into the table at once. The last of each partition then takes Faust's way, too, where it is found to
be known, and makes Faust look whether the recovery is complete.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Protocol, cast

import orjson
from faust.tables.manager import TableManager
from faust.tables.recovery import Recovery
from faust.types import TP, AppT

_ROOM = 10_000  # acknowledgements out of order, and what lies behind somebody else's record


class Fetched(Protocol):
    """A record as fetched."""

    offset: int
    key: bytes | None
    value: bytes | None


class ChangelogError(Exception):
    """A changelog holds a record that no worker wrote."""


class Written:
    """How far a worker's own writes have brought its state, so that a rebalance does not read them again.

    Faust goes on reading a changelog where it stopped at the end of the last recovery. What a worker has
    written without a gap since then is in its tables already; behind somebody else's record it is not sure.
    """

    def __init__(self) -> None:
        self._ahead: dict[TP, set[int]] = defaultdict(set)

    def add(self, app: AppT, tp: TP, offsets: Iterable[int]) -> None:
        """Take note of offsets that were acknowledged and whose changes are in the table."""
        offset_of = _recovery(app).active_offsets
        known = offset_of.get(tp)
        if known is None:
            return
        ahead = self._ahead[tp]
        ahead.update(offsets)
        while known + 1 in ahead:
            known += 1
            ahead.discard(known)
        offset_of[tp] = known
        if len(ahead) > _ROOM:
            ahead.clear()


def restore(app: AppT, records: dict[TP, list[Any]]) -> bool:
    """Put fetched changelog records into their tables, during a recovery; says whether any was new.

    Leaves the last record of each partition.
    """
    recovery = _recovery(app)
    if not recovery.in_recovery:
        return False
    any_new = False
    for tp in records.keys() & recovery.active_tps:
        seen = recovery.active_offsets.get(tp)
        new = [record for record in records[tp] if seen is None or record.offset > seen]
        if new:
            _apply(cast("Any", recovery.tp_to_table[tp]).data, tp, new)
            recovery.active_offsets[tp] = new[-1].offset
            any_new = True
        records[tp] = records[tp][-1:]
    return any_new


def _recovery(app: AppT) -> Recovery:
    return cast("TableManager", app.tables).recovery


def _apply(store: Any, tp: TP, records: Sequence[Fetched]) -> None:  # noqa: ANN401 -- Faust types it as a mapping
    """Write what the records say; a null value deletes."""
    data, owners = store.data, store._key_partition  # noqa: SLF001 -- by it Faust drops what moves away
    for record in records:
        try:
            key = orjson.loads(record.key or b"")
            if record.value is not None:
                orjson.loads(record.value)
        except orjson.JSONDecodeError as error:
            raise ChangelogError(
                f"{tp.topic}, partition {tp.partition}, offset {record.offset} cannot be read: {error}; "
                "`contactwire rebuild` makes the state anew"
            ) from error
        if record.value is None:
            data.pop(key, None)
            owners.pop(key, None)
        else:
            data[key] = record.value
            owners[key] = tp.partition
