"""Workers whose network is disturbed, and brokers that go and come back."""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streams.broker import EmbeddedKafka
from streams.broker.home import LOG
from streams.broker.ports import HOST, free_port
from streams.settings import read
from tests.faults.conftest import Report
from tests.faults.proxy import Proxy
from tests.faults.rig import PATIENCE, Rig
from tests.faults.tales import tales

MakeRig = Callable[..., Rig]


OWN: dict[str, object] = {
    "app_id": "faults",
    "partitions": 2,
    "session_timeout": 6,
    "stall_timeout": 40,
    "coder": "tests.line_coder:LineCoder",
    "coder_batch": 4,
}
TROUBLES = [
    ("drop", 3),
    ("drop", 10),
    ("blackhole", 4),
    ("blackhole", 12),
    ("delay", 10),
    ("half-open", 0),
]


@pytest.fixture
def own(tmp_path: Path, make_rig: MakeRig) -> Iterator[tuple[Rig, EmbeddedKafka]]:
    """A rig on a broker of its own."""
    with EmbeddedKafka(tmp_path / "kafka") as broker:
        rig = make_rig(read(bootstrap_servers=broker.bootstrap, **OWN))
        yield rig, broker
        rig.end()


@pytest.fixture
def proxied(tmp_path: Path, make_rig: MakeRig) -> Iterator[tuple[Rig, Proxy]]:
    """A rig whose workers reach the broker by a proxy; the broker names the proxy to who comes that way."""
    ours, theirs, seen, controller = (free_port() for _ in range(4))
    properties = {
        "listeners": f"PLAINTEXT://{HOST}:{ours},PROXIED://{HOST}:{theirs},CONTROLLER://{HOST}:{controller}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{ours},PROXIED://{HOST}:{seen}",
        "controller.quorum.voters": f"1@{HOST}:{controller}",
        "inter.broker.listener.name": "PLAINTEXT",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT",
    }
    with EmbeddedKafka(tmp_path / "kafka", ours, properties), Proxy(seen, theirs) as proxy:
        settings = read(bootstrap_servers=f"{HOST}:{ours}", **OWN)
        rig = make_rig(settings, settings.model_copy(update={"bootstrap_servers": f"{HOST}:{seen}"}))
        yield rig, proxy
        rig.end()


def _disturb(proxy: Proxy, how: str) -> None:
    match how:
        case "drop":
            proxy.drop()
        case "blackhole":
            proxy.blackhole()
        case "delay":
            proxy.delay = 0.2
        case "half-open":
            proxy.half_open()


@pytest.mark.faults
@pytest.mark.parametrize("trouble", TROUBLES)
def test_the_network_is_disturbed(
    proxied: tuple[Rig, Proxy], report: Report, trouble: tuple[str, int], seed: int
) -> None:
    rig, proxy = proxied
    how, seconds = trouble
    rig.feed(tales(900, seed))
    rig.supervise()
    rig.begun()
    time.sleep(random.Random(f"{how}:{seed}").random())
    _disturb(proxy, how)
    rig.injections += 1
    disturbed = time.monotonic()
    time.sleep(seconds)
    proxy.heal()
    rig.feed(tales(200, seed + 1000))
    rig.recovers(since=disturbed + seconds)
    report(f"network: {how}" + (f" for {seconds} s" if seconds else ""), rig)


@pytest.mark.parametrize("how", [pytest.param("clean", marks=pytest.mark.faults), "kill -9"])
def test_the_broker_restarts(own: tuple[Rig, EmbeddedKafka], report: Report, how: str, seed: int) -> None:
    rig, broker = own
    rig.feed(tales(600, seed))
    rig.supervise()
    rig.begun()
    time.sleep(random.Random(f"{how}:{seed}").random())
    if how == "clean":
        broker.stop()
    else:
        broker.kill()
    broker.start()
    _back(rig, seed)
    report(f"broker restart, {how}", rig)


@pytest.mark.faults
def test_the_brokers_disk_is_full(own: tuple[Rig, EmbeddedKafka], report: Report, seed: int) -> None:
    """No file may grow beyond a size that a log reaches: the broker says so, gives up, and comes back."""
    rig, broker = own
    rig.feed(tales(900, seed))
    rig.supervise()
    rig.begun()
    assert broker.pid
    assert broker.data_dir
    largest = max(log.stat().st_size for log in broker.data_dir.glob("data/*/*.log"))
    room = largest + random.Random(seed).randint(10_000, 50_000)
    resource.prlimit(broker.pid, resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    deadline = time.monotonic() + PATIENCE
    while broker.running and "File too large" not in (broker.data_dir / LOG).read_text("utf-8", "replace"):
        assert time.monotonic() < deadline, "the disk is not full"
        time.sleep(0.1)
    time.sleep(random.Random(seed).uniform(0, 5))
    broker.kill()
    broker.start()
    _back(rig, seed)
    report("broker's disk full", rig)


def _back(rig: Rig, seed: int) -> None:
    """The broker is there again: so must the workers be."""
    rig.injections += 1
    since = time.monotonic()
    rig.feed(tales(50, seed + 1000))
    rig.recovers(since=since)
