import datetime as dt

import pytest

from schemas.base import Kind, Modality
from streams.coder.dates import expressions, resolve
from streams.coder.records import Header
from streams.coder.telling import sentence_of, sentences
from streams.coder.time import When, when
from tests.coder.contents import read, stretch

WEDNESDAY = dt.date(2023, 5, 10)
NO_HEADER = Header(None, None, None, None, 0)


def found(text: str, evidence: str, *, kind: Kind = "meeting", modality: Modality = "held") -> When:
    doc = read(text)
    at = stretch(doc, evidence)
    cut = sentences(doc)
    return when(doc, [cut[sentence_of(cut, at[0])]], at, modality, kind, NO_HEADER, WEDNESDAY)


@pytest.mark.parametrize(
    ("words", "past", "future"),
    [
        ("on Monday", "2023-05-08", "2023-05-15"),
        ("on Wednesday", "2023-05-10", "2023-05-10"),
        ("last Wednesday", "2023-05-03", "2023-05-10"),
        ("next Monday", "2023-05-15", "2023-05-15"),
        ("today", "2023-05-10", "2023-05-10"),
        ("yesterday", "2023-05-09", "2023-05-09"),
        ("last night", "2023-05-09", "2023-05-09"),
        ("tomorrow", "2023-05-11", "2023-05-11"),
        ("three days ago", "2023-05-07", "2023-05-07"),
        ("Nov. 3", "2022-11-03", "2023-11-03"),
        ("3 November", "2022-11-03", "2023-11-03"),
        ("November 3rd, 2021", "2021-11-03", "2021-11-03"),
        ("from April 12-15", "2023-04-12", "2023-04-12"),
        ("June 28 to July 2, 2021", "2021-06-28", "2021-06-28"),
        ("7–10 July", "2022-07-07", "2023-07-07"),
        ("2023-05-04", "2023-05-04", "2023-05-04"),
    ],
)
def test_a_day_is_resolved_against_the_report(words: str, past: str, future: str) -> None:
    """The same words name another day for what happened than for what is planned."""
    (expression,) = expressions(words)
    assert resolve(expression, WEDNESDAY, "past") == dt.date.fromisoformat(past)
    assert resolve(expression, WEDNESDAY, "future") == dt.date.fromisoformat(future)


@pytest.mark.parametrize("words", ["they may 3 times", "in late July", "last week", "on Mondays", "at 3:15"])
def test_no_day_is_read_where_none_is_told(words: str) -> None:
    """The verb "may", months alone, weeks and hours name no day."""
    assert not [e for e in expressions(words) if resolve(e, WEDNESDAY, "past")]


def test_without_a_day_of_the_report_only_full_dates_are_days() -> None:
    """Nothing is guessed for articles whose day is unknown."""
    days = [resolve(e, None, "past") for e in expressions("On Friday, on 3 June and on 3 June 2020")]
    assert days == [None, None, dt.date(2020, 6, 3)]


def test_the_day_nearest_to_the_contact_counts() -> None:
    """Each of two contacts in one sentence has its own day."""
    text = "Minister Ola Berg, who arrived on Monday, met her host on Tuesday."
    assert found(text, "met her host").date == dt.date(2023, 5, 9)
    assert found(text, "Ola Berg, who arrived", kind="visit").date == dt.date(2023, 5, 8)


@pytest.mark.parametrize(
    "text",
    [
        "The palace said on Tuesday that the two presidents spoke by telephone.",
        "The two presidents spoke by telephone, the palace announced Monday.",
        "The two presidents spoke by telephone, reported the palace on May 8.",
        "The two presidents spoke by telephone.",
    ],
)
def test_the_day_of_the_statement_is_not_the_contacts(text: str) -> None:
    """A readout without a day keeps the day unknown and tells the day of the report instead."""
    assert found(text, "the two presidents spoke" if "that" in text else "The two presidents spoke") == When(
        None, "unknown", WEDNESDAY
    )


def test_a_month_is_kept_as_a_precision() -> None:
    """A month alone gives no date."""
    time = found("The two presidents met in November 2021.", "The two presidents met", modality="background")
    assert (time.date, time.precision) == (None, "month")


def test_a_visit_under_way_has_the_day_it_is_reported() -> None:
    """Only a visit told as news of the day: not a recent one."""
    assert (
        found("Premier Lu is on a visit to Oslo.", "Premier Lu is on a visit", kind="visit").date == WEDNESDAY
    )
    assert found("She praised Premier Lu's recent visit to Oslo.", "recent visit", kind="visit").date is None


def test_a_digest_headed_by_a_day_dates_its_present_tense() -> None:
    """Items of a page with sources in brackets take the page's day."""
    text = (
        "Events of 4 May 2023\n\nA storm hits the coast. (Agency One)\n\n"
        "Foreign minister Ola Berg meets her counterpart in Lima. (Agency Two)\n\nPrices rise. (Daily Three)"
    )
    assert found(text, "Ola Berg meets her counterpart").date == dt.date(2023, 5, 4)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("A day later Ola Berg rang her host.", "2023-05-09"),
        ("Two days earlier Ola Berg rang her host.", "2023-05-06"),
        ("In the evening Ola Berg rang her host.", "2023-05-08"),
        ("They spoke of fish. Bread was served. That evening Ola Berg rang her host.", "2023-05-08"),
    ],
)
def test_a_sequel_counts_from_the_sentence_before(words: str, day: str) -> None:
    """Days told in relation to the last event are resolved against its day."""
    text = f"The two ministers met on Monday. {words}"
    assert found(text, "Ola Berg rang her host", kind="call").date == dt.date.fromisoformat(day)


def test_what_a_digest_tells_as_news_is_not_dated_by_what_it_says_of_later() -> None:
    """A day further on in the item belongs to something else than the present tense before it."""
    text = (
        "Events of 4 May 2023\n\nA storm hits the coast. (Agency One)\n\nPrices rise. (Daily Three)\n\n"
        "Foreign minister Ola Berg meets her counterpart to prepare a summit of the region's leaders that "
        "opens in Lima on 9 May. (Agency Two)"
    )
    assert found(text, "Ola Berg meets her counterpart").date == dt.date(2023, 5, 4)


@pytest.mark.parametrize(("day", "expected"), [("8 May", dt.date(2023, 5, 8)), ("6 April", None)])
def test_another_sentence_dates_news_and_not_history(day: str, expected: dt.date | None) -> None:
    """Weeks-old days beside the sentence that tells a contact belong to something else."""
    doc = read(f"The ministers met. The talks began on {day}.")
    at = stretch(doc, "ministers met")
    assert when(doc, sentences(doc), at, "held", "meeting", NO_HEADER, WEDNESDAY).date == expected
