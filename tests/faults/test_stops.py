"""Workers that are asked to end, sent to sleep, joined by others, in the middle of their work."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable

import pytest
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from streams.topics import changelog
from tests.faults.conftest import Report, Rigs
from tests.faults.rig import PATIENCE, Rig
from tests.faults.tales import tales

pytestmark = pytest.mark.faults


def test_asked_to_end_in_a_batch(rigs: Rigs, report: Report, seed: int) -> None:
    rig = rigs()
    rig.feed(tales(500, seed))
    process = rig.supervise()
    finished = rig.begun()
    rig.stop(process)
    stopped = time.monotonic()
    rig.supervise()
    rig.recovers(since=stopped, more_than=finished)
    report("SIGTERM in a batch", rig)


def test_asked_to_end_in_a_rebalance(rigs: Rigs, report: Report, seed: int) -> None:
    rig = rigs()
    rig.feed(tales(500, seed))
    first = rig.supervise()
    rig.begun()
    rig.supervise()
    _await_group(rig, "PreparingRebalance", "CompletingRebalance")
    finished = rig.finished()
    rig.stop(first)
    rig.recovers(since=time.monotonic(), more_than=finished)
    report("SIGTERM in a rebalance", rig)


def test_asked_to_end_in_a_recovery(rigs: Rigs, report: Report, seed: int) -> None:
    rig = rigs()
    _end_in_a_recovery(rig, seed, rig.stop)
    report("SIGTERM in a recovery", rig)


def test_killed_in_a_recovery(rigs: Rigs, report: Report, seed: int) -> None:
    rig = rigs()
    _end_in_a_recovery(rig, seed, rig.kill)
    report("kill -9 in a recovery", rig)


def _end_in_a_recovery(rig: Rig, seed: int, end: Callable[[subprocess.Popen[bytes]], None]) -> None:
    """End a worker in the middle of reading its state, which is padded with what was deleted."""
    rig.feed(tales(200, seed))
    process = rig.supervise()
    rig.done()
    end(process)
    padding = [b'{"version":1,"digest":"","dyads":[],"day":"2026-03-01"}'] * 30_000
    rig.send([*padding, None], key=b'"urn:padding"', topic=changelog(rig.settings, "coded"))
    rig.feed(tales(300, seed + 1000))
    process = rig.supervise()
    _await_group(rig, "Stable")
    end(process)
    ended = time.monotonic()
    rig.supervise()
    rig.recovers(since=ended)


def test_one_then_three_then_one(rigs: Rigs, report: Report, seed: int) -> None:
    rig = rigs(partitions=4)
    rig.feed(tales(500, seed))
    rig.supervise()
    rig.begun()
    others = [rig.supervise(), rig.supervise()]
    _await_members(rig, 3)
    rig.injections += 2
    rig.feed(tales(500, seed + 1000))
    rig.begun()
    rig.stop(others[0])
    rig.kill(others[1])
    killed = time.monotonic()
    rig.feed(tales(100, seed + 2000))
    rig.recovers(since=killed)
    report("scale 1 → 3 → 1 under load", rig)


def test_asleep_for_longer_than_its_session(rigs: Rigs, report: Report, seed: int) -> None:
    rig = rigs()
    rig.feed(tales(600, seed))
    sleeper = rig.supervise()
    rig.begun()
    sleeper.send_signal(signal.SIGSTOP)
    rig.injections += 1
    asleep = time.monotonic()
    rig.supervise()
    rig.recovers(since=asleep)
    sleeper.send_signal(signal.SIGCONT)
    rig.feed(tales(300, seed + 1000))
    report("zombie: SIGSTOP past the session, SIGCONT", rig)


def _await_group(rig: Rig, *states: str) -> None:
    deadline = time.monotonic() + PATIENCE
    with KafkaAdminClient(bootstrap_servers=rig.settings.servers) as admin:
        while _group(admin, rig)[0] not in states:
            assert time.monotonic() < deadline, f"the group is never {states}"
            time.sleep(0.02)


def _await_members(rig: Rig, members: int) -> None:
    deadline = time.monotonic() + PATIENCE
    with KafkaAdminClient(bootstrap_servers=rig.settings.servers) as admin:
        while _group(admin, rig) != ("Stable", members):
            assert time.monotonic() < deadline, f"the group has never {members} members"
            time.sleep(0.1)


def _group(admin: KafkaAdminClient, rig: Rig) -> tuple[str, int]:
    try:
        group = admin.describe_groups([rig.settings.app_id])[rig.settings.app_id]
    except KafkaError:
        return "", 0
    return str(group["group_state"]), len(group["members"])
