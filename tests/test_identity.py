"""The ledger, fed with annotated contacts as reports, against what is annotated as one real-world contact."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from schemas import ArticleRef, ArticleReports
from streams.ledger import fingerprint
from tests.told import Ledger, partition, report

GOLD = Path(__file__).parents[2] / "shared" / "gold"
ORDERS = 10

pytestmark = pytest.mark.skipif(not GOLD.is_dir(), reason="needs the annotated articles in ../shared/gold")


@pytest.fixture(scope="module")
def records() -> list[ArticleReports]:
    """Every annotated contact of the annotated dyads, in the order of publication."""
    articles = {row["id"]: row for row in map(json.loads, (GOLD / "dev.jsonl").open(encoding="utf-8"))}
    found = []
    for row in map(json.loads, (GOLD / "identity.jsonl").open(encoding="utf-8")):
        keys = [key for cluster in (*row["clusters"], row["uncertain"]) for key in cluster]
        told: dict[str, list[int]] = defaultdict(list)
        for key in keys:
            uri, _, n = key.partition("#")
            told[uri].append(int(n))
        found += [_record(row["dyad"], articles[uri], sorted(numbers)) for uri, numbers in told.items()]
    return sorted(found, key=lambda record: (str(record.article.published or ""), record.article.uri))


def _record(dyad: str, row: dict[str, Any], numbers: list[int]) -> ArticleReports:
    ref = ArticleRef(
        uri=row["id"],
        version=1,
        published=row["published"] or None,
        source=row["source"],
        fingerprint=fingerprint(row["text"]),
    )
    told = [row["contacts"][n] for n in numbers]
    reports = [
        report(
            contact["kind"],
            contact["modality"],
            report_id=f"{row['id']}#{n}",
            also=contact["also"],
            a=contact["a"]["name"],
            b=contact["b"]["name"],
            a_code=contact["a"]["code"],
            b_code=contact["b"]["code"],
            a_role=contact["a"]["role"],
            b_role=contact["b"]["role"],
            direction=contact["direction"],
            date=contact["date"],
            evidence=contact["evidence"],
        )
        for n, contact in zip(numbers, told, strict=True)
    ]
    return ArticleReports(article=ref, dyad=dyad, reports=reports)


def _ledger(records: list[ArticleReports]) -> Ledger:
    book = Ledger()
    book.tell(*records)
    return book


def _merged(book: Ledger) -> dict[str, str]:
    """Contact of every report, by the report's id."""
    found: dict[str, str] = {}
    for key, record in book.state.items():
        dyad, what, name = (*key.split("|"), "")[:3]
        if what == "a":
            found |= {(dyad, f"{name}.{slot}"): told["report_id"] for slot, told, _ in record["reports"]}
    return {
        found[key.partition("|")[0], name]: place[0]
        for key, block in book.state.items()
        if key.split("|")[1] == "d"
        for name, place in block["reports"].items()
    }


def test_the_same_contacts_in_any_order(records: list[ArticleReports]) -> None:
    """That of publication and ten shuffled ones: the same reports together, the same made of them."""
    quiet = _ledger(records)
    for seed in range(ORDERS):
        shuffled = random.Random(seed).sample(records, len(records))
        other = _ledger(shuffled)
        assert partition(other.state) == partition(quiet.state)
        assert other.values == quiet.values


def test_which_reports_are_one_contact(records: list[ArticleReports], tmp_path: Path) -> None:
    """Pairs F1 at least 0.90, B-cubed F1 at least 0.96; printed with `pytest -s`."""
    merged = tmp_path / "merged.jsonl"
    rows = [{"key": key, "contact_id": contact} for key, contact in _merged(_ledger(records)).items()]
    merged.write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = [sys.executable, *map(str, (GOLD / "identity_score.py", GOLD / "identity.jsonl", merged))]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    sys.stdout.write(printed)
    pairs, cubed = (float(f1) for f1 in re.findall(r"F1 ([\d.]+)", printed))
    assert "missing 0" in printed
    assert pairs >= 0.90
    assert cubed >= 0.96
