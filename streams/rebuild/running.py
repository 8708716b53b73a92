"""The command's course, in a terminal or for machines."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from streams.rebuild.deriving import Progress as Advance
from streams.rebuild.deriving import discard
from streams.rebuild.rebuild import Origin, Rebuild
from streams.rebuild.swapping import require_idle
from streams.rebuild.view import difference_view
from streams.settings import Settings

EQUAL, DIFFERENT = 0, 3

_STEPS = {
    "contacts": "contacts",
    "rollups": "rollups",
    "letters": "dead letters",
    "offsets": "offsets of the workers",
}


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user chose."""

    origin: Origin = "articles"
    swap: bool = False
    force: bool = False
    fresh: bool = False
    workers: int = 1
    examples: int = 3


def run(settings: Settings, choices: Choices, console: Console, complaints: Console, *, as_json: bool) -> int:
    """Rebuild, show the difference, and swap where that was chosen; gives the exit status."""
    if choices.swap:
        require_idle(settings)
    if choices.fresh:
        discard(settings)
    with (
        Rebuild(settings, choices.origin, examples=choices.examples) as rebuild,
        tempfile.TemporaryDirectory(prefix="contactwire-rebuild-") as folder,
    ):
        with _bar(complaints) as advance:
            log = Path(folder) / "workers.log"
            rebuild.derive(workers=choices.workers, log=log, progress=advance, force=choices.force)
        difference = rebuild.compare()
        if as_json:
            console.file.write(json.dumps(difference.to_json(), ensure_ascii=False) + "\n")
        else:
            console.print(difference_view(difference, choices.origin))
        if choices.swap:
            rebuild.swap(force=choices.force, step=lambda name: _tell(complaints, name))
            complaints.print("swapped: workers can be started again")
            return EQUAL
        return EQUAL if difference.equal else DIFFERENT


def _tell(complaints: Console, step: str) -> None:
    complaints.print(f"writing {_STEPS.get(step, f'the table {step}')} …", highlight=False)


@contextmanager
def _bar(console: Console) -> Iterator[Advance]:
    """Show how many articles are coded on a terminal, nothing elsewhere."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("starting workers", total=None)
        yield lambda done, total: progress.update(
            task, completed=done, total=total, description="coding" if done else "starting workers"
        )
