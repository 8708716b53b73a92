"""Many articles and many kills; and real articles from several wires against one quiet run."""

from __future__ import annotations

import os
import random
import time

import pytest

from tests.faults.conftest import Report, Rigs
from tests.faults.rig import Rig
from tests.faults.tales import many

ARTICLES = int(os.environ.get("FAULT_ARTICLES", "40000"))
KILLS = 6
FEW = 0.001  # of the contacts' records; byte-identical as they are, they cost their readers a look


@pytest.mark.faults
@pytest.mark.timeout(1800)
def test_many_articles_and_six_kills(rigs: Rigs, report: Report, seed: int) -> None:
    """Killed at random moments while the articles flow."""
    rng = random.Random(seed)
    rig = rigs(coder_batch=32, partitions=4)
    rig.feed(many(ARTICLES))
    left = ARTICLES
    for kill in range(KILLS):
        process = rig.start()
        _until_work_is_between_agents(rig, left)
        time.sleep(rng.uniform(0, 0.4 * ARTICLES / 4000))
        process.kill()
        process.wait()
        killed = time.monotonic()
        rig.injections += 1
        rig.check_committed()
        left = rig.waiting() or 0
        assert left, f"all was done at kill {kill}"
    rig.start()
    rig.recovers(since=killed, below=left, patience=300)
    row = report(f"{KILLS} × kill -9 at random", rig, 900.0)
    assert row.verdict.distinct >= ARTICLES
    assert row.verdict.doubled < FEW * row.verdict.distinct


def _until_work_is_between_agents(rig: Rig, left: int) -> None:
    rig.until(left, patience=300)
