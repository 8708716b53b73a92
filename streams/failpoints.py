"""Named points at which a test makes the process end at once, as a crash would; inert unless asked for.

CONTACTWIRE_FAILPOINT=ack:37 kills the process with SIGKILL when it reaches `ack` for the 37th time. Points:

| name | what has just happened |
| --- | --- |
| read | a batch was taken from a source |
| code | the pool has coded a batch |
| send | records for a topic are with the producer, not yet acknowledged |
| ack | the brokers have acknowledged them |
| changelog-send | one change of the state is with the producer, more may follow |
| changelog-ack | the brokers have acknowledged all changes of a record |
| table-set | the changes are in the table in memory |
| finish | a record was finished: its offset may be committed |
| commit | offsets were committed |
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

FAILPOINT = "CONTACTWIRE_FAILPOINT"
POINTS = ("read", "code", "send", "ack", "changelog-send", "changelog-ack", "table-set", "finish", "commit")


class FailpointError(Exception):
    """The variable does not name a point and how often to pass it; the message says what is expected."""


def _inert(_: str) -> None:
    """Pass a point."""


def _armed(wanted: str) -> Callable[[str], None]:
    """Make the function that counts down to the end."""
    name, _, times = wanted.partition(":")
    if name not in POINTS or not times.isdecimal() or not int(times):
        raise FailpointError(
            f"{FAILPOINT}={wanted}: expected one of {', '.join(POINTS)}, a colon and a number"
        )
    left = int(times)

    def count(point: str) -> None:
        nonlocal left
        if point == name:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return count


reached: Callable[[str], None] = _armed(os.environ[FAILPOINT]) if os.environ.get(FAILPOINT) else _inert
