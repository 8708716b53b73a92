"""Workers of their own that code the served articles again, into topics and tables beside the served ones.

They are ordinary workers under another prefix and group, so a rebuild that was stopped, or killed, goes on
where it was. They end with the process that started them, however that ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from streams.broker import keeper
from streams.lag import Lag
from streams.processes import environment, stop_worker
from streams.rebuild import offsets
from streams.settings import Settings
from streams.topics import Topics, TopicsError, admin, ensure, specs

Progress = Callable[[int, int], None]  # articles done, and of how many

_LOOK_EVERY = 0.5  # seconds


def beside(settings: Settings) -> Settings:
    """Give the settings of the rebuilt side: the same articles, everything else under names of its own."""
    return settings.model_copy(
        update={
            "articles_topic": Topics.of(settings).articles,
            "topic_prefix": f"{settings.topic_prefix}rebuild.",
            "app_id": f"{settings.app_id}-rebuild",
        }
    )


def is_begun(settings: Settings) -> bool:
    """Whether an earlier rebuild has coded something."""
    aside = beside(settings)
    return any(offsets.committed(aside, Topics.of(aside).articles).values())


def derive(settings: Settings, *, workers: int, log: Path, progress: Progress) -> None:
    """Run workers on the rebuilt side until nothing waits; raises TopicsError when one gives up."""
    aside = beside(settings)
    ensure(aside)
    with Lag(aside) as lag:
        waiting = lag.read()
        if not any(waiting.values()):
            return
        total = waiting[Topics.of(aside).articles]
        processes = [_start(aside, log) for _ in range(workers)]
        try:
            while any((waiting := lag.read()).values()):
                _require_alive(processes, log)
                progress(total - waiting[Topics.of(aside).articles], total)
                time.sleep(_LOOK_EVERY)
            progress(total, total)
        finally:
            for process in processes:
                stop_worker(process)


def _start(settings: Settings, log: Path) -> subprocess.Popen[bytes]:
    """Start a worker under the broker's keeper, which ends it when this process is gone."""
    worker = [sys.executable, "-m", "streams.cli", "worker"]
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 -- our own program
            [sys.executable, str(Path(keeper.__file__)), str(os.getpid()), "", *worker],
            env=environment(settings),
            stdout=output,
            stderr=output,
        )


def _require_alive(processes: list[subprocess.Popen[bytes]], log: Path) -> None:
    for process in processes:
        if process.poll() is not None:
            end = log.read_text(encoding="utf-8", errors="replace")[-3000:]
            raise TopicsError(f"a worker of the rebuild ended with {process.returncode}:\n{end}")


def discard(settings: Settings) -> list[str]:
    """Delete the rebuilt side; gives the names of the topics that were there."""
    aside = beside(settings)
    names = {spec.name for spec in specs(aside)} - {Topics.of(aside).articles}
    with admin(settings) as client:
        there = sorted(names & set(client.list_topics()))
        if there:
            client.delete_topics(there, timeout_ms=30_000, raise_errors=False)
        deadline = time.monotonic() + 30
        while names & set(client.list_topics()) and time.monotonic() < deadline:
            time.sleep(0.2)
        client.delete_groups([aside.app_id])  # one that does not exist is no harm
    return there
