"""The keeper, with another child than Java."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from streams.broker import keeper
from tests.broker.watching import gone

PARENT = """
import os, subprocess, sys, time
keep = [sys.executable, "-I", "-S", sys.argv[1], str(os.getpid()), sys.argv[2], *sys.argv[3:]]
kept = subprocess.Popen(keep, stdout=subprocess.PIPE, text=True)
print(kept.pid, kept.stdout.readline(), flush=True)
sys.exit(kept.wait())
"""


@contextmanager
def kept(leftover: Path, *command: str) -> Iterator[tuple[subprocess.Popen[str], int, int]]:
    """Give a process, its keeper and what the keeper keeps."""
    run = [sys.executable, "-c", PARENT, keeper.__file__, str(leftover), *command]
    with subprocess.Popen(run, stdout=subprocess.PIPE, text=True) as parent:
        try:
            assert parent.stdout is not None
            keeper_pid, child_pid = parent.stdout.readline().split()
            yield parent, int(keeper_pid), int(child_pid)
        finally:
            parent.kill()


def test_the_child_goes_when_its_parent_is_killed(tmp_path: Path) -> None:
    """A kill -9 gives the parent no chance; the keeper ends the child and clears its directory."""
    leftover = tmp_path / "data"
    leftover.mkdir()
    with kept(leftover, "sleep", "600") as (parent, keeper_pid, child):
        parent.kill()
        assert gone(keeper_pid, child)
    assert not leftover.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_the_child_goes_when_its_keeper_is_killed(tmp_path: Path) -> None:
    """Nothing is left to run on its own."""
    with kept(tmp_path, "sleep", "600") as (_, keeper_pid, child):
        os.kill(keeper_pid, signal.SIGKILL)
        assert gone(child)


def test_sigterm_reaches_a_stopped_child(tmp_path: Path) -> None:
    """A paused broker can be stopped; the keeper's status is the one a shell would give."""
    with kept(tmp_path, "sleep", "600") as (parent, keeper_pid, child):
        os.kill(child, signal.SIGSTOP)
        os.kill(keeper_pid, signal.SIGTERM)
        assert parent.wait(10) == 128 + signal.SIGTERM
    assert tmp_path.exists()
