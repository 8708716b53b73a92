from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from schemas.codes import is_code
from streams.coder.roster import Roster, extended_roster, read_holders, shipped_roster

HEADER = "name,office,role,code,from,until,source\n"


@pytest.mark.parametrize(
    ("name", "day", "code"),
    [
        ("Emmanuel Macron", dt.date(2022, 5, 1), "FRA"),
        ("Macron", dt.date(2022, 5, 1), "FRA"),
        ("Macron", dt.date(1990, 5, 1), None),
        ("Mikhail Gorbachev", dt.date(1989, 5, 1), "SUN"),
        ("Zelenskyy", dt.date(2023, 5, 1), "UKR"),
        ("Nikos Christodoulides", dt.date(2024, 5, 1), "CYP"),
        ("Nobody Whatever", dt.date(2024, 5, 1), None),
    ],
)
def test_shipped_holders(name: str, day: dt.date, code: str | None) -> None:
    """Full names and surnames are found in their own time only."""
    holder = shipped_roster().lookup(name, day)
    assert (holder.code if holder else None) == code


def test_a_name_of_two_states_is_nobody_s() -> None:
    """Where holders of two states bear a surname, it tells nothing."""
    rows = [
        {
            "name": name,
            "office": "head",
            "role": "President",
            "code": code,
            "from": "2001",
            "until": "",
            "source": "x",
        }
        for name, code in [("Ann Roe", "FJI"), ("Bo Roe", "TON")]
    ]
    assert Roster(read_holders(rows)).lookup("Roe", dt.date(2010, 1, 1)) is None


def test_the_user_s_own_file_extends_it(tmp_path: Path) -> None:
    """Own lines are read beside the shipped ones."""
    path = tmp_path / "own.csv"
    path.write_text(HEADER + "Ada Quill,foreign,Foreign Minister,TON,2025-02-01,,own\n", encoding="utf-8")
    roster = extended_roster(path)
    found = roster.lookup("Ada Quill", dt.date(2026, 1, 1))
    assert found is not None
    assert (found.code, found.role) == ("TON", "Foreign Minister")
    assert roster.lookup("Emmanuel Macron", dt.date(2022, 5, 1)) is not None


def test_every_line_has_a_known_code_and_a_source() -> None:
    """The data keep their promises."""
    holders = shipped_roster().holders
    assert len(holders) > 4000
    assert all(is_code(h.code) and h.source and h.name and h.since <= h.until for h in holders)
