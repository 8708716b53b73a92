"""Many articles and many kills; and real articles from several wires against one quiet run."""

from __future__ import annotations

import os
import random
import time

import pytest

from benchmarks.stories import stories
from schemas import Contact, Rollup
from tests.faults.conftest import Report, Rigs
from tests.faults.logs import Logs, latest, read_logs
from tests.faults.quiet import quiet_logs
from tests.faults.wires import STREAM, chosen, code_once, deliveries
from tests.recorded_coder import CODINGS, RecordedCoder
from tests.told import value

ARTICLES = int(os.environ.get("FAULT_ARTICLES", "40000"))
KILLS = 6
FEW = 0.001  # of the contacts' records; byte-identical as they are, they cost their readers a look


@pytest.mark.faults
@pytest.mark.timeout(3600)
def test_many_articles_and_six_kills(rigs: Rigs, report: Report, seed: int) -> None:
    """Killed at random moments while the articles flow."""
    rng = random.Random(seed)
    rig = rigs(coder_batch=32, partitions=4)
    rig.feed(stories(0, ARTICLES))
    finished = 0
    for _ in range(KILLS):
        process = rig.supervise()
        rig.until(more_than=finished, patience=600)
        time.sleep(rng.uniform(0, ARTICLES / 8000))
        rig.kill(process, check=False)
        killed = time.monotonic()
        finished = rig.finished() or 0
        assert rig.waiting(), "all is done before the last kill"
    rig.check_committed()
    rig.supervise()
    rig.recovers(since=killed, more_than=finished, patience=600)
    row = report(f"{KILLS} × kill -9 at random", rig, 3000.0)
    assert row.verdict.distinct == ARTICLES, "each article tells of a contact of its own"
    assert row.verdict.doubled < FEW * row.verdict.distinct


@pytest.mark.faults
@pytest.mark.timeout(3600)
@pytest.mark.skipif(not STREAM.exists(), reason=f"no {STREAM}: the articles are no part of this repository")
def test_real_articles_from_three_wires(
    rigs: Rigs, report: Report, request: pytest.FixtureRequest, seed: int
) -> None:
    """Delivered one to five times in random order, under kills: as one quiet run of each once, in order."""
    rng = random.Random(seed)
    documents = chosen(500, seed=1)
    assert request.config.cache
    codings = request.config.cache.mkdir("faults") / "codings.json"
    code_once(documents, codings)
    recorded = RecordedCoder.of(codings)
    rig = rigs(
        coder="tests.recorded_coder:RecordedCoder",
        ledger_retention_days=40_000,
        rollup_retention_days=40_000,
    )
    rig.tell = recorded.code
    told = deliveries(documents, seed)
    rig.feed(told)
    for _ in range(3):
        process = rig.supervise(**{CODINGS: str(codings)})
        finished = rig.begun()
        time.sleep(rng.uniform(0, 1))
        rig.kill(process)
        killed = time.monotonic()
    rig.supervise(**{CODINGS: str(codings)})
    rig.recovers(since=killed, more_than=finished)
    report("500 real articles from three wires, 3 × kill -9", rig, 600.0)
    once = {article.uri: article for article in sorted(told, key=lambda article: article.uri)}
    quiet = quiet_logs(once.values(), recorded.code)
    logs = read_logs(rig.settings)
    assert standing(logs) == standing(quiet)
    assert shown(logs) == shown(quiet)


def standing(logs: Logs) -> list[str]:
    """What the contacts say that stand, but for what depends on history: id, revision, change."""
    newest: dict[str, Contact] = {}
    for record in logs.of("contacts"):
        contact = Contact.model_validate_json(record.value or b"")
        if contact.contact_id not in newest or newest[contact.contact_id].revision < contact.revision:
            newest[contact.contact_id] = contact
    return sorted(value(contact) for contact in newest.values() if contact.change != "retracted")


def shown(logs: Logs) -> dict[bytes, str]:
    """What the tables show, but for the ids and revisions of what they count."""
    tables = {key: Rollup.model_validate_json(table) for key, table in latest(logs.of("rollups")).items()}
    return {
        key: table.model_dump_json(exclude={"entries"})
        + "".join(sorted(entry.model_dump_json(exclude={"revision"}) for entry in table.entries.values()))
        for key, table in tables.items()
    }
