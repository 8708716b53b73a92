"""The table of docs/reliability.md, from what the runs have shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.faults.rig import Row

BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"
HEAD = (
    "| fault | runs | injections | articles | contacts | lost | invented | raw duplicates | recovery, s |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
)


def write_table(path: Path, rows: Sequence[Row]) -> None:
    """Put the table between its marks; lines of faults that were not run now stay."""
    text = path.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    old, _, after = rest.partition(END)
    path.write_text(f"{before}{BEGIN}\n{table(rows, old)}{END}{after}", "utf-8")


def table(rows: Sequence[Row], old: str = "") -> str:
    """One line a fault, summed over its runs; recovery is the longest."""
    shown = {line.split(" | ")[0].removeprefix("| "): line + "\n" for line in old.strip().splitlines()[2:]}
    shown |= {fault: _line(fault, [r for r in rows if r.fault == fault]) for fault in (r.fault for r in rows)}
    return f"{HEAD}{''.join(shown.values())}"


def _line(fault: str, rows: Sequence[Row]) -> str:
    verdicts = [row.verdict for row in rows]
    recoveries = [row.recovery for row in rows if row.recovery is not None]
    cells = [
        fault,
        len(rows),
        sum(row.injections for row in rows),
        sum(verdict.articles for verdict in verdicts),
        sum(verdict.distinct for verdict in verdicts),
        sum(verdict.lost for verdict in verdicts),
        sum(verdict.invented for verdict in verdicts),
        sum(verdict.doubled for verdict in verdicts),
        f"{max(recoveries):.0f}" if recoveries else "–",
    ]
    return "| " + " | ".join(map(str, cells)) + " |\n"
