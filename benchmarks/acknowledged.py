"""What acknowledged delivery costs: the worker's throughput with it and without, in one run.

python -m benchmarks.acknowledged --articles 3000

Without it, sends are left to themselves and offsets to Faust (see `benchmarks.unacknowledged`). The coder
reads lines: with a real one the difference is smaller. The two take turns.
"""

from __future__ import annotations

import subprocess
import sys
import time

import click
from rich.console import Console
from rich.table import Table

from benchmarks.installation import installation
from benchmarks.stories import stories
from streams.feed import feed
from streams.processes import environment, stop_worker

_WARM = 200
_WAYS = {
    "acknowledged": ["-m", "streams.cli", "worker"],
    "left to itself": ["-m", "benchmarks.unacknowledged"],
}


def seconds(module: list[str], articles: int) -> float:
    """Seconds of a warm worker from the feeding to nothing unfinished."""
    with installation("acknowledged") as place:
        with place.log("worker").open("wb") as log:
            worker = subprocess.Popen(  # noqa: S603 -- one of the two above
                [sys.executable, *module], env=environment(place.settings), stdout=log, stderr=log
            )
        try:
            feed(stories(0, _WARM), place.settings)
            place.wait(300)
            start = time.perf_counter()
            feed(stories(_WARM, articles), place.settings)
            place.wait()
            return time.perf_counter() - start
        finally:
            stop_worker(worker)


@click.command()
@click.option("--articles", default=3000, show_default=True, help="How many articles each way takes.")
@click.option("--rounds", default=2, show_default=True, help="How often; the best of each way counts.")
def main(articles: int, rounds: int) -> None:
    """Print articles per second of both ways, and their ratio."""
    best = dict.fromkeys(_WAYS, float("inf"))
    for _ in range(rounds):
        for way, module in _WAYS.items():
            best[way] = min(best[way], seconds(module, articles))
    table = Table("delivery", "articles/s", "of that left to itself")
    for way, took in best.items():
        table.add_row(way, f"{articles / took:.0f}", f"{best['left to itself'] / took:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
