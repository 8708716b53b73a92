"""Throughput of the whole way as a ratio to the coder alone, in one run.

python -m benchmarks.throughput ARTICLES.jsonl.gz --articles 1000
"""

from __future__ import annotations

import asyncio
import secrets
import tempfile
import time
from itertools import islice
from pathlib import Path

import click

from schemas import Article
from streams.broker import borrowed_broker
from streams.feed import feed
from streams.lag import wait_until_done
from streams.pool import CoderPool, make_coder
from streams.processes import worker
from streams.settings import Settings, read
from streams.topics import ensure
from streams.wires import articles_in


def alone(articles: list[Article], settings: Settings) -> float:
    """Seconds of the coder in this process, loading apart."""
    coder = make_coder(settings)
    coder.code(articles[0])
    start = time.perf_counter()
    for article in articles:
        coder.code(article)
    return time.perf_counter() - start


async def pooled(articles: list[Article], settings: Settings) -> float:
    """Seconds of the coder pool, its start apart."""
    pool = CoderPool(settings)
    await pool.start()
    batch = settings.coder_batch * settings.coder_processes
    start = time.perf_counter()
    for first in range(0, len(articles), batch):
        await pool.code(articles[first : first + batch])
    seconds = time.perf_counter() - start
    pool.stop()
    return seconds


def whole_way(articles: list[Article], bootstrap: str) -> float:
    """Seconds from feed to nothing unfinished, with a worker that is warm."""
    name = f"throughput-{secrets.token_hex(3)}"
    settings = read(bootstrap_servers=bootstrap, app_id=name, topic_prefix=f"{name}-")
    ensure(settings)
    with tempfile.TemporaryDirectory() as folder, worker(settings, Path(folder) / "worker.log"):
        feed([articles[0].model_copy(update={"uri": "urn:warm"})], settings)
        if not wait_until_done(settings, timeout=300):
            raise click.ClickException("the worker did not start")
        start = time.perf_counter()
        feed(articles, settings)
        if not wait_until_done(settings, timeout=3600):
            raise click.ClickException("the worker was not done in an hour")
        return time.perf_counter() - start


@click.command()
@click.argument("path")
@click.option("--articles", default=1000, show_default=True, help="How many articles of PATH to use.")
def main(path: str, articles: int) -> None:
    """Print articles per second of each way, and their ratios."""
    chosen = list(islice((item for item in articles_in(path) if isinstance(item, Article)), articles))
    with borrowed_broker() as broker:
        settings = read(bootstrap_servers=broker.bootstrap)
        times = {"coder alone": alone(chosen, settings), "coder pool": asyncio.run(pooled(chosen, settings))}
        times["whole way"] = whole_way(chosen, broker.bootstrap)
    for name, seconds in times.items():
        ratio = times["coder alone"] / seconds
        click.echo(f"{name:12} {len(chosen) / seconds:7.1f} articles/s, {ratio:.2f} of the coder alone")


if __name__ == "__main__":
    main()
