"""For maintainers: `python -m streams.broker lock` after a change of the Kafka version in jars.py."""

from __future__ import annotations

import sys

from streams.broker.jars import LOCK, write_lock


def main(arguments: list[str]) -> int:
    """Write the lock of the jars; gives the exit status."""
    if arguments != ["lock"]:
        sys.stderr.write("usage: python -m streams.broker lock\n")
        return 2
    sys.stdout.write(f"{len(write_lock())} jars locked in {LOCK}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
