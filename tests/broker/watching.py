"""What the system tells of processes."""

from __future__ import annotations

import shutil
import subprocess
import time


def gone(*pids: int, within: float = 10) -> bool:
    """Whether all processes end in time."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if not any(map(_lives, pids)):
            return True
        time.sleep(0.05)
    return False


def _lives(pid: int) -> bool:
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    # A zombie has ended; that nobody reaps it is the test machine's matter.
    return bool(done.stdout.strip()) and not done.stdout.startswith("Z")


def child_of(pid: int) -> int:
    done = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def listening(pid: int) -> set[str]:
    """Give the addresses that a process listens on, as far as this system tells."""
    if not shutil.which("ss"):
        return set()
    sockets = subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=True).stdout.splitlines()
    addresses = [line.split()[3].rpartition(":")[0] for line in sockets if f"pid={pid}," in line]
    assert addresses
    return {address.strip("[]").removeprefix("::ffff:") for address in addresses}
