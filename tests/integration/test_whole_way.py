"""From articles to tables on a real broker, with a coder whose reports the articles spell out."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from schemas import Article
from streams.feed import feed
from streams.lag import Lag
from streams.letters import by_reason, replay, waiting
from streams.processes import stop_worker
from streams.settings import Settings
from streams.tables import read_rollups
from streams.topics import Topics, ensure
from tests.integration.conftest import Workers
from tests.integration.stories import (
    PATIENCE,
    Consume,
    contacts_in,
    counted,
    done,
    expected_counts,
    stories,
    told,
)

Produce = Callable[..., None]


@pytest.fixture
def lines(fresh_settings: Callable[..., Settings]) -> Settings:
    """Settings for a fresh set of topics and the coder that reads lines."""
    settings = fresh_settings(coder="tests.line_coder:LineCoder", coder_batch=8, coder_timeout=10.0)
    ensure(settings)
    return settings


def test_the_same_article_thrice_is_one_contact_counted_once(
    lines: Settings, workers: Workers, consume: Consume
) -> None:
    workers(lines)
    article = Article(uri="urn:a", text="KAZ QAT call held 2026-03-01\nKAZ ARE visit planned 2026-03-05")
    feed([article] * 3, lines)
    done(lines)
    contacts = contacts_in(consume, lines)
    assert len(contacts) == 2
    assert {c["revision"] for c in contacts.values()} == {1}
    assert counted(lines) == {"KAZ": 1, "QAT": 1}


def test_two_articles_of_one_contact_update_it(lines: Settings, workers: Workers, consume: Consume) -> None:
    workers(lines)
    feed(
        [
            Article(uri=f"urn:{n}", text="KAZ QAT call held 2026-03-01", published=f"2026-03-0{n}")
            for n in (1, 2)
        ],
        lines,
    )
    done(lines)
    records = consume(Topics.of(lines).contacts)
    changes = [json.loads(r.value or b"")["change"] for r in records]
    assert changes == ["reported", "updated"]
    (contact,) = contacts_in(consume, lines).values()
    assert len(contact["reports"]) == 2
    assert counted(lines) == {"KAZ": 1, "QAT": 1}
    headers = dict(records[0].headers)
    assert headers["ce_type"] == b"contact.reported"
    assert headers["ce_id"] == f"{contact['contact_id']}:1".encode()
    assert headers["ce_subject"] == b"KAZ-QAT"


def test_a_correction_and_a_withdrawal_reach_the_tables(
    lines: Settings, workers: Workers, consume: Consume
) -> None:
    """A story, its correction to another day, its kill: three revisions, and the tables after each."""
    workers(lines)
    name = "urn:story"
    feed([Article(uri=name, text="KAZ QAT call held 2026-03-01")], lines)
    done(lines)
    assert counted(lines) == {"KAZ": 1, "QAT": 1}
    feed([Article(uri=name, version=2, text="KAZ QAT call held 2026-03-02")], lines)
    done(lines)
    buckets = [r.bucket.day for r in read_rollups(lines) if r.held]
    assert buckets == [2, 2]
    feed([Article(uri=name, version=3, status="withdrawn", text="")], lines)
    done(lines)
    assert counted(lines) == {}
    assert [(c["revision"], c["change"], c["date"]) for c in _all(consume, lines)] == [
        (1, "reported", "2026-03-01"),
        (2, "updated", "2026-03-02"),
        (3, "retracted", "2026-03-02"),
    ]
    assert len({c["contact_id"] for c in _all(consume, lines)}) == 1
    feed([Article(uri=name, text="KAZ QAT call held 2026-03-01")], lines)
    done(lines)
    assert all(c["change"] == "retracted" for c in contacts_in(consume, lines).values()), (
        "an old version came back"
    )


def _all(consume: Consume, settings: Settings) -> list[dict[str, Any]]:
    """Every revision of every contact, in their order."""
    return [json.loads(record.value) for record in consume(Topics.of(settings).contacts)]


def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(
    lines: Settings, workers: Workers, consume: Consume, fresh_settings: Callable[..., Settings]
) -> None:
    articles = stories(300)
    process = workers(lines)
    for third in range(3):
        feed(articles[third * 100 : (third + 1) * 100], lines)
        _wait_for_progress(lines)
        process.kill()
        process.wait()
        process = workers(lines)
    done(lines)
    broken = contacts_in(consume, lines)

    quiet_settings = fresh_settings(coder=lines.coder, coder_batch=8)
    ensure(quiet_settings)
    workers(quiet_settings)
    feed(articles, quiet_settings)
    done(quiet_settings)
    assert told(broken) == told(contacts_in(consume, quiet_settings))
    assert counted(lines) == expected_counts(broken) == counted(quiet_settings)


def _wait_for_progress(settings: Settings) -> None:
    """Wait until some of the articles are finished, and others are not."""
    topic = Topics.of(settings).articles
    deadline = time.monotonic() + PATIENCE
    with Lag(settings) as lag:
        waiting_at_first = lag.read()[topic]
        while lag.read()[topic] > waiting_at_first - 10:
            assert time.monotonic() < deadline, "the worker finishes nothing"
            time.sleep(0.1)


def test_bad_input_is_kept_with_its_reason_and_the_rest_is_coded(
    lines: Settings, workers: Workers, consume: Consume, produce: Produce
) -> None:
    """Twenty records of different kinds that cannot be used, among 200 good articles."""
    good = {"uri": "urn:bad", "text": "KAZ QAT call held 2026-03-01"}
    bad: list[bytes | None] = [
        None,
        b"",
        b"\xff\xfe",
        b"not json",
        b"[" * 3000,
        b"[]",
        b"7",
        b"{}",
        b'{"uri": "urn:bad", "text": NaN}',
        b'{"uri": "urn:bad", "text": "\\ud800"}',
        b"x" * (lines.max_article_bytes + 1),
        *(
            json.dumps(good | wrong).encode()
            for wrong in (
                {"text": " "},
                {"text": 1},
                {"version": -1},
                {"schema_version": 99},
                {"published": "9999-01-01"},
                {"published": 1772409600000},
                {"status": "dead"},
                {"text": "KILL"},
                {"text": "FAIL", "uri": "urn:fail"},
            )
        ),
    ]
    assert len(bad) == 20
    workers(lines)
    articles = stories(200)
    feed(articles[:100], lines)
    produce(Topics.of(lines).articles, *bad, key=b"urn:bad")
    feed(articles[100:], lines)
    done(lines)
    letters = waiting(lines)
    assert len(letters) == 20
    assert [
        letter.value for letter in sorted(letters, key=lambda letter: (letter.partition, letter.offset))
    ] == bad
    assert by_reason(letters) == {
        "schema": 6,
        "not-json": 4,
        "empty": 2,
        "absurd-date": 2,
        "poison": 2,
        "not-utf8": 1,
        "oversize": 1,
        "no-text": 1,
        "schema-version": 1,
    }
    reported = {r["article_id"] for c in contacts_in(consume, lines).values() for r in c["reports"]}
    carried = {u for c in contacts_in(consume, lines).values() for r in c["reports"] for u in r["carriers"]}
    assert reported | carried == {article.uri for article in articles}
    assert replay(letters[:1], lines, done=lambda _: None) == 1
    done(lines)
    assert len(waiting(lines)) == 20, "what is still unusable comes back as a new letter"


def test_two_workers_share_the_partitions_and_one_takes_over(
    lines: Settings, workers: Workers, consume: Consume
) -> None:
    articles = stories(240, seed=7)
    first, second = workers(lines), workers(lines)
    feed(articles[:80], lines)
    done(lines)
    feed(articles[80:160], lines)
    assert stop_worker(second) == 0
    done(lines)
    first.kill()
    first.wait()
    workers(lines)
    feed(articles[160:], lines)
    done(lines)
    contacts = contacts_in(consume, lines)
    assert counted(lines) == expected_counts(contacts)
    assert {str(c["dyad"]) for c in contacts.values()} == {
        "-".join(sorted(a.text.split()[:2])) for a in articles
    }


def test_state_older_than_its_retention_expires_with_its_rollups(
    lines: Settings, workers: Workers, consume: Consume
) -> None:
    """Tables do not grow for ever: old buckets leave the topic by tombstones, the state by its changelog."""
    settings = lines.model_copy(update={"rollup_retention_days": 31, "ledger_retention_days": 31})
    workers(settings)
    old = Article(uri="urn:old", text="KAZ QAT call held 2020-01-01", published="2020-01-01")
    new = Article(uri="urn:new", text="KAZ QAT call held 2024-01-01", published="2024-01-01")
    feed([old], settings)
    done(settings)
    assert {str(r.bucket.date()) for r in read_rollups(settings)} == {"2020-01-01"}
    feed([new], settings)
    done(settings)
    time.sleep(1)
    assert {str(r.bucket.date()) for r in read_rollups(settings)} == {"2024-01-01"}
    changelog = consume(f"{settings.app_id}-ledger-changelog")
    assert any(record.value is None for record in changelog)


def test_a_contact_that_comes_too_late_is_kept_as_late_also_after_a_restart(
    lines: Settings, workers: Workers, consume: Consume
) -> None:
    """Its hour has expired and does not come back with it alone; subscribers have it all the same."""
    settings = lines.model_copy(update={"rollup_retention_days": 31, "ledger_retention_days": 31})
    process = workers(settings)
    text = "KAZ QAT call held {}"
    feed([Article(uri="urn:new", text=text.format("2024-03-01"), published="2024-03-01")], settings)
    done(settings)
    in_time = Article(uri="urn:in-time", text=text.format("2024-01-30"), published="2024-03-01")
    late = Article(uri="urn:late", text=text.format("2024-01-29"), published="2024-03-01")
    feed([in_time], settings)
    done(settings)
    time.sleep(1)  # the watermark is written after the batch
    process.kill()
    process.wait()
    workers(settings)
    feed([late], settings)
    done(settings)
    assert {str(r.bucket.date()) for r in read_rollups(settings)} == {"2024-03-01", "2024-01-30"}
    letters = waiting(settings)
    assert by_reason(letters) == {"late": 2}, "one for each country"
    assert "2024-01-29 lies before 2024-01-30" in letters[0].detail
    assert len(contacts_in(consume, settings)) == 3


def test_a_worker_that_makes_no_progress_ends(lines: Settings, workers: Workers, produce: Produce) -> None:
    """One record in a changelog that Faust cannot read would keep it in recovery for ever."""
    produce(f"{lines.app_id}-ledger-changelog", b"{garbage", key=b"{garbage")
    process = workers(lines.model_copy(update={"stall_timeout": 10.0}))
    feed(stories(5), lines)
    assert process.wait(timeout=PATIENCE) == 70


def test_an_infrastructure_error_ends_the_worker(lines: Settings, workers: Workers) -> None:
    """A coder that cannot be loaded must not look like a quiet day."""
    process = workers(lines.model_copy(update={"coder": "tests.line_coder:NoSuchCoder"}))
    feed(stories(1), lines)
    assert process.wait(timeout=PATIENCE) not in {0, None}
