"""What is counted where, and what is read from it."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import Contact, Rollup
from streams.rollups import dyad_tempo, expired, is_bucket, newest, roll_up, tables, watermark_key
from tests.told import Ledger, article, ledger, report

UTC = dt.UTC


def _keep(kept: dict[str, Any], changes: Mapping[str, Any]) -> None:
    """Keep the latest value of each key, as compaction does."""
    kept |= changes
    for key in [key for key, value in changes.items() if value is None]:
        del kept[key]


class Tables:
    """Counts contacts one by one, as the stream does, and keeps the compacted topic."""

    def __init__(self, country: str = "KAZ") -> None:
        self.country = country
        self.state: dict[str, Any] = {}
        self.topic: dict[str, Rollup] = {}

    def count(self, *contacts: Contact) -> Tables:
        for contact in contacts:
            rolled = roll_up(self.state.get, contact, self.country)
            _keep(self.topic, rolled.rollups)
            _keep(self.state, rolled.changes)
        return self

    @property
    def held(self) -> dict[str, int]:
        return {key: rollup.held for key, rollup in self.topic.items()}


def contact(revision: int = 1, day: str = "2026-03-02", **fields: Any) -> Contact:  # noqa: ANN401 -- any field
    """One revision of a call held by Kazakhstan and Qatar."""
    (made,) = ledger([article("x/1", report(date=day))]).contacts
    moment = fields.pop("event_time", made.event_time)
    return made.model_copy(update={"revision": revision, "event_time": moment, "contact_id": "c-1", **fields})


def test_a_contact_counts_once_for_each_country() -> None:
    """In the hour of its event time, by kind and counterpart."""
    for country, other in (("KAZ", "QAT"), ("QAT", "KAZ")):
        (rollup,) = Tables(country).count(contact(), contact()).topic.values()
        assert (rollup.country, rollup.bucket) == (country, dt.datetime(2026, 3, 2, tzinfo=UTC))
        assert (rollup.held, rollup.by_kind, rollup.by_counterpart) == (1, {"call": 1}, {other: 1})


def test_a_correction_moves_it() -> None:
    """Another date, another bucket; the old one, now empty, gets a tombstone."""
    book = Tables().count(contact())
    assert book.held == {"KAZ|2026-03-02T00": 1}
    rolled = roll_up(book.state.get, contact(2, "2026-02-28"), "KAZ")
    assert rolled.rollups["KAZ|2026-03-02T00"] is None
    assert book.count(contact(2, "2026-02-28")).held == {"KAZ|2026-02-28T00": 1}


def test_a_retraction_takes_it_out_and_an_older_revision_does_not_bring_it_back() -> None:
    """What is known of the contact stays, so that late duplicates are known too."""
    book = Tables().count(contact(), contact(2, change="retracted"))
    assert book.topic == {}
    assert book.count(contact()).topic == {}


@pytest.mark.parametrize(
    ("modality", "held", "planned"),
    [("held", 1, 0), ("planned", 0, 1), ("proposed", 0, 1), ("refused", 0, 0), ("background", 0, 0)],
)
def test_only_what_was_held_counts_as_held(modality: str, held: int, planned: int) -> None:
    """Plans are counted apart, refusals and history not at all."""
    (rollup,) = Tables().count(contact(modality=modality)).topic.values()
    assert (rollup.held, rollup.planned) == (held, planned)


def test_without_event_time_it_is_not_counted() -> None:
    """There is no bucket for "unknown", and "now" would be a lie."""
    assert Tables().count(contact(event_time=None)).topic == {}


def test_a_story_its_correction_and_its_withdrawal_in_the_tables() -> None:
    """The three revisions of the ledger, and the tables after each."""
    book, counted = Ledger(), Tables()
    after = []
    for version, days in enumerate((["2026-03-01"], ["2026-02-28"], []), start=1):
        told = article("x/1", *(report(date=day) for day in days), version=version)
        after.append(counted.count(*book.tell(told)).held)
    assert after == [{"KAZ|2026-03-01T00": 1}, {"KAZ|2026-02-28T00": 1}, {}]


def test_what_is_late_is_not_counted_but_leaves_the_hour_that_it_was_in() -> None:
    """Within the allowed lateness it corrects its hour; beyond, the hour has expired and stays away."""
    book = Tables().count(contact())
    in_time = roll_up(book.state.get, contact(2, "2026-02-28"), "KAZ", dt.date(2026, 2, 28))
    assert (in_time.late, list(in_time.rollups)) == (False, ["KAZ|2026-03-02T00", "KAZ|2026-02-28T00"])
    late = roll_up(book.state.get, contact(2, "2026-02-27"), "KAZ", dt.date(2026, 2, 28))
    assert (late.late, late.rollups) == (True, {"KAZ|2026-03-02T00": None})
    new = roll_up({}.get, contact(day="2026-02-27"), "KAZ", dt.date(2026, 2, 28))
    assert (new.late, new.rollups) == (True, {})
    retracted = roll_up(
        book.state.get, contact(2, "2026-02-27", change="retracted"), "KAZ", dt.date(2026, 3, 1)
    )
    assert (retracted.late, retracted.rollups) == (False, {"KAZ|2026-03-02T00": None})


def test_a_watermark_is_no_bucket_and_does_not_expire() -> None:
    """It stands among the buckets of its partition."""
    assert not is_bucket(watermark_key(0))
    assert not expired({"newest": "2026-03-02", "day": None}, dt.date(2030, 1, 1))


def test_expiry() -> None:
    """Buckets and what is known of contacts go by their day; only buckets stand on the topic."""
    state = Tables().count(contact()).state
    assert [expired(v, dt.date(2026, 3, 2)) for v in state.values()] == [False, False]
    assert [expired(v, dt.date(2026, 3, 3)) for v in state.values()] == [True, True]
    assert [is_bucket(key) for key in state] == [True, False]


CONTACTS = st.lists(
    st.tuples(
        st.sampled_from(("c-1", "c-2", "c-3")),
        st.integers(1, 4),
        st.sampled_from(("2026-03-01", "2026-03-02", "2026-03-04")),
        st.sampled_from(("held", "planned", "refused")),
        st.sampled_from(("updated", "updated", "retracted")),
    ),
    max_size=10,
    unique_by=lambda drawn: drawn[:2],
)
CALL = contact()


@settings(max_examples=40, deadline=None)
@given(CONTACTS, st.integers(0, 10**6).map(random.Random))
def test_any_order_any_duplication_and_any_crash(drawn: list[tuple[Any, ...]], chance: random.Random) -> None:
    """The tables are those of the latest revisions alone, also when records are cut short."""
    revisions = [_revision(*one) for one in drawn]
    latest = {c.contact_id: c for c in sorted(revisions, key=lambda c: c.revision)}
    shuffled = [c for c in revisions for _ in range(chance.randint(1, 3))]
    chance.shuffle(shuffled)
    book = Tables()
    for one in shuffled:
        rolled = roll_up(book.state.get, one, "KAZ")
        written = [*rolled.changes.items()][: chance.randint(0, len(rolled.changes))]
        _keep(book.topic, rolled.rollups)
        _keep(book.state, dict(written))
        book.count(one)
    assert book.topic == Tables().count(*latest.values()).topic
    buckets = {key: Rollup.model_validate(v) for key, v in book.state.items() if is_bucket(key)}
    assert buckets == book.topic


def _revision(contact_id: str, revision: int, day: str, modality: str, change: str) -> Contact:
    moment = dt.datetime.fromisoformat(day).replace(tzinfo=UTC)
    update = {"contact_id": contact_id, "revision": revision, "modality": modality, "change": change}
    return CALL.model_copy(update={**update, "event_time": moment})


def _days(counts: dict[int, int], last: dt.date = dt.date(2026, 3, 31)) -> list[Rollup]:
    """Rollups of calls held so many days before the last day, at noon."""
    book = Tables()
    for before, number in counts.items():
        noon = dt.datetime.combine(last - dt.timedelta(days=before), dt.time(12), tzinfo=UTC)
        book.count(*(contact(contact_id=f"c-{before}-{n}", event_time=noon) for n in range(number)))
    return list(book.topic.values())


def test_windows_are_sums_as_of_the_newest_event() -> None:
    """Of the stream's own time: an archive shows its own days, and plans do not move them."""
    rollups = _days({0: 2, 1: 3, 5: 1, 20: 4, 40: 8})
    plan = Tables().count(contact(modality="planned", event_time=dt.datetime(2026, 6, 1, tzinfo=UTC)))
    rollups += plan.topic.values()
    assert newest(rollups) == dt.datetime(2026, 3, 31, 12, tzinfo=UTC)
    (table,) = tables(rollups)
    assert {name: window.held for name, window in table.windows.items()} == {
        "1h": 2,
        "24h": 2,
        "7d": 6,
        "30d": 10,
    }
    (later,) = tables(rollups, as_of=dt.datetime(2026, 6, 1, 0, 30, tzinfo=UTC))
    assert (later.windows["1h"].held, later.windows["1h"].planned) == (0, 1)
    assert later.windows["7d"].tone is None


def test_tempo_is_a_robust_z_over_the_trailing_days() -> None:
    """A burst after quiet weeks stands out; one great day among them does not hide it."""
    rollups = _days({0: 9, **dict.fromkeys(range(1, 31), 2), 10: 40, 11: 3, 12: 1})
    (table,) = tables(rollups)
    assert (table.tempo.last_day, table.tempo.days, table.tempo.baseline) == (9, 30, 2)
    assert table.tempo.z == pytest.approx(7.0)
    assert dyad_tempo(rollups, "KAZ-QAT") == table.tempo
    assert dyad_tempo(rollups, "KAZ-JOR") is None


def test_tempo_says_nothing_from_a_few_days() -> None:
    """A week at least."""
    (table,) = tables(_days({0: 9, 1: 1, 5: 1}))
    assert (table.tempo.days, table.tempo.baseline, table.tempo.z) == (5, None, None)


def test_nothing_held_gives_no_table() -> None:
    """No rollups, no time."""
    assert tables([]) == []
    assert newest([]) is None
