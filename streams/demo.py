"""From nothing to contacts and tables: broker, topics, worker, seeds, and everything stopped again."""

from __future__ import annotations

import secrets
import subprocess
import tempfile
import time
from pathlib import Path

from rich.console import Console

from schemas import Article
from streams.broker import borrowed_broker
from streams.feed import feed
from streams.follow import Follower
from streams.lag import Lag
from streams.processes import worker
from streams.settings import Settings, read
from streams.tables import country_table, read_rollups
from streams.topics import Topics, TopicsError, ensure
from streams.views import readable
from streams.wires import articles_in

_PATIENCE = 300.0  # seconds, with the loading of the coder on a slow machine


def run(seeds: str, console: Console) -> None:
    """Show the whole way once; raises TopicsError when the worker gives up."""
    console.print("[bold]contactwire[/bold]: starting a Kafka broker …")
    with borrowed_broker() as broker:
        settings = _settings(broker.bootstrap)
        console.print(f"broker: {broker.bootstrap} ({broker.origin}); creating topics, starting a worker …")
        ensure(settings)
        with tempfile.TemporaryDirectory(prefix="contactwire-demo-") as folder:
            log = Path(folder) / "worker.log"
            with worker(settings, log) as process:
                items = list(articles_in(seeds))
                fed = feed(items, settings)
                articles = ", ".join(item.uri for item in items if isinstance(item, Article))
                console.print(f"fed {fed.sent} article(s): {articles}\n")
                _show_contacts(settings, process, console)
            if process.returncode:
                raise TopicsError(f"the worker ended with {process.returncode}:\n{log.read_text()[-3000:]}")
        console.print("\n[bold]rollups[/bold], windows ending at the newest event:")
        console.print(country_table(read_rollups(settings), as_of=None))
    console.print("everything stopped.")


def _settings(bootstrap: str) -> Settings:
    """Names of its own, so that a broker that is already in use keeps its topics apart."""
    name = f"demo-{secrets.token_hex(3)}"
    return read(bootstrap_servers=bootstrap, app_id=name, topic_prefix=f"{name}-", session_timeout=6)


def _show_contacts(settings: Settings, process: subprocess.Popen[bytes], console: Console) -> None:
    """Print each contact as it comes, until the worker has finished everything that was fed."""
    deadline = time.monotonic() + _PATIENCE
    contacts = Follower(Topics.of(settings).contacts, settings, from_beginning=True)
    with contacts as follower, Lag(settings) as lag:
        while process.poll() is None and time.monotonic() < deadline:
            done = not any(lag.read().values())
            for record in follower.poll(0.5):
                if record.value is not None:
                    console.print(readable("contacts", record.value), soft_wrap=True)
            if done:
                return
    if process.poll() is None:
        raise TopicsError(f"the worker was not done after {_PATIENCE:g} s")
