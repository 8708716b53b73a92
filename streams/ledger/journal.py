"""One record's changes as one value, written before them, so that a crash between them does no harm.

A table has no transactions: a crash may leave some of a record's changes written and others not. The journal,
`KAZ-QAT|j`, is the first change of every record and holds all the others; the article's record is the last
of them. Where the journal is there and that one is not, the changes are made up for from the journal, by
whichever record of the dyad is delivered next. The two travel in one compressed batch: it costs little.
"""

from __future__ import annotations

from collections.abc import Mapping

from streams.ledger.book import JSON, Read


def journalled(dyad: str, changes: Mapping[str, JSON], day: str | None) -> dict[str, JSON]:
    """Put the journal before the changes; the last of them says that all are written."""
    return {f"{dyad}|j": {"day": day, "changes": dict(changes), "last": list(changes)[-1]}, **changes}


def unfinished(dyad: str, read: Read) -> dict[str, JSON]:
    """Give the changes that a crash may have kept from being written."""
    journal = read(f"{dyad}|j")
    if not journal or read(journal["last"]) == journal["changes"][journal["last"]]:
        return {}
    return dict(journal["changes"])
