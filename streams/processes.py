"""Workers as child processes, for the demo, the benchmarks and the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr

from streams.settings import PREFIX, Settings

_GRACE = 30.0  # seconds that a worker has for finishing its batch


def environment(settings: Settings) -> dict[str, str]:
    """Give the environment that makes a child process read the same settings."""
    values = {name: getattr(settings, name) for name in settings.model_fields_set}
    named = {f"{PREFIX}{name}".upper(): _plain(value) for name, value in values.items() if value is not None}
    return os.environ | {"KAFKA_BOOTSTRAP_SERVERS": settings.bootstrap_servers} | named


def _plain(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def start_worker(
    settings: Settings, log: Path, more: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a worker that logs to a file; `more` is added to its environment."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "streams.cli", "worker"],
            env=environment(settings) | dict(more or {}),
            stdout=output,
            stderr=output,
        )


def stop_worker(process: subprocess.Popen[bytes]) -> int:
    """Ask a worker to stop, and make it when it does not; gives its exit status."""
    process.terminate()
    try:
        return process.wait(timeout=_GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


@contextmanager
def worker(settings: Settings, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker for the time of a block."""
    process = start_worker(settings, log)
    try:
        yield process
    finally:
        stop_worker(process)
