"""Seeds, workers that end with their test, and the table of what the matrix has shown."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from streams.settings import Settings
from streams.topics import ensure
from tests.faults.rig import PATIENCE, Rig, Row
from tests.faults.table import write_table

SEEDS = int(os.environ.get("FAULT_SEEDS", "1"))
TABLE = os.environ.get("FAULT_TABLE")


class Rigs(Protocol):
    """Make a rig; settings by name differ from those of all faults."""

    def __call__(self, **overrides: object) -> Rig: ...


class Report(Protocol):
    """Judge a rig's run, and note it in the table under the fault's name."""

    def __call__(self, fault: str, rig: Rig, patience: float = ...) -> Row: ...


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the long rows unless `-m` asks for them, whatever else it asks for."""
    for item in items:
        if "make_rig" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.integration)
            if not item.get_closest_marker("timeout"):
                item.add_marker(pytest.mark.timeout(3 * PATIENCE))
    if "faults" not in config.option.markexpr:
        long = [item for item in items if item.get_closest_marker("faults")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every fault under so many seeds as FAULT_SEEDS says."""
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(1, SEEDS + 1))


@pytest.fixture(scope="session")
def rows() -> Iterator[list[Row]]:
    """Collect what is shown; written to the file that FAULT_TABLE names."""
    shown: list[Row] = []
    yield shown
    if TABLE and shown:
        write_table(Path(TABLE), shown)


@pytest.fixture
def make_rig(tmp_path: Path) -> Iterator[Callable[..., Rig]]:
    """Make rigs whose workers end with the test."""
    made: list[Rig] = []

    def make(settings: Settings, workers: Settings | None = None) -> Rig:
        ensure(settings)
        folder = tmp_path / f"rig-{len(made)}"
        folder.mkdir()
        made.append(Rig(settings, folder, workers=workers))
        return made[-1]

    yield make
    for rig in made:
        rig.end()


@pytest.fixture
def rigs(fresh_settings: Callable[..., Settings], make_rig: Callable[..., Rig]) -> Rigs:
    """Make rigs on the session's broker, with the coder that reads lines."""

    def make(**overrides: object) -> Rig:
        lines: dict[str, object] = {
            "coder": "tests.line_coder:LineCoder",
            "coder_batch": 8,
        }
        return make_rig(fresh_settings(**(lines | overrides)))

    return make


@pytest.fixture
def report(rows: list[Row]) -> Report:
    """Judge a run and note it."""

    def judged(fault: str, rig: Rig, patience: float = PATIENCE) -> Row:
        row = Row(fault, rig.injections, rig.judge(patience=patience), rig.recovery)
        rows.append(row)
        return row

    return judged
