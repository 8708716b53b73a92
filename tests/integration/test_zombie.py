"""A worker that was stopped for longer than its session, and goes on when others do its work."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from schemas import Article
from streams.feed import feed
from streams.processes import start_worker
from streams.settings import Settings
from streams.topics import ensure, specs
from tests.gated_coder import GATE
from tests.integration.stories import PATIENCE, Consume, contacts_in, counted, done

ROOT = Path(__file__).parents[2]


@contextmanager
def _worker(settings: Settings, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker whose coder waits for the folder's file `open`."""
    folder.mkdir()
    more = {"PYTHONPATH": str(ROOT), GATE: str(folder)}
    process = start_worker(settings, folder / "log", more)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _ends(settings: Settings) -> dict[TopicPartition, int]:
    """Where every topic that a worker writes ends."""
    consumer = KafkaConsumer(bootstrap_servers=settings.servers)
    try:
        names = [spec.name for spec in specs(settings)]
        partitions = [TopicPartition(n, p) for n in names for p in range(settings.partitions)]
        ends: dict[TopicPartition, int] = consumer.end_offsets(partitions)
        return ends
    finally:
        consumer.close()


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not path.exists():
        assert time.monotonic() < deadline, f"no {path.name}"
        time.sleep(0.1)


def test_a_worker_that_was_stopped_writes_nothing_after_its_lease(
    fresh_settings: Callable[..., Settings], tmp_path: Path, consume: Consume
) -> None:
    """It holds coded articles when it is stopped, and would publish what another has published meanwhile."""
    settings = fresh_settings(coder="tests.gated_coder:GatedCoder")
    ensure(settings)
    texts = ["KAZ QAT call held 2026-03-01", "KAZ QAT call held 2026-03-01", "FRA KEN visit held 2026-03-04"]
    articles = [Article(uri=f"urn:{n}", text=text) for n, text in enumerate(texts)]
    with _worker(settings, tmp_path / "first") as first:
        feed(articles, settings)
        _wait_for(tmp_path / "first" / "reached")
        first.send_signal(signal.SIGSTOP)
        (tmp_path / "first" / "open").touch()
        with _worker(settings, tmp_path / "second"):
            (tmp_path / "second" / "open").touch()
            done(settings)
            ends = _ends(settings)
            first.send_signal(signal.SIGCONT)
            with suppress(subprocess.TimeoutExpired):
                first.wait(timeout=30)
            done(settings)
            assert _ends(settings) == ends
            assert first.poll() == 70
            log = (tmp_path / "first" / "log").read_text(encoding="utf-8")
            assert "the lease failed, stopping" in log
    contacts: dict[str, dict[str, Any]] = contacts_in(consume, settings)
    assert sorted((c["dyad"], c["revision"], len(c["reports"])) for c in contacts.values()) == [
        ("FRA-KEN", 1, 1),
        ("KAZ-QAT", 2, 2),
    ]
    assert counted(settings) == {"KAZ": 1, "QAT": 1, "FRA": 1, "KEN": 1}
