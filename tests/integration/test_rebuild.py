"""A rebuild beside running workers, and in the place of what they served."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from kafka import TopicPartition

from schemas import Article
from streams import rollups
from streams.feed import feed
from streams.letters import by_reason, waiting
from streams.processes import stop_worker
from streams.rebuild import BusyError, Origin, Rebuild, RebuildError, beside, require_idle
from streams.rebuild.difference import Difference
from streams.settings import Settings
from streams.topics import Topics, admin, changelog, ensure, swapping
from tests.integration.conftest import ROOT, Workers
from tests.integration.stories import (
    Consume,
    Contacts,
    contacts_in,
    counted,
    done,
    expected_counts,
    stories,
    told,
)

OTHER = {"coder": "tests.other_line_coder:OtherLineCoder"}

Rebuilding = Callable[..., Difference]


class CutShortError(Exception):
    """Stands for kill -9 in the middle of a swap."""


@pytest.fixture
def lines(fresh_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # for the rebuild's own workers
    settings = fresh_settings(coder="tests.line_coder:LineCoder", coder_batch=8, coder_timeout=10.0)
    ensure(settings)
    return settings


@pytest.fixture
def rebuilding(tmp_path: Path) -> Rebuilding:
    """Rebuild, and swap where asked to; `until` names the step before which the swap is cut short."""

    def go(
        settings: Settings,
        origin: Origin = "articles",
        *,
        swap: bool = False,
        force: bool = False,
        until: str | None = None,
    ) -> Difference:
        def step(name: str) -> None:
            if name == until:
                raise CutShortError(name)

        with Rebuild(settings, origin) as rebuild:
            rebuild.derive(workers=1, log=tmp_path / "rebuild.log", progress=lambda *_: None)
            difference = rebuild.compare()
            if swap:
                rebuild.swap(force=force, step=step)
            return difference

    return go


def _articles() -> list[Article]:
    story = "urn:corrected"
    return [
        *stories(40),
        Article(uri=story, text="KAZ QAT call held 2026-03-01", published="2026-03-28"),
        Article(uri=story, version=2, text="KAZ QAT call held 2026-03-02", published="2026-03-28"),
        Article(uri="urn:killed", text="FRA KEN visit held 2026-03-05", published="2026-03-28"),
        Article(uri="urn:killed", version=2, status="withdrawn", text=""),
        Article(uri="urn:more", text="ALSO NOR SWE call held 2026-03-07", published="2026-03-28"),
        Article(uri="urn:poison", text="FAIL\nNOR FIN call held 2026-03-08", published="2026-03-28"),
    ]


def _state(consume: Consume, settings: Settings, table: str) -> dict[tuple[int, str], Any]:
    """What the workers would recover, by partition and key; the ledger without its journals."""
    state: dict[tuple[int, str], Any] = {}
    for record in consume(changelog(settings, table)):
        state[record.partition, orjson.loads(record.key)] = record.value and orjson.loads(record.value)
    return {key: value for key, value in state.items() if value is not None and not key[1].endswith("|j")}


def _standing(contacts: Contacts) -> Contacts:
    return {name: c for name, c in contacts.items() if c["change"] != "retracted"}


def test_the_same_coder_comes_to_the_same_beside_running_workers(
    lines: Settings, workers: Workers, consume: Consume, rebuilding: Rebuilding
) -> None:
    """Nothing differs, and swapping writes nothing that subscribers or tables would see."""
    worker = workers(lines)
    feed(_articles(), lines)
    done(lines)
    difference = rebuilding(lines)
    assert difference.equal, difference.to_json()
    assert difference.contacts["equal"] == len(_standing(contacts_in(consume, lines)))
    with pytest.raises(BusyError, match="stop them"):
        rebuilding(lines, swap=True)
    stop_worker(worker)
    topics = Topics.of(lines)
    before = [len(consume(t)) for t in (topics.contacts, topics.rollups, topics.dead_letters)]
    ledger = _state(consume, lines, "ledger")
    rebuilding(lines, swap=True)
    assert [len(consume(t)) for t in (topics.contacts, topics.rollups, topics.dead_letters)] == before
    after = _state(consume, lines, "ledger")
    assert {k for k in after if "|a|" in k[1]} == {k for k in ledger if "|a|" in k[1]}
    with admin(lines) as client:
        there = client.list_topics()
    assert not [name for name in there if name.startswith((beside(lines).topic_prefix, swapping(lines)))]


@pytest.mark.timeout(600)  # it rebuilds nine times
def test_a_new_coder_is_compared_and_takes_over_also_when_the_swap_is_cut_short(
    lines: Settings, workers: Workers, consume: Consume, rebuilding: Rebuilding
) -> None:
    """Changed contacts keep their ids and have a higher revision; those that are gone are retracted, once."""
    worker = workers(lines)
    feed(_articles(), lines)
    done(lines)
    stop_worker(worker)
    before = contacts_in(consume, lines)
    assert by_reason(waiting(lines)) == {"poison": 1}

    other = lines.model_copy(update=OTHER)
    difference = rebuilding(other)
    visits = [n for n, c in _standing(before).items() if c["kind"] == "visit" and "JOR" not in c["dyad"]]
    jordan = [n for n, c in _standing(before).items() if "JOR" in c["dyad"]]
    assert not difference.equal
    assert visits
    assert jordan
    assert difference.contacts["gone"] == len(jordan)
    assert (difference.contacts["changed"], dict(difference.fields)) == (
        len(visits),
        {"topics": len(visits), "reports.topics": len(visits)},
    )
    assert sorted(c.dyad for c in difference.examples["added"]) == ["FIN-NOR", "NOR-SWE"]
    assert {side: set(coders) for side, coders in difference.coders.items()} == {
        "served": {"lines-1"},
        "rebuilt": {"lines-2"},
    }
    assert difference.letters["gone"] == 1
    assert contacts_in(consume, lines) == before, "comparing must change nothing"

    for until in ("letters", "rollups", "ledger", "buckets", "offsets"):
        with pytest.raises(CutShortError):
            rebuilding(other, swap=True, until=until)
    assert workers(lines).wait(timeout=60) == 1, "no worker starts in the middle of a swap"
    rebuilding(other, swap=True)

    after = contacts_in(consume, lines)
    for name in visits:
        assert (after[name]["change"], after[name]["revision"]) == ("updated", before[name]["revision"] + 1)
    for name in jordan:
        assert (after[name]["change"], after[name]["revision"]) == ("retracted", before[name]["revision"] + 1)
    untouched = before.keys() - {*visits, *jordan}
    assert {name: after[name] for name in untouched} == {name: before[name] for name in untouched}
    assert {after[name]["dyad"] for name in after.keys() - before.keys()} == {"FIN-NOR", "NOR-SWE"}
    assert counted(lines) == expected_counts(after)
    assert waiting(lines) == []

    workers(other)
    corrected = Article(uri="urn:more", version=2, text="ALSO NOR SWE call held 2026-03-09")
    more = Article(uri="urn:jordan", text="KAZ QAT visit held 2026-03-20", published="2026-03-28")
    feed([corrected, more], other)
    done(other)
    assert rebuilding(other).equal, "the state goes with what was published"
    last = contacts_in(consume, lines)
    (moved,) = (c for c in _standing(last).values() if c["dyad"] == "NOR-SWE")
    assert (moved["date"], moved["change"], moved["revision"]) == ("2026-03-09", "updated", 2)
    assert counted(lines) == expected_counts(last)


def test_articles_that_retention_has_taken_keep_their_coding(
    lines: Settings, workers: Workers, consume: Consume, rebuilding: Rebuilding
) -> None:
    """It is not swapped unless that is meant; then what is known of them stays, and can be withdrawn."""
    worker = workers(lines)
    feed([Article(uri="urn:old", text="KAZ QAT visit held 2026-03-01", published="2026-03-01")], lines)
    done(lines)
    articles = Topics.of(lines).articles
    with admin(lines) as client:
        (old,) = consume(articles)
        client.delete_records({TopicPartition(articles, old.partition): old.offset + 1}, timeout_ms=30_000)
    feed([Article(uri="urn:new", text="KAZ ARE visit held 2026-03-02", published="2026-03-02")], lines)
    done(lines)
    stop_worker(worker)
    before = contacts_in(consume, lines)
    other = lines.model_copy(update=OTHER)
    difference = rebuilding(other)
    assert (difference.contacts["equal"], difference.contacts["changed"]) == (1, 1)
    with pytest.raises(RebuildError, match="--force"):
        rebuilding(other, swap=True)
    rebuilding(other, swap=True, force=True)
    after = contacts_in(consume, lines)
    assert {c["dyad"]: (c["revision"], c["topics"]) for c in after.values()} == {
        "KAZ-QAT": (1, []),
        "ARE-KAZ": (2, ["economy"]),
    }
    assert after.keys() == before.keys()
    workers(other)
    feed([Article(uri="urn:old", version=2, status="withdrawn", text="")], other)
    done(other)
    assert [c["dyad"] for c in _standing(contacts_in(consume, lines)).values()] == ["ARE-KAZ"]
    assert counted(lines) == {"ARE": 1, "KAZ": 1}


def test_tables_are_counted_again_from_contacts(
    lines: Settings, workers: Workers, consume: Consume, rebuilding: Rebuilding, produce: Callable[..., None]
) -> None:
    """A wrong hour, a lost one, and a changelog that nobody can read."""
    worker = workers(lines)
    feed(_articles(), lines)
    done(lines)
    stop_worker(worker)
    assert rebuilding(lines, "contacts").equal
    right = counted(lines)
    topic = Topics.of(lines).rollups
    first, second, *_ = sorted(
        {r.key: r for r in consume(topic) if r.value}.values(), key=lambda r: str(r.key)
    )
    wrong = json.loads(first.value)
    wrong["held"] += 5
    produce(topic, json.dumps(wrong).encode(), key=first.key)
    produce(topic, None, key=second.key)
    produce(changelog(lines, "buckets"), b"{garbage", key=b"{garbage")
    difference = rebuilding(lines, "contacts")
    assert (difference.rollups["added"] + difference.rollups["changed"]) >= 1
    assert any("unreadable" in note for note in difference.notes)
    rebuilding(lines, "contacts", swap=True)
    assert counted(lines) == right
    assert rebuilding(lines, "contacts").equal
    buckets = {k[1]: v for k, v in _state(consume, lines, "buckets").items() if rollups.is_bucket(k[1])}
    assert buckets
    workers(lines)
    feed([Article(uri="urn:new", text="KAZ QAT call held 2026-03-27", published="2026-03-28")], lines)
    done(lines)
    assert counted(lines) == expected_counts(contacts_in(consume, lines))
    assert told(contacts_in(consume, lines))


def test_workers_of_both_sides_are_seen(lines: Settings, workers: Workers) -> None:
    """Whoever runs workers hears of it before anything is read."""
    require_idle(lines)
    workers(beside(lines))
    feed(stories(1), lines)
    done(beside(lines))
    with pytest.raises(BusyError, match="-rebuild run"):
        require_idle(lines)
