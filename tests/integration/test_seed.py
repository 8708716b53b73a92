"""The article the project was conceived on, through the real coder and the whole way."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from streams.feed import feed
from streams.follow import Follower
from streams.lag import wait_until_done
from streams.processes import start_worker, worker
from streams.rollups import tables
from streams.settings import Settings
from streams.tables import read_rollups
from streams.topics import Topics, ensure
from streams.wires import articles_in

ROOT = Path(__file__).parents[2]
SEED = ROOT / "seeds" / "000_c0a4decbc27cb472.txt"
EXPECTED = {
    "JOR-KAZ": ({"message"}, "Kassym-Jomart Tokayev", "Abdullah II"),
    "KAZ-QAT": ({"call"}, "Kassym-Jomart Tokayev", "Tamim bin Hamad Al Thani"),
    "ARE-KAZ": ({"conversation", "call"}, "Kassym-Jomart Tokayev", "Mohamed bin Zayed Al Nahyan"),
}


@pytest.fixture(scope="module")
def coded() -> list[dict[str, Any]]:
    output = subprocess.run(
        [sys.executable, "-m", "streams.cli", "code", str(SEED)], check=True, capture_output=True, text=True
    ).stdout
    return [json.loads(line) for line in output.splitlines()]


def test_the_seed_holds_three_contacts(coded: list[dict[str, Any]]) -> None:
    found = {"-".join(sorted((c["a"]["code"], c["b"]["code"]))): c for c in coded}
    assert len(coded) == 3
    assert set(found) == set(EXPECTED)
    for dyad, (kinds, first, second) in EXPECTED.items():
        contact = found[dyad]
        assert contact["kind"] in kinds
        assert contact["modality"] == "held"
        assert contact["a"]["name"] == first
        assert second in contact["b"]["name"]
        assert contact["article_id"] == SEED.stem
    assert found["JOR-KAZ"]["direction"] == "directed"


def test_evidence_and_cue_stand_where_they_say(coded: list[dict[str, Any]]) -> None:
    text = SEED.read_text(encoding="utf-8")
    for contact in coded:
        for words, at in ((contact["evidence"], contact["evidence_at"]), (contact["cue"], contact["cue_at"])):
            assert text[at["start"] : at["end"]] == words


def test_the_seed_thrice_with_a_kill_counts_once(
    fresh_settings: Callable[..., Settings], consume: Callable[..., list[Any]], tmp_path: Path
) -> None:
    """Fed three times, the worker killed with -9 in the middle: the same contacts, the same table."""
    settings = fresh_settings()
    ensure(settings)
    items = list(articles_in(str(SEED)))
    process = start_worker(settings, tmp_path / "first.log")
    feed(items, settings)
    with Follower(Topics.of(settings).contacts, settings, from_beginning=True) as follower:
        deadline = time.monotonic() + 200
        while not follower.poll(0.1):
            assert time.monotonic() < deadline, "no contact came"
    process.kill()
    process.wait()
    feed(items, settings)
    with worker(settings, tmp_path / "second.log"):
        feed(items, settings)
        assert wait_until_done(settings, timeout=200)
    contacts = {record.key: json.loads(record.value) for record in consume(Topics.of(settings).contacts)}
    assert sorted(c["dyad"] for c in contacts.values()) == sorted(EXPECTED)
    assert {c["revision"] for c in contacts.values()} == {1}
    assert {row.country: row.windows["30d"].held for row in tables(read_rollups(settings))} == {
        "KAZ": 3,
        "JOR": 1,
        "QAT": 1,
        "ARE": 1,
    }


def test_the_demo_ends_with_the_table(kafka: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `make demo` shows, on the broker that the tests have."""
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", kafka)
    shown = subprocess.run(
        [sys.executable, "-m", "streams.cli", "demo", "--seeds", str(ROOT / "seeds")],
        check=True,
        capture_output=True,
        text=True,
        timeout=280,
    ).stdout
    rows = {
        line.split()[1]: line.split("│")[5].strip() for line in shown.splitlines() if line.startswith("│")
    }
    assert {code: rows[code] for code in ("KAZ", "JOR", "QAT", "ARE")} == {
        "KAZ": "3",
        "JOR": "1",
        "QAT": "1",
        "ARE": "1",
    }
