"""From `feed` to the contact on its topic, one article at a time, on a warm worker.

python -m benchmarks.latency --articles 200
"""

from __future__ import annotations

import datetime as dt
import secrets
import statistics
import tempfile
import time
from pathlib import Path

import click

from schemas import Article
from streams.broker import borrowed_broker
from streams.feed import connect_producer
from streams.follow import Follower
from streams.processes import worker
from streams.settings import Settings, read
from streams.topics import Topics, ensure

_TEXT = """{place} – President Kassym-Jomart Tokayev of Kazakhstan spoke by telephone on {day:%B} {day.day} \
with French President Emmanuel Macron, the Akorda reported.

The two leaders discussed trade and the security of supply routes across the Caspian Sea."""
_WARM = 5


def article(number: int) -> Article:
    """Give an article that tells of a call on a day of its own."""
    day = dt.date(2020, 1, 1) + dt.timedelta(days=5 * number)
    return Article(uri=f"urn:latency:{number}", text=_TEXT.format(place="ASTANA", day=day), published=day)


def measure(settings: Settings, count: int) -> list[float]:
    """Give the seconds from sending each article to reading a contact that it reports."""
    producer = connect_producer(settings, "contactwire-latency")
    names = Topics.of(settings)
    seconds = []
    with Follower(names.contacts, settings, from_beginning=False) as follower:
        for number in range(count + _WARM):
            sent = article(number)
            start = time.perf_counter()
            producer.send(names.articles, key=sent.uri.encode(), value=sent.model_dump_json().encode()).get(
                60
            )
            _wait(follower, sent.uri.encode(), patience=300.0 if number == 0 else 30.0)
            seconds.append(time.perf_counter() - start)
    producer.close()
    return seconds[_WARM:]


def _wait(follower: Follower, uri: bytes, patience: float) -> None:
    deadline = time.perf_counter() + patience
    while time.perf_counter() < deadline:
        if any(uri in (record.value or b"") for record in follower.poll(0.05)):
            return
    raise click.ClickException(f"no contact came of {uri.decode()} in {patience:g} s")


@click.command()
@click.option("--articles", default=200, show_default=True, help="How many articles to measure.")
def main(articles: int) -> None:
    """Print p50 and p99 of the time from feed to contact."""
    with borrowed_broker() as broker, tempfile.TemporaryDirectory() as folder:
        name = f"latency-{secrets.token_hex(3)}"
        settings = read(bootstrap_servers=broker.bootstrap, app_id=name, topic_prefix=f"{name}-")
        ensure(settings)
        with worker(settings, Path(folder) / "worker.log"):
            seconds = measure(settings, articles)
    ranks = statistics.quantiles(seconds, n=100)
    click.echo(f"{len(seconds)} articles: p50 {1000 * ranks[49]:.0f} ms, p99 {1000 * ranks[98]:.0f} ms")


if __name__ == "__main__":
    main()
