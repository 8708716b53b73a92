"""The table of docs/reliability.md, from what the runs have shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.faults.rig import Row

BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"
HEAD = (
    "| fault | injections | articles | contacts | lost | invented | raw duplicates | recovery, s |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
)


def write_table(path: Path, rows: Sequence[Row], *, seeds: int) -> None:
    """Put the table between its marks; the rest of the file stays."""
    text = path.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    path.write_text(f"{before}{BEGIN}\n{table(rows, seeds=seeds)}{END}{after}", "utf-8")


def table(rows: Sequence[Row], *, seeds: int) -> str:
    """One line a fault, summed over its runs; recovery is the longest."""
    faults = dict.fromkeys(row.fault for row in rows)
    lines = [_line(fault, [row for row in rows if row.fault == fault]) for fault in faults]
    return f"Seeds: {seeds}; runs: {len(rows)}.\n\n{HEAD}{''.join(lines)}"


def _line(fault: str, rows: Sequence[Row]) -> str:
    verdicts = [row.verdict for row in rows]
    recoveries = [row.recovery for row in rows if row.recovery is not None]
    cells = [
        fault,
        sum(row.injections for row in rows),
        sum(verdict.articles for verdict in verdicts),
        sum(verdict.distinct for verdict in verdicts),
        sum(verdict.lost for verdict in verdicts),
        sum(verdict.invented for verdict in verdicts),
        sum(verdict.doubled for verdict in verdicts),
        f"{max(recoveries):.0f}" if recoveries else "–",
    ]
    return "| " + " | ".join(map(str, cells)) + " |\n"
