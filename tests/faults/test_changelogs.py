"""Changelogs that somebody else has written to."""

from __future__ import annotations

import time

import pytest

from streams.delivery import EXIT_FAILED
from streams.topics import TABLES, changelog
from tests.faults.conftest import Report, Rigs
from tests.faults.tales import tales

SOON = 120.0

GARBAGE = {
    "no JSON": b"{garbage",
    "no UTF-8": b"\xff\xfe\x00",
    "nothing": b"",
    "deep": b"[" * 100_000,
    "large and no JSON": b"x" * 900_000,
}


@pytest.mark.parametrize(
    "kind", [k if k == "no JSON" else pytest.param(k, marks=pytest.mark.faults) for k in GARBAGE]
)
def test_garbage_ends_the_worker_and_is_named(rigs: Rigs, report: Report, kind: str, seed: int) -> None:
    """It never hangs, and never works on from half a state."""
    rig = rigs()
    rig.feed(tales(100, seed))
    process = rig.supervise()
    rig.done()
    rig.stop(process)
    report(f"garbage in a changelog ({kind}): ends with status 70", rig)
    topic = changelog(rig.settings, TABLES[seed % len(TABLES)])
    rig.send([GARBAGE[kind]], key=b'"urn:garbage"', topic=topic)
    rig.feed(tales(100, seed + 1000))
    process = rig.start()
    assert process.wait(SOON) == EXIT_FAILED, rig.log(process)
    assert topic in rig.log(process)
    assert "contactwire rebuild" in rig.log(process)
    rig.check_committed()


@pytest.mark.faults
def test_a_large_value_is_read(rigs: Rigs, report: Report, seed: int) -> None:
    """As large as the broker takes, deleted later."""
    rig = rigs()
    rig.feed(tales(100, seed))
    process = rig.supervise()
    rig.done()
    rig.kill(process)
    killed = time.monotonic()
    value = b'{"day":"2026-03-01","padding":"' + b"x" * 1_000_000 + b'"}'
    rig.send([value, value, None], key=b'"urn:large"', topic=changelog(rig.settings, "ledger"))
    rig.feed(tales(100, seed + 1000))
    rig.supervise()
    rig.recovers(since=killed)
    report("large values in a changelog", rig)
