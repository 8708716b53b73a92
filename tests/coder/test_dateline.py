from __future__ import annotations

import datetime as dt

import pytest

from streams.coder.dateline import read_header

PUBLISHED = dt.date(2026, 3, 3)
DAY = dt.date(2026, 3, 2)

HEADERS = [
    ("KYIV (Reuters) - The president spoke.", "KYIV", "UKR", None, "Reuters"),
    ("Washington, March 2 (Xinhua) -- The envoy left.", "Washington", "USA", DAY, "Xinhua"),
    ("SEOUL, March 2 (Yonhap) -- The envoy left.", "SEOUL", "KOR", DAY, "Yonhap"),
    ("date 2026-03-02 ALMATY – The president spoke.", "ALMATY", "KAZ", DAY, None),
    ("PARIS The ministers met.", "PARIS", "FRA", None, None),
    ("NEW DELHI: The minister flew home.", "NEW DELHI", "IND", None, None),
    ("NAIROBI, Kenya (AP) _ The envoy left.", "NAIROBI", "KEN", None, "AP"),
    ("London CNN — The minister left.", "London", "GBR", None, "CNN"),
    ("MOSCOW. March 2 (Interfax) - The envoy left.", "MOSCOW", "RUS", DAY, "Interfax"),
    ("Monday, March 2, 2026\n\nThe envoy left.", None, None, DAY, None),
    ("(AFP) - The envoy left.", None, None, None, "AFP"),
    ("CAIRO - 2 March 2026: The envoy left.", "CAIRO", "EGY", DAY, None),
    (
        "Lee-talks(LEAD) Lee on talks SEOUL, March 2 (Yonhap) -- The envoy left.",
        "SEOUL",
        "KOR",
        DAY,
        "Yonhap",
    ),
    ("By Ann Roe SEOUL, March 2 (Yonhap) -- The envoy left.", "SEOUL", "KOR", DAY, "Yonhap"),
]


@pytest.mark.parametrize(("text", "place", "code", "day", "agency"), HEADERS)
def test_header(
    text: str, place: str | None, code: str | None, day: dt.date | None, agency: str | None
) -> None:
    """Place, day and agency are read, and the first sentence begins after them."""
    header = read_header(text, 0, PUBLISHED)
    assert (header.place, header.place_code, header.day, header.agency) == (place, code, day, agency)
    assert text[header.body_start_char :].startswith("The ")


@pytest.mark.parametrize(
    "text",
    [
        "US President Ann Roe spoke.",
        "The ministers - all of them - met.",
        "U.S. Envoy Roe left.",
        "",
        "Talks",
    ],
)
def test_no_header(text: str) -> None:
    """Sentences that merely begin with a place or hold a dash lose nothing."""
    header = read_header(text, 0, PUBLISHED)
    assert (header.place, header.day, header.agency, header.body_start_char) == (None, None, None, 0)


def test_the_year_is_the_nearest_to_publication() -> None:
    """A dateline of late December belongs to the year before."""
    header = read_header("ROME, Dec. 30 (ANSA) - The envoy left.", 0, dt.date(2026, 1, 2))
    assert header.day == dt.date(2025, 12, 30)


def test_without_a_year_the_day_stays_unknown() -> None:
    """No publication, no year: nothing is invented."""
    assert read_header("ROME, Dec. 30 (ANSA) - The envoy left.", 0, None).day is None


def test_a_digest_is_of_the_day_in_its_headline() -> None:
    """A headline with a full date gives the day where the body has none."""
    text = "Current events 2026-03-02\n\nThe envoy left."
    header = read_header(text, text.index("The"), None)
    assert header.day == DAY


@pytest.mark.parametrize("text", ["A" * 50_000, "A " * 20_000, "(((((" * 5_000, "A, " * 20_000 + "-"])
def test_long_openings_take_bounded_time(text: str) -> None:
    """Only the opening is looked at."""
    started = dt.datetime.now(dt.UTC)
    read_header(text, 0, PUBLISHED)
    assert dt.datetime.now(dt.UTC) - started < dt.timedelta(seconds=10)
