"""Scoring, on contacts small enough to count by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from streams.cli import main
from streams.scoring import content, fields, report


def contact(a: str, b: str, kind: str = "call", modality: str = "held", **more: Any) -> dict[str, Any]:  # noqa: ANN401 -- any field
    sides = {side: {"code": code, "name": None, "role": None} for side, code in (("a", a), ("b", b))}
    rest: dict[str, Any] = {"also": [], "direction": "mutual", "date": None, "reported_by": None}
    return {"kind": kind, "modality": modality, **sides, **rest, **more}


def scores(gold: list[dict[str, Any]], coded: list[dict[str, Any]]) -> dict[str, tuple[int, int, int]]:
    rows = report([{"id": "x", "contacts": gold}], {"x": coded})
    return {row.name: (row.score.hits, row.score.annotated, row.score.coded) for row in rows}


def test_each_annotated_contact_is_found_once() -> None:
    assert scores([contact("KAZ", "QAT")], [contact("QAT", "KAZ"), contact("KAZ", "QAT")])["contact"] == (
        1,
        1,
        2,
    )


def test_a_kind_that_is_accepted_as_well_agrees() -> None:
    gold = [contact("KAZ", "QAT", "conversation", also=["call"]), contact("KAZ", "QAT", "call")]
    coded = [contact("KAZ", "QAT", "call"), contact("KAZ", "QAT", "conversation")]
    assert scores(gold, coded)["contact"] == (2, 2, 2)
    assert scores([contact("KAZ", "QAT", "visit")], [contact("KAZ", "QAT", "call")])["contact"] == (0, 1, 1)


def test_only_what_happened_is_the_headline() -> None:
    found = scores([contact("KAZ", "QAT", modality="planned")], [contact("KAZ", "QAT", modality="planned")])
    assert found["contact"] == (0, 0, 0)
    assert found["contact with modality"] == found["modality planned"] == (1, 1, 1)


def test_a_dyad_counts_once() -> None:
    found = scores(
        [contact("KAZ", "QAT"), contact("KAZ", "QAT", "visit")], [contact("KAZ", "QAT", "message")]
    )
    assert found["dyad"] == (1, 1, 1)
    assert found["contact"] == (0, 2, 1)


def test_fields_are_compared_by_side() -> None:
    gold = contact("KAZ", "QAT", direction="directed", date="2026-03-01")
    gold["b"]["name"] = "Tamim bin Hamad Al Thani"
    ours = contact("QAT", "KAZ", direction="directed", date=None)
    ours["a"]["name"] = "Sheikh Tamim"
    rows = [{"id": "x", "contacts": [gold]}, {"id": "quiet", "contacts": []}]
    found = fields(rows, {"x": [ours]})
    assert found == {
        "initiator": (0, 1),
        "direction": (1, 1),
        "date": (0, 1),
        "name": (1, 1),
        "quiet article left alone": (1, 1),
    }


def test_stances_and_topics_count_in_matched_contacts() -> None:
    gold = contact("KAZ", "QAT", stances=[{"by": "KAZ", "stance": "concern"}], topics=["conflict", "energy"])
    ours = contact("KAZ", "QAT", stances=[{"by": "QAT", "stance": "concern"}], topics=["conflict"])
    other = contact("KAZ", "ARE", stances=[{"by": "ARE", "stance": "support"}], topics=["health"])
    rows = content([{"id": "x", "contacts": [gold]}], {"x": [ours, other]})
    counted = {row.name: (row.score.hits, row.score.annotated, row.score.coded) for row in rows}
    assert counted == {"stances": (0, 1, 1), "topics": (1, 2, 1)}


def test_the_command_scores_lines_coded_before(tmp_path: Path) -> None:
    gold, coded = tmp_path / "gold.jsonl", tmp_path / "coded.jsonl"
    gold.write_text(
        json.dumps({"id": "x", "text": "t", "contacts": [contact("KAZ", "QAT")]}), encoding="utf-8"
    )
    coded.write_text(json.dumps({"article_id": "x", **contact("KAZ", "QAT")}), encoding="utf-8")
    shown = CliRunner().invoke(main, ["score", str(gold), "--coded", str(coded)])
    assert "1.000" in next(line for line in shown.output.splitlines() if "contact" in line)
    gold.write_text('{"id": "x", "text": "t"}', encoding="utf-8")
    refused = CliRunner().invoke(main, ["score", str(gold), "--coded", str(coded)])
    assert refused.exit_code == 1
    assert "contacts" in refused.output


def test_it_agrees_with_the_scorer_of_the_annotations(tmp_path: Path) -> None:
    """The figures in the docs are those that others compute."""
    shared = Path(__file__).parents[2] / "shared" / "gold"
    if not shared.is_dir():
        pytest.skip("needs the annotated articles in ../shared, which are not part of the project")
    gold = [json.loads(line) for line in (shared / "written.jsonl").read_text(encoding="utf-8").splitlines()]
    coded = [{"article_id": row["id"], **c} for row in gold for c in row["contacts"][::2]]
    path = tmp_path / "coded.jsonl"
    path.write_text("\n".join(map(json.dumps, coded)), encoding="utf-8")
    theirs = json.loads(
        subprocess.run(
            [sys.executable, str(shared / "score.py"), str(shared / "written.jsonl"), str(path), "--json"],
            check=True,
            capture_output=True,
        ).stdout
    )
    by_id: dict[str, list[dict[str, Any]]] = {}
    for c in coded:
        by_id.setdefault(c["article_id"], []).append(c)
    ours = {row.name: round(row.score.f1, 3) for row in report(gold, by_id)}
    assert ours["contact"] == theirs["contact"]["f1"]
    assert ours["dyad"] == theirs["dyad"]["f1"]
    assert ours["contact with modality"] == theirs["all_modalities"]["f1"]
