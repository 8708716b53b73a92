"""Points at which a process ends when it is told to, and only then."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from streams.failpoints import FAILPOINT, POINTS, reached

PASSES = "from streams.failpoints import reached\nfor n in range(5): print(n, flush=True); reached('ack')"


def _run(failpoint: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PASSES],
        env=os.environ | {FAILPOINT: failpoint},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_process_ends_at_the_nth_time() -> None:
    done = _run("ack:3")
    assert done.returncode == -signal.SIGKILL
    assert done.stdout.split() == ["0", "1", "2"]


def test_another_point_is_passed() -> None:
    assert _run("commit:1").returncode == 0


def test_nothing_happens_when_unset() -> None:
    assert FAILPOINT not in os.environ
    for point in POINTS:
        reached(point)


@pytest.mark.parametrize("wrong", ["nowhere:1", "ack", "ack:0", "ack:-1"])
def test_a_point_that_there_is_not_is_refused(wrong: str) -> None:
    done = _run(wrong)
    assert done.returncode == 1
    assert "expected one of read, code," in done.stderr
