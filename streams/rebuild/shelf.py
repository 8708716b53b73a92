"""Both sides of a rebuild and what is wanted instead, on disk: memory holds a dyad or a country at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import orjson

Side = Literal["served", "rebuilt", "wanted"]
What = Literal["contacts", "ledger", "coded", "counted", "buckets", "rollups", "letters"]

_TABLE = """
CREATE TABLE kept (
    side TEXT, what TEXT, part TEXT, key TEXT, place INTEGER, revision INTEGER, value BLOB,
    PRIMARY KEY (side, what, key)
);
CREATE INDEX by_part ON kept (what, part, side);
"""
_PUT = """
INSERT INTO kept VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
SET part = excluded.part, place = excluded.place, revision = excluded.revision, value = excluded.value
WHERE excluded.revision >= kept.revision
"""
_DIFFERING = """
SELECT w.key, w.part, w.place, w.value, s.value FROM kept w
LEFT JOIN kept s ON s.side = 'served' AND s.what = w.what AND s.key = w.key
WHERE w.side = 'wanted' AND w.what = ? ORDER BY w.part, w.key
"""
_SURPLUS = """
SELECT s.key, s.part, s.place FROM kept s
LEFT JOIN kept w ON w.side = 'wanted' AND w.what = s.what AND w.key = s.key
WHERE s.side = 'served' AND s.what = ? AND w.key IS NULL ORDER BY s.part, s.key
"""


@dataclass(frozen=True, slots=True)
class Row:
    """The latest value of a key, in its partition; None where it is deleted.

    `part` is the dyad or the country that it belongs to; of two revisions the higher is kept.
    """

    key: str
    value: bytes | None
    part: str = ""
    place: int = 0
    revision: int = 0

    @property
    def json(self) -> Any:  # noqa: ANN401 -- whatever it is
        """The value, read."""
        return None if self.value is None else orjson.loads(self.value)


class Shelf:
    """A database of its own that goes with the process, however that ends."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)  # the empty name is a temporary file
        self._db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLE)

    def close(self) -> None:
        """Take everything off the disk."""
        self._db.close()

    def put(self, side: Side, what: What, rows: Iterable[Row]) -> None:
        """Keep rows in their order."""
        self._db.execute("BEGIN")
        for row in rows:
            if row.value is None:
                self._db.execute(
                    "DELETE FROM kept WHERE (side, what, key) = (?, ?, ?)", (side, what, row.key)
                )
            else:
                kept = (side, what, row.part, row.key, row.place, row.revision, row.value)
                self._db.execute(_PUT, kept)
        self._db.execute("COMMIT")

    def copy(self, what: What, source: Side, to: Side) -> None:
        """Give one side all that another has of something."""
        self._db.execute(
            "INSERT OR REPLACE INTO kept SELECT ?, what, part, key, place, revision, value FROM kept "
            "WHERE side = ? AND what = ?",
            (to, source, what),
        )

    def parts(self, *what: What) -> list[str]:
        """Give the dyads or countries that there are on any side."""
        marks = ", ".join("?" * len(what))
        query = f"SELECT DISTINCT part FROM kept WHERE what IN ({marks}) ORDER BY part"  # noqa: S608 -- marks only
        return [part for (part,) in self._db.execute(query, what)]

    def rows(self, side: Side, what: What, part: str | None = None) -> Iterator[Row]:
        """Give all rows, or those of one part, by their keys."""
        query = "SELECT key, value, part, place, revision FROM kept WHERE what = ? AND side = ?"
        found = (
            self._db.execute(f"{query} ORDER BY key", (what, side))
            if part is None
            else self._db.execute(f"{query} AND part = ? ORDER BY key", (what, side, part))
        )
        return (Row(*row) for row in found)

    def differences(self, what: What) -> Iterator[Row]:
        """Give what has to be written for the served side to be as wanted, by value."""
        for key, part, place, value, served in self._db.execute(_DIFFERING, (what,)):
            if served is None or (served != value and orjson.loads(served) != orjson.loads(value)):
                yield Row(key, value, part, place)

    def surplus(self, what: What) -> Iterator[Row]:
        """Give what has to be deleted."""
        for key, part, place in self._db.execute(_SURPLUS, (what,)):
            yield Row(key, None, part, place)
