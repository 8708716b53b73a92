"""Memory of a worker over many articles, whose days advance so that old state expires.

python -m benchmarks.soak --articles 100000
"""

from __future__ import annotations

import statistics
import time

import click
from rich.console import Console
from rich.table import Table

from benchmarks.installation import installation
from benchmarks.memory import resident
from benchmarks.stories import stories
from streams.feed import feed
from streams.processes import worker

_PER_DAY = 250
_RETENTION = 31  # days, the least that the settings allow: the state is full after 7,750 articles


@click.command()
@click.option("--articles", default=100_000, show_default=True, help="How many articles.")
@click.option("--every", default=10_000, show_default=True, help="Look after so many articles.")
def main(articles: int, every: int) -> None:
    """Print the resident memory after every so many articles, and its slope over the second half."""
    retention = {"ledger_retention_days": _RETENTION, "rollup_retention_days": _RETENTION}
    table = Table("articles", "worker, MiB", "coder process, MiB", "articles/s")
    sizes = []
    with installation("soak", **retention) as place, worker(place.settings, place.log("worker")) as process:
        for first in range(0, articles, every):
            start = time.perf_counter()
            feed(stories(first, every, per_day=_PER_DAY), place.settings)
            place.wait()
            rate = every / (time.perf_counter() - start)
            own, coder = resident(process.pid)
            sizes.append((own, coder))
            click.echo(f"{first + every:,} articles: {own:.0f} MiB", err=True)
            table.add_row(f"{first + every:,}", f"{own:.0f}", f"{coder:.0f}", f"{rate:.0f}")
    console = Console()
    console.print(table)
    settled = sizes[len(sizes) // 2 :]
    if len(settled) > 1:
        slopes = [_slope([row[column] for row in settled]) for column in (0, 1)]
        console.print(
            f"over the last {len(settled) * every:,} articles, MiB per {every:,}: "
            f"worker {slopes[0]:+.1f}, coder process {slopes[1]:+.1f}"
        )


def _slope(values: list[float]) -> float:
    return statistics.linear_regression(range(len(values)), values).slope


if __name__ == "__main__":
    main()
