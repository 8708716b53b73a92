"""A Kafka node's directory: its settings, its formatted data, its log."""

from __future__ import annotations

import base64
import fcntl
import os
import subprocess
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from streams.broker.errors import StartError
from streams.broker.ports import HOST, free_port

PROPERTIES = "server.properties"
LOG = "server.log"
PORT_TAKEN = "Address already in use"
_DEFAULTS = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    # Relative to the working directory: Kafka would split an absolute path at its commas.
    "log.dirs": "data",
    "auto.create.topics.enable": "false",
    "group.initial.rebalance.delay.ms": "0",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    # After a crash the node is let in again only when its former session is over (9 s by default).
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    "log.cleaner.dedupe.buffer.size": str(32 * 1024 * 1024),
}


@contextmanager
def claimed(home: Path) -> Iterator[int]:
    """Claim the directory, through a file descriptor that its processes inherit; raises StartError.

    Kafka's own lock comes too late: a second node has by then disturbed the first one's metadata.
    """
    with (home / "in-use").open("w") as claim:
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StartError(
                f"another Kafka is using {home}: stop it, or choose another data directory"
            ) from error
        yield claim.fileno()


def write_properties(home: Path, port: int, extra: Mapping[str, str]) -> None:
    """Write Kafka's server properties for one node that listens on loopback."""
    controller = free_port(but=port)
    own = {
        "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{port}",
        "controller.quorum.voters": f"1@{HOST}:{controller}",
    }
    lines = [f"{key}={value}\n" for key, value in {**_DEFAULTS, **own, **extra}.items()]
    (home / PROPERTIES).write_text("".join(lines), "ascii")


def format_once(home: Path, java: list[str]) -> None:
    """Prepare an empty data directory, as `kafka-storage.sh format` does."""
    if (home / "data" / "meta.properties").exists():
        return
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    tool = ["kafka.tools.StorageTool", "format", "--ignore-formatted", f"--cluster-id={cluster}"]
    try:
        done = subprocess.run(
            [*java, *tool, f"--config={PROPERTIES}"],
            cwd=home,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StartError(f"cannot prepare {home} for Kafka: {error}") from error
    if done.returncode:
        raise StartError(f"cannot prepare {home} for Kafka:\n{done.stdout}{done.stderr}")


def environment() -> dict[str, str]:
    """Give the environment for Java, which reads paths in the locale's encoding."""
    return {**os.environ, "LC_ALL": "C.UTF-8"}


def log_tail(home: Path, lines: int = 30) -> str:
    """Give the last lines of Kafka's log."""
    try:
        text = (home / LOG).read_text("utf-8", errors="replace")
    except FileNotFoundError:
        text = ""
    return "\n".join(text.splitlines()[-lines:]) or "(it logged nothing)"
