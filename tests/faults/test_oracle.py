"""The oracle finds what was planted, one fault at a time, and nothing in a quiet run."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable

import pytest

from tests.faults.fold import settle
from tests.faults.logs import Logs, Record
from tests.faults.oracle import judge, premature
from tests.faults.quiet import altered, quiet_logs
from tests.faults.tales import code_lines, poison, tales

ARTICLES = tales(60, seed=3)
BAD = [(b"urn:poison", value) for value in poison(3)]


@pytest.fixture(scope="module")
def quiet() -> Logs:
    return quiet_logs([*ARTICLES[:30], *BAD, *ARTICLES[30:]], code_lines)


def _without(logs: Logs, role: str, number: int) -> Logs:
    records = logs.of(role)
    return altered(logs, role, [*records[:number], *records[number + 1 :]])


def _changed(logs: Logs, role: str, change: Callable[[Record], Record], number: int = 0) -> Logs:
    records = list(logs.of(role))
    records[number] = change(records[number])
    return altered(logs, role, records)


def _edit(**fields: object) -> Callable[[Record], Record]:
    def edited(record: Record) -> Record:
        value = json.dumps(json.loads(record.value or b"") | fields, separators=(",", ":")).encode()
        return dataclasses.replace(record, value=value)

    return edited


def _problems(logs: Logs) -> str:
    return str(judge(logs, code_lines))


def test_a_quiet_run_is_without_fault(quiet: Logs) -> None:
    verdict = judge(quiet, code_lines)
    assert str(verdict) == "no problem"
    assert premature(quiet, code_lines) == []
    assert verdict.articles == len(ARTICLES) + len(BAD)
    assert verdict.distinct == len(quiet.of("contacts")) > 30
    assert (verdict.lost, verdict.invented, verdict.doubled) == (0, 0, 0)


def test_a_record_that_came_twice_is_counted_and_no_fault(quiet: Logs) -> None:
    records = list(quiet.of("contacts"))
    verdict = judge(altered(quiet, "contacts", [*records, records[3]]), code_lines)
    assert (verdict.doubled, verdict.lost, str(verdict)) == (1, 0, "no problem")


@pytest.mark.parametrize(
    ("role", "found"),
    [
        ("reports", "article's reports lost: 1"),
        ("contacts", "contact lost: 1"),
        ("country_contacts", "country's contact lost: 1"),
        ("rollups", "table differs"),
        ("dead_letters", "bad article without letter: 1"),
        ("coded", "changelog of coded replays"),
        ("ledger", "changelog of ledger replays"),
        ("buckets", "changelog of buckets replays"),
    ],
)
def test_one_lost(quiet: Logs, role: str, found: str) -> None:
    assert found in _problems(_without(quiet, role, 0))


def test_one_doubled_with_another_text(quiet: Logs) -> None:
    first = _edit(confidence=0.5)(quiet.of("contacts")[0])
    doubled = altered(quiet, "contacts", [*quiet.of("contacts"), first])
    assert "differs from the quiet run" in _problems(doubled)


def test_one_doubled_as_another_contact(quiet: Logs) -> None:
    doubled = _edit(contact_id="c-0000000000000000")(quiet.of("contacts")[0])
    problems = _problems(altered(quiet, "contacts", [*quiet.of("contacts"), doubled]))
    assert "contact invented: 1" in problems
    assert "under another's key" in problems
    assert "under another's headers" in problems
    assert "table differs" in problems


def test_two_swapped(quiet: Logs) -> None:
    """The same records, each under the other's key."""
    a, b, *rest = quiet.of("contacts")
    swapped = [dataclasses.replace(a, key=b.key), dataclasses.replace(b, key=a.key), *rest]
    assert "contact under another's key: 2" in _problems(altered(quiet, "contacts", swapped))


def test_two_revisions_in_the_wrong_order(quiet: Logs) -> None:
    records = list(quiet.of("contacts"))
    later = next(n for n, r in enumerate(records) if json.loads(r.value or b"")["revision"] > 1)
    key = records[later].key
    first = next(n for n, r in enumerate(records) if r.key == key)
    assert first < later
    records[first], records[later] = records[later], records[first]
    assert "revisions out of order" in _problems(altered(quiet, "contacts", records))


def test_one_invented(quiet: Logs) -> None:
    """An article nobody sent, with all that follows from it."""
    invented = quiet_logs([*ARTICLES[:30], *BAD, *ARTICLES[30:], *tales(1, seed=99)], code_lines)
    problems = _problems(altered(invented, "articles", quiet.of("articles")))
    assert "article's reports invented" in problems
    assert "contact rests on what no article says" in problems


def test_a_table_one_too_high(quiet: Logs) -> None:
    held = json.loads(quiet.of("rollups")[0].value or b"")["held"]
    assert "table differs from the fold of the contacts: 1" in _problems(
        _changed(quiet, "rollups", _edit(held=held + 1))
    )


@pytest.mark.parametrize("fields", [{"reason": "schema"}, {"value": "AAAA"}, {"key": "AAAA"}])
def test_a_letter_with_another_reason_or_other_bytes(quiet: Logs, fields: dict[str, str]) -> None:
    number = next(
        n
        for n, r in enumerate(quiet.of("dead_letters"))
        if json.loads(r.value or b"")["reason"] == "not-utf8"
    )
    wrong = _changed(quiet, "dead_letters", _edit(**fields), number)
    assert "letter with another reason or other bytes: 1" in _problems(wrong)


def test_a_letter_of_a_good_article(quiet: Logs) -> None:
    good = next(r for r in quiet.of("articles") if r.value and b"urn:tale" in r.value)
    letter = _edit(letter_id=f"articles/{good.partition}/{good.offset}")(quiet.of("dead_letters")[0])
    wrong = altered(quiet, "dead_letters", [*quiet.of("dead_letters"), letter])
    assert "letter of a good article: 1" in _problems(wrong)


@pytest.mark.parametrize("difference", [-1, 1])
def test_an_offset_that_is_not_the_end(quiet: Logs, difference: int) -> None:
    place = "articles", 0
    committed = {**quiet.committed, place: quiet.ends[place] + difference}
    assert "articles, partition 0: committed" in _problems(dataclasses.replace(quiet, committed=committed))


@pytest.mark.parametrize(
    ("role", "found"),
    [
        ("reports", "article committed without its reports: 1"),
        ("dead_letters", "bad article committed without its letter: 1"),
        ("contacts", "report committed without its contact: 1"),
        ("buckets", "contact committed without being counted"),
    ],
)
def test_an_offset_above_what_is_finished(quiet: Logs, role: str, found: str) -> None:
    assert found in "\n".join(premature(_without(quiet, role, -1 % len(quiet.of(role))), code_lines))


def test_what_is_not_committed_may_be_unfinished(quiet: Logs) -> None:
    last = max(r.offset for r in quiet.of("reports") if r.partition == 0)
    unfinished = dataclasses.replace(quiet, committed={**quiet.committed, ("reports", 0): last})
    told = settle([r for r in quiet.of("reports") if r.partition == 0])
    newest = told.contacts[-1]
    records = [r for r in quiet.of("contacts") if r.value != newest.model_dump_json().encode()]
    assert len(records) == len(quiet.of("contacts")) - 1
    assert premature(altered(unfinished, "contacts", records), code_lines) == []
    assert premature(altered(quiet, "contacts", records), code_lines) != []
