"""What a benchmark runs on: a borrowed broker, topics of its own, and a coder whose speed does not matter."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from streams.broker import borrowed_broker
from streams.lag import wait_until_done
from streams.settings import Settings, read
from streams.topics import ensure

CODER = "tests.line_coder:LineCoder"
SHIPPED = Settings.model_fields["coder"].default


@dataclass(frozen=True, slots=True)
class Installation:
    """Settings for a fresh installation, and a folder for what its processes log."""

    settings: Settings
    folder: Path

    def log(self, worker: str) -> Path:
        """Name the log of a worker."""
        return self.folder / f"{worker}.log"

    def wait(self, timeout: float = 3600) -> None:
        """Wait until the workers have nothing left to do."""
        if not wait_until_done(self.settings, timeout=timeout):
            logs = "\n".join(path.read_text()[-2000:] for path in self.folder.glob("*.log"))
            raise click.ClickException(f"the workers were not done in {timeout:g} s:\n{logs}")


@contextmanager
def installation(name: str, **settings: object) -> Iterator[Installation]:
    """Offer a fresh installation for the time of a block."""
    with borrowed_broker() as broker, tempfile.TemporaryDirectory() as folder:
        unique = f"{name}-{secrets.token_hex(3)}"
        own: dict[str, object] = {
            "bootstrap_servers": broker.bootstrap,
            "app_id": unique,
            "topic_prefix": f"{unique}-",
            "coder": CODER,
            "coder_batch": 50,
        }
        made = read(**(own | settings))
        ensure(made)
        yield Installation(made, Path(folder))
