"""Workers on a broker, what a test does to them, and what came of it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kafka import KafkaProducer
from kafka.errors import KafkaError

from schemas import Article
from streams.failpoints import FAILPOINT
from streams.feed import feed
from streams.lag import Lag, wait_until_done
from streams.processes import start_worker, stop_worker
from streams.settings import Settings
from streams.topics import MAX_RECORD_BYTES, Topics, TopicsError
from tests.faults.fold import Tell
from tests.faults.logs import read_logs
from tests.faults.oracle import Verdict, judge, premature
from tests.faults.tales import code_lines

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Row:
    """What one run of one fault has shown; recovery in seconds."""

    fault: str
    injections: int
    verdict: Verdict
    recovery: float | None


class Rig:
    """Some workers under one set of settings; `workers` may reach the broker by another address than we."""

    def __init__(self, settings: Settings, folder: Path, *, workers: Settings | None = None) -> None:
        self.settings = settings
        self.workers = workers or settings
        self.tell: Tell = code_lines
        self.injections = 0
        self.recovery: float | None = None
        self._folder = folder
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, failpoint: str = "", **more: str) -> subprocess.Popen[bytes]:
        """Start a worker, which ends itself at a failpoint where one is given."""
        log = self._folder / f"worker-{len(self._started)}.log"
        environment = {"PYTHONPATH": str(ROOT), FAILPOINT: failpoint, **more}
        self._started.append(start_worker(self.workers, log, environment))
        return self._started[-1]

    def end(self) -> None:
        """End what still runs."""
        for process in self._started:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()

    def feed(self, articles: Iterable[Article]) -> None:
        """Send articles; each is acknowledged."""
        fed = feed(articles, self.settings)
        assert not fed.refused, fed.refused[:3]

    def send(self, values: Iterable[bytes | None], *, key: bytes, topic: str | None = None) -> None:
        """Send raw records, by default as articles; each is acknowledged."""
        producer = KafkaProducer(
            bootstrap_servers=self.settings.servers, acks="all", max_request_size=4 * MAX_RECORD_BYTES
        )
        try:
            name = topic or Topics.of(self.settings).articles
            for sent in [producer.send(name, value, key=key) for value in values]:
                sent.get(timeout=30)
        finally:
            producer.close(timeout=10)

    def died(self, process: subprocess.Popen[bytes], *, status: int = -signal.SIGKILL) -> None:
        """Wait until a worker ends, as it must, and see that it committed nothing unfinished."""
        assert process.wait(PATIENCE) == status, self.log(process)
        self.injections += 1
        self.check_committed()

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a worker, and see that it has committed nothing unfinished."""
        process.kill()
        self.died(process)

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """Ask a worker to end, which must do so within its grace."""
        assert stop_worker(process) == 0, self.log(process)
        self.injections += 1
        self.check_committed()

    def check_committed(self) -> None:
        """What is committed as finished has led to all it must."""
        problems = premature(read_logs(self.settings), self.tell)
        assert not problems, problems

    def waiting(self) -> int:
        """Count unfinished records."""
        with Lag(self.settings) as lag:
            return sum(lag.read().values())

    def progress(self, *, since: float, below: int, patience: float = PATIENCE) -> None:
        """Wait until fewer records are unfinished; the longest such wait of a test is its recovery."""
        deadline = time.monotonic() + patience
        with contextlib.ExitStack() as stack:
            lag: Lag | None = None
            while True:
                with contextlib.suppress(KafkaError, TopicsError):
                    lag = lag or stack.enter_context(Lag(self.settings))
                    if sum(lag.read().values()) < below:
                        break
                assert time.monotonic() < deadline, "no progress"
                time.sleep(0.1)
        self.recovery = max(self.recovery or 0.0, time.monotonic() - since)

    def recovers(self, *, since: float) -> None:
        """Wait until the workers finish something again."""
        self.progress(since=since, below=self.waiting())

    def log(self, process: subprocess.Popen[bytes]) -> str:
        """Give the end of a worker's log."""
        path = self._folder / f"worker-{self._started.index(process)}.log"
        return path.read_text("utf-8", errors="replace")[-4000:]

    def judge(self, *, patience: float = PATIENCE) -> Verdict:
        """Wait until all is done, and give the oracle's verdict, which must be without problem."""
        assert wait_until_done(self.settings, timeout=patience), "the workers are not done"
        verdict = judge(read_logs(self.settings), self.tell, limit=self.settings.max_article_bytes)
        assert not verdict.problems, str(verdict)
        return verdict


def stopped(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Keep a process from running for a while."""
    os.kill(process.pid, signal.SIGSTOP)
    time.sleep(seconds)
    os.kill(process.pid, signal.SIGCONT)
