"""How fast contacts flow again: after a worker was lost, after a restart, and with much state to restore.

python -m benchmarks.takeover --contacts 100000

From the event to when an article of every partition has become a contact. A killed worker's partitions stay
with it for the session's timeout; one that is told to stop gives them back itself.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.table import Table

from benchmarks.changelogs import Changelogs
from benchmarks.group import wait_for_members
from benchmarks.installation import CODER, SHIPPED, Installation, installation
from benchmarks.latency import article as told_in_full
from benchmarks.memory import resident
from benchmarks.stories import stories
from schemas import Article
from streams.feed import connect_producer
from streams.follow import Follower
from streams.processes import start_worker, stop_worker
from streams.settings import Settings
from streams.topics import Topics

_PROBES = 4  # articles for each partition
_PATIENCE = 900.0


class Probe:
    """Sends articles to every partition, and waits for the contacts that come of them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._topics = Topics.of(settings)
        self._producer = connect_producer(settings, "contactwire-takeover")
        self._follower = Follower(self._topics.contacts, settings, from_beginning=False)
        self._sent: set[bytes] = set()

    def send(self, articles: Iterator[Article]) -> None:
        """Send the articles, to one partition after the other."""
        for number, article in enumerate(articles):
            self._sent.add(article.uri.encode())
            self._producer.send(
                self._topics.articles,
                article.model_dump_json().encode(),
                key=article.uri.encode(),
                partition=number % self._settings.partitions,
            )
        self._producer.flush()

    def wait(self) -> None:
        """Wait until every article that was sent has become a contact."""
        deadline = time.monotonic() + _PATIENCE
        while self._sent:
            if time.monotonic() > deadline:
                raise click.ClickException(f"{len(self._sent)} articles became no contact")
            values = [record.value or b"" for record in self._follower.poll(0.05)]
            self._sent = {uri for uri in self._sent if not any(uri in value for value in values)}


class Workers:
    """The workers of an installation."""

    def __init__(self, place: Installation) -> None:
        self._place = place
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        """Start one more."""
        log = self._place.log(f"worker-{time.monotonic_ns()}")
        self._running.append(start_worker(self._place.settings, log))
        return self._running[-1]

    def stop(self) -> None:
        """Stop all."""
        for process in self._running:
            stop_worker(process)


@contextmanager
def workers(place: Installation) -> Iterator[Workers]:
    """Offer workers that end with the block."""
    started = Workers(place)
    try:
        yield started
    finally:
        started.stop()


def lost(session_timeout: float) -> Iterator[tuple[str, float]]:
    """Seconds from when one of two workers is killed, or told to stop, to contacts of every partition."""
    with installation("takeover", session_timeout=session_timeout) as place, workers(place) as started:
        probe = Probe(place.settings)
        number = 0
        started.start()
        for how in (signal.SIGKILL, signal.SIGTERM):
            other = started.start()
            wait_for_members(place.settings, 2)
            for _ in range(2):  # the second round finds both workers warm
                probe.send(stories(number, _PROBES * place.settings.partitions))
                probe.wait()
                number += _PROBES * place.settings.partitions
            start = time.perf_counter()
            os.kill(other.pid, how)
            probe.send(stories(number, _PROBES * place.settings.partitions))
            probe.wait()
            number += _PROBES * place.settings.partitions
            yield f"{how.name}, session timeout {session_timeout:g} s", time.perf_counter() - start


def restarted(coder: str) -> float:
    """Seconds from the start of a lone worker to the first contact; with the shipped coder, or lines."""
    with installation("restart", coder=coder) as place, workers(place) as started:
        probe = Probe(place.settings)
        count = place.settings.partitions
        probe.send(map(told_in_full, range(count)) if coder != CODER else stories(0, count))
        start = time.perf_counter()
        started.start()
        probe.wait()
        return time.perf_counter() - start


def restored(contacts: int) -> tuple[str, float, float]:
    """Write the state of contacts; what was written, seconds to the first contact after a start, and MiB."""
    retention = {"ledger_retention_days": 1000, "rollup_retention_days": 1000}
    with installation("restore", **retention) as place, workers(place) as started:
        changelogs = Changelogs(place.settings)
        changelogs.write(stories(0, contacts))
        written = f"{changelogs.records:,} changelog records of {changelogs.bytes / 2**20:.0f} MiB"
        probe = Probe(place.settings)
        probe.send(stories(contacts, place.settings.partitions))
        start = time.perf_counter()
        worker = started.start()
        probe.wait()
        seconds = time.perf_counter() - start
        return f"{changelogs.contacts:,} contacts, {written}", seconds, resident(worker.pid)[0]


@click.command()
@click.option("--contacts", default=100_000, show_default=True, help="How many contacts' state to restore.")
@click.option("--session-timeout", default=20.0, show_default=True, help="Seconds.")
def main(contacts: int, session_timeout: float) -> None:
    """Print the seconds of each way back."""
    table = Table("from", "seconds until contacts flow")
    for how, seconds in lost(session_timeout):
        table.add_row(how, f"{seconds:.1f}")
    table.add_row("start of a lone worker, its coder reads lines", f"{restarted(CODER):.1f}")
    table.add_row("start of a lone worker, shipped coder", f"{restarted(SHIPPED):.1f}")
    if contacts:
        what, seconds, memory = restored(contacts)
        table.add_row(f"start of a lone worker, {what}", f"{seconds:.1f}, then {memory:.0f} MiB resident")
    Console().print(table)


if __name__ == "__main__":
    main()
