"""Bad records, too large ones, the same ones again, and late ones."""

from __future__ import annotations

import json
import random
import time

import pytest
from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition

from schemas import Article
from streams.letters import replay, waiting
from tests.faults.conftest import Report, Rigs
from tests.faults.logs import SOURCES, names, read_logs
from tests.faults.rig import Rig
from tests.faults.tales import poison, tales


@pytest.mark.faults
def test_each_poison_alone(rigs: Rigs, report: Report, seed: int) -> None:
    """Each by itself among good ones; those that break a coder's process too: killed, hung, out of memory."""
    rig = rigs(coder_timeout=10.0, coder_memory_mib=1024)
    rig.supervise()
    bad = poison(seed, breaking=("KILL", "HANG", "GROW", "FAIL"))
    good = tales(5 * len(bad), seed)
    for number, value in enumerate(bad):
        rig.feed(good[5 * number : 5 * number + 5])
        rig.send([value], key=b"urn:poison")
    rig.injections += len(bad)
    report("poison, each kind alone", rig)


@pytest.mark.faults
def test_a_hundred_poisoned_a_second(rigs: Rigs, report: Report, seed: int) -> None:
    rig = rigs()
    rig.supervise()
    good = tales(500, seed)
    for second in range(5):
        began = time.monotonic()
        bad = [value for n in range(6) for value in poison(1000 * seed + 10 * second + n, breaking=("FAIL",))]
        rig.injections += len(bad[:100])
        rig.send(bad[:100], key=b"urn:poison")
        rig.feed(good[100 * second : 100 * second + 100])
        time.sleep(max(0.0, 1 - (time.monotonic() - began)))
    report("poison, 100 a second", rig)


@pytest.mark.faults
def test_too_large_in_and_out(rigs: Rigs, report: Report, seed: int) -> None:
    """At the broker's limit; and an article that the worker takes, of which it can say only too much."""
    rig = rigs()
    rig.supervise()
    rig.feed(tales(50, seed))
    room = 1_048_588 - 200  # the broker's limit of a batch, less what frames one record
    rig.send([random.Random(seed).randbytes(room)], key=b"urn:large")
    large = {"uri": "urn:large", "text": "x" * (rig.settings.max_article_bytes - 31)}
    rig.send([json.dumps(large).encode(), json.dumps(large | {"title": "y"}).encode()], key=b"urn:large")
    rig.send([b"x" * 10_000_000, b"{" + b" " * 30_000_000 + b"}"], key=b"urn:packed", packed=True)
    line = "KAZ QAT call held 2026-03-01\n"
    rig.feed([Article(uri=f"urn:much:{n}", text=line * n) for n in (2000, 3000)])
    rig.feed(tales(50, seed + 1000))
    rig.injections += 7
    report("too large, in and out", rig)


@pytest.mark.faults
def test_a_contact_of_too_many_reports(rigs: Rigs, report: Report, seed: int) -> None:
    """Reports pile up until the contact is too large for one record: what is beyond is kept."""
    rig = rigs()
    rig.supervise()
    rng = random.Random(seed)
    words = (f"KAZ QAT call held 2026-03-01 {rng.randbytes(30_000).hex()}" for _ in range(70))
    heavy = [Article(uri=f"urn:heavy:{n}", text=text) for n, text in enumerate(words)]
    rig.feed([*heavy, *tales(50, seed)])
    rig.injections += len(heavy)
    report("contact too large", rig)


@pytest.mark.faults
def test_sent_again_and_offsets_rewound(rigs: Rigs, report: Report, seed: int) -> None:
    rig = rigs()
    articles = tales(300, seed)
    process = rig.supervise()
    rig.feed(articles)
    rig.done()
    rig.feed(random.Random(seed).sample(articles, len(articles)))
    rig.done()
    rig.stop(process)
    before = len(read_logs(rig.settings).of("contacts"))
    _rewind(rig, seed)
    rig.supervise()
    row = report("all sent again, offsets rewound", rig)
    assert len(read_logs(rig.settings).of("contacts")) == before
    assert row.verdict.doubled == 0


def _rewind(rig: Rig, seed: int) -> None:
    """Set the group's offsets to anywhere before where they were."""
    rng = random.Random(seed)
    consumer = KafkaConsumer(
        bootstrap_servers=rig.settings.servers, group_id=rig.settings.app_id, enable_auto_commit=False
    )
    try:
        topics = names(rig.settings)
        partitions = [
            TopicPartition(topics[role], n) for role in SOURCES for n in range(rig.settings.partitions)
        ]
        consumer.assign(partitions)
        offsets = {
            p: OffsetAndMetadata(rng.randint(0, consumer.committed(p) or 0), "", -1) for p in partitions
        }
        consumer.commit(offsets)
        rig.injections += len(offsets)
    finally:
        consumer.close()


@pytest.mark.faults
def test_a_week_late_and_shuffled(rigs: Rigs, report: Report, seed: int) -> None:
    rig = rigs()
    articles = tales(800, seed, days=7)
    random.Random(seed).shuffle(articles)
    rig.supervise()
    rig.feed(articles)
    rig.injections += 1
    report("a week, late and shuffled", rig)


def test_a_schema_version_from_the_future(rigs: Rigs, report: Report, seed: int) -> None:
    """Kept as it came, and sent again as it came, however often."""
    rig = rigs()
    rig.supervise()
    future = [json.dumps({"schema_version": 99, "uri": f"urn:{n}", "news": [n]}).encode() for n in range(20)]
    rig.send(future, key=b"urn:future")
    rig.feed(tales(100, seed))
    rig.done()
    letters = waiting(rig.settings)
    assert sorted(letter.value or b"" for letter in letters) == sorted(future)
    assert {letter.reason for letter in letters} == {"schema-version"}
    assert replay(letters, rig.settings, done=lambda _: None) == len(future)
    rig.injections += len(future)
    report("schema version of the future", rig)
    again = waiting(rig.settings)
    assert sorted(letter.value or b"" for letter in again) == sorted(future)
    assert not {letter.letter_id for letter in again} & {letter.letter_id for letter in letters}
