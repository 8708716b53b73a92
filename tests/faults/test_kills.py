"""Workers that are killed at a point of their work, or asked to end in the middle of it."""

from __future__ import annotations

import random
import time

import pytest

from streams.failpoints import POINTS
from tests.faults.conftest import Report, Rigs
from tests.faults.tales import tales

MOST = {"read": 25, "code": 20, "commit": 2, "send": 200, "ack": 200}
PASSES = 250
TELLING = "ack"  # published, and not yet in the state: what at-least-once delivery doubles


def _stages() -> list[object]:
    return [p if p == TELLING else pytest.param(p, marks=pytest.mark.faults) for p in POINTS]


@pytest.mark.parametrize("point", _stages())
def test_killed_at_a_point(rigs: Rigs, report: Report, point: str, seed: int) -> None:
    rng = random.Random(f"{point}:{seed}")
    rig = rigs()
    rig.feed(tales(400, seed))
    rig.killed_at(f"{point}:{rng.randint(1, MOST.get(point, PASSES))}")
    killed = time.monotonic()
    rig.supervise()
    rig.recovers(since=killed)
    report(f"kill -9 after {point}", rig)
