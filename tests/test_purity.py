"""The pure core stays pure: no Kafka, no Faust, no clock."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = sorted(
    path
    for folder in ("schemas", "streams/coder", "streams/ledger", "streams/rollups")
    for path in (ROOT / folder).rglob("*.py")
)
FORBIDDEN = {
    "faust",
    "mode",
    "aiokafka",
    "kafka",
    "asyncio",
    "socket",
    "requests",
    "httpx",
    "torch",
    "sklearn",
}
CLOCKS = {"now", "today", "utcnow", "time_ns", "monotonic", "perf_counter"}


def test_there_is_a_core() -> None:
    assert len(CORE) > 20


@pytest.mark.parametrize("path", CORE, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_core_imports_no_transport_and_reads_no_clock(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert not imported & FORBIDDEN
    calls = {
        n.func.attr for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)
    }
    assert not calls & CLOCKS
