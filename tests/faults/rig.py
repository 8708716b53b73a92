"""Workers on a broker, what a test does to them, and what came of it."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from schemas import Article
from streams.delivery import EXIT_FAILED
from streams.failpoints import FAILPOINT
from streams.feed import feed
from streams.lag import Lag, sources
from streams.processes import start_worker, stop_worker
from streams.settings import Settings
from streams.topics import MAX_UNPACKED_BYTES, Topics, TopicsError
from tests.faults.fold import Tell
from tests.faults.logs import read_logs
from tests.faults.oracle import Verdict, judge, premature
from tests.faults.tales import code_lines

ROOT = Path(__file__).parents[2]
PATIENCE = 240.0  # machines that run tests are busy


@dataclass(frozen=True, slots=True)
class Row:
    """What one run of one fault has shown; recovery in seconds."""

    fault: str
    injections: int
    verdict: Verdict
    recovery: float | None


class Progress:
    """What the group has finished, and what it has not."""

    def __init__(self, settings: Settings) -> None:
        self.lag = Lag(settings)
        self._partitions = [
            TopicPartition(topic, n) for topic in sources(settings) for n in range(settings.partitions)
        ]
        self._consumer = KafkaConsumer(
            bootstrap_servers=settings.servers, group_id=settings.app_id, enable_auto_commit=False
        )

    def close(self) -> None:
        """Close the connections."""
        self.lag.__exit__()
        self._consumer.close()

    def finished(self) -> int:
        """Count finished records, as far as they are committed."""
        return sum(self._consumer.committed(partition) or 0 for partition in self._partitions)


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
        self._supervised: list[subprocess.Popen[bytes]] = []
        self._more: dict[str, str] = {}
        self._heirs: dict[int, subprocess.Popen[bytes]] = {}
        self._progress: Progress | None = None

    def start(self, failpoint: str = "", **more: str) -> subprocess.Popen[bytes]:
        """Start a worker, which ends itself at a failpoint where one is given."""
        log = self._folder / f"worker-{len(self._started)}.log"
        environment = {"PYTHONPATH": str(ROOT), FAILPOINT: failpoint, **more}
        self._started.append(start_worker(self.workers, log, environment))
        return self._started[-1]

    def end(self) -> None:
        """End what still runs."""
        self._supervised.clear()
        if self._progress:
            self._progress.close()
        for process in self._started:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()

    def feed(self, articles: Iterable[Article]) -> None:
        """Send articles; each is acknowledged."""
        fed = feed(articles, self.settings)
        assert not fed.refused, fed.refused[:3]

    def send(
        self, values: Iterable[bytes | None], *, key: bytes, topic: str | None = None, packed: bool = False
    ) -> None:
        """Send raw records, by default as articles; each is acknowledged."""
        producer = KafkaProducer(
            bootstrap_servers=self.settings.servers,
            acks="all",
            max_request_size=MAX_UNPACKED_BYTES,
            compression_type="gzip" if packed else None,
        )
        try:
            name = topic or Topics.of(self.settings).articles
            for sent in [producer.send(name, value, key=key) for value in values]:
                sent.get(timeout=30)
        finally:
            producer.close(timeout=10)

    def killed_at(self, failpoint: str) -> None:
        """Run a worker until it ends itself at a failpoint, and see that it committed nothing unfinished."""
        process = self.start(failpoint)
        # A worker that gets no processor for long loses its partitions, and gives up before it is there.
        while process.wait(PATIENCE) == EXIT_FAILED:
            process = self.start(failpoint)
        assert process.returncode == -signal.SIGKILL, self.log(process)
        self._injected()

    def kill(self, process: subprocess.Popen[bytes], *, check: bool = True) -> None:
        """Kill a worker, and see that it has committed nothing unfinished."""
        process = self._released(process)
        process.kill()
        assert process.wait() in {-signal.SIGKILL, EXIT_FAILED}, self.log(process)
        self._injected(check=check)

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """Ask a worker to end, which must do so within its grace."""
        process = self._released(process)
        assert stop_worker(process) in {0, EXIT_FAILED}, self.log(process)
        self._injected()

    def _released(self, process: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
        """Take a worker, or the one that was started in its place, from its supervisor."""
        while process.pid in self._heirs:
            process = self._heirs[process.pid]
        self._supervised = [other for other in self._supervised if other is not process]
        return process

    def _injected(self, *, check: bool = True) -> None:
        self.injections += 1
        if check:
            self.check_committed()

    def check_committed(self) -> None:
        """What is committed as finished has led to all it must."""
        problems = premature(read_logs(self.settings), self.tell)
        assert not problems, problems

    def supervise(self, **more: str) -> subprocess.Popen[bytes]:
        """Start a worker that is started again whenever it ends by itself, as a supervisor does."""
        self._supervised.append(self.start(**more))
        self._more = more
        return self._supervised[-1]

    def tend(self) -> None:
        """Do the supervisor's work; only the status of a worker that gave up may be met."""
        for process in [p for p in self._supervised if p.poll() is not None]:
            assert process.returncode == EXIT_FAILED, self.log(process)
            self._supervised.remove(process)
            self._heirs[process.pid] = self.supervise(**self._more)

    def waiting(self) -> int | None:
        """Count unfinished records; None where the broker does not tell."""
        return self._ask(lambda progress: sum(progress.lag.read().values()))

    def finished(self) -> int | None:
        """Count finished records, as far as they are committed; None where the broker does not tell."""
        return self._ask(Progress.finished)

    def until(self, *, more_than: int, patience: float = PATIENCE) -> None:
        """Wait until more records are finished."""
        deadline = time.monotonic() + patience
        while (finished := self.finished()) is None or finished <= more_than:
            self.tend()
            assert time.monotonic() < deadline, f"{finished} records are finished: {self._tails()}"
            time.sleep(0.1)

    def done(self, *, patience: float = PATIENCE) -> None:
        """Wait until no record is unfinished."""
        deadline = time.monotonic() + patience
        while (waiting := self.waiting()) != 0:
            self.tend()
            assert time.monotonic() < deadline, f"{waiting} records are unfinished: {self._tails()}"
            time.sleep(0.2)

    def begun(self) -> int:
        """Wait until something more has been finished, and not all is; gives how much has been."""
        before = self.finished() or 0
        self.until(more_than=before)
        assert self.waiting(), "all is done already"
        return self.finished() or 0

    def recovers(self, *, since: float, more_than: int | None = None, patience: float = PATIENCE) -> None:
        """Wait until the workers finish something again; the longest such wait is the recovery."""
        before = self.finished() if more_than is None else more_than
        assert before is not None
        self.until(more_than=before, patience=patience)
        self.recovery = max(self.recovery or 0.0, time.monotonic() - since)

    def _ask(self, question: Callable[[Progress], int]) -> int | None:
        try:
            self._progress = self._progress or Progress(self.settings)
            return question(self._progress)
        except (KafkaError, TopicsError):
            self._progress = None
            return None

    def _tails(self) -> str:
        return "\n".join(self.log(process)[-1500:] for process in self._started)

    def log(self, process: subprocess.Popen[bytes]) -> str:
        """Give the end of a worker's log."""
        path = self._folder / f"worker-{self._started.index(process)}.log"
        return path.read_text("utf-8", errors="replace")[-4000:]

    def judge(self, *, patience: float = PATIENCE) -> Verdict:
        """Wait until all is done, and give the oracle's verdict, which must be without problem."""
        self.done(patience=patience)
        verdict = judge(read_logs(self.settings), self.tell, limit=self.settings.max_article_bytes)
        assert not verdict.problems, str(verdict)
        return verdict
