"""Memory of a process and of its children."""

from __future__ import annotations

import subprocess


def resident(process: int) -> tuple[float, float]:
    """Give the resident MiB of a process, and of all its children together."""
    listed = subprocess.check_output(["/bin/ps", "-Ao", "pid=,ppid=,rss="], text=True)
    rows = [tuple(map(int, line.split())) for line in listed.splitlines()]
    own = sum(size for pid, _, size in rows if pid == process)
    children = sum(size for _, parent, size in rows if parent == process)
    return own / 1024, children / 1024
