"""The command `contactwire`: thin, over the library."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from typing import Any

import click

from schemas import DeadLetter
from streams.console import Failure, complaints, console, current, example, expected
from streams.wires import Refusal


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="contactwire")
def main() -> None:
    """Tell, from live news, which states are in contact with each other."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # what matters of it comes as an error
    logging.getLogger("streams.broker").setLevel(logging.INFO)  # the first start downloads Kafka


@main.command(epilog=example("contactwire broker --port 9092 --data-dir var/kafka"))
@click.option("--port", type=click.IntRange(1, 65535), help="Port on 127.0.0.1; a free one where omitted.")
@click.option(
    "--data-dir", type=click.Path(file_okay=False), help="Keep the data here; else it is temporary."
)
@expected
def broker(port: int | None, data_dir: str | None) -> None:
    """Run the embedded Kafka in the foreground until Ctrl-C."""
    from pathlib import Path

    from streams.broker import run_foreground

    run_foreground(port, Path(data_dir) if data_dir else None, click.echo)


@main.command(epilog=example("contactwire topics"))
@expected
def topics() -> None:
    """Create the topics that are missing and show all of them."""
    from streams.topics import ensure
    from streams.views import topics_table

    console.print(topics_table(ensure(current())))


@main.command(epilog=example("KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9092 contactwire worker"))
@expected
def worker() -> None:
    """Code articles, settle contacts and keep the tables, until Ctrl-C; run several to share the work."""
    from streams.worker import run

    sys.exit(run(current()))


@main.command(epilog=example("contactwire feed seeds/ wire.jsonl && cat more.jsonl | contactwire feed -"))
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@expected
def feed(paths: tuple[str, ...]) -> None:
    """Send articles to the topic `articles`.

    A PATH is a plain text (one article; an optional first line `date YYYY-MM-DD PLACE –`), JSON Lines (fields
    uri or id, text, and as known title, published, source, version, status, language), a directory of these
    (also .gz), or `-` for standard input.
    """
    from streams.feed import feed as send
    from streams.views import progress_bar
    from streams.wires import articles_in

    items = [item for path in paths for item in articles_in(path)]
    with progress_bar(complaints, "feeding", len(items)) as advance:
        fed = send(items, current(), progress=advance)
    _tell(fed.refused)
    click.echo(f"{fed.sent} sent, {len(fed.refused)} refused")
    if fed.refused:
        sys.exit(1)


@main.command(epilog=example("contactwire code seeds/ | jq .kind"))
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--min-confidence", type=click.FloatRange(0, 1), help="Leave out contacts below it.")
@click.option("--explain", "explained", is_flag=True, help="Show syntax, entities and parties, for people.")
@expected
def code(paths: tuple[str, ...], *, min_confidence: float | None, explained: bool) -> None:
    """Code articles without Kafka: one contact a line as JSON, with `article_id`. PATH as for `feed`."""
    from streams.coding import lines
    from streams.wires import articles_in

    settings = current()
    if min_confidence is not None:
        settings = settings.model_copy(update={"min_confidence": min_confidence})
    items = [item for path in paths for item in articles_in(path)]
    refused = [item for item in items if isinstance(item, Refusal)]
    articles = [item for item in items if not isinstance(item, Refusal)]
    if explained:
        from streams.explain import explain

        explain(articles, settings, console)
    else:
        for line in lines(articles, settings):
            click.echo(line)
    _tell(refused)
    if refused:
        sys.exit(1)


def _tell(refused: Sequence[Refusal]) -> None:
    """Print what was refused, and why, to standard error."""
    for refusal in refused:
        complaints.print(f"refused {refusal.where}: {refusal.why}", highlight=False, soft_wrap=True)


@main.command(epilog=example("contactwire score annotated.jsonl"))
@click.argument("annotated", type=click.Path(exists=True, dir_okay=False))
@click.option("--coded", type=click.Path(exists=True, dir_okay=False), help="Score these lines of `code`.")
@expected
def score(annotated: str, coded: str | None) -> None:
    """Score the coder on ANNOTATED articles: JSON Lines with `id`, `text`, … and their `contacts`."""
    from streams.coding import scored
    from streams.views import score_table

    try:
        rows, counts = scored(annotated, coded, current())
    except ValueError as error:
        raise Failure(f"not annotated articles: {error}") from error
    console.print(score_table(rows, counts))


@main.command(epilog=example("contactwire tail --country KAZ --from-beginning"))
@click.argument("topic", default="contacts")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for pipes.")
@click.option("--from-beginning", is_flag=True, help="Start with the oldest record.")
@click.option("--country", metavar="CODE", help="Only what concerns this state or organisation.")
@click.option("--until-end", is_flag=True, help="Stop at the end of the topic.")
@expected
def tail(topic: str, *, as_json: bool, from_beginning: bool, country: str | None, until_end: bool) -> None:
    """Follow a TOPIC (contacts, articles, reports, rollups, dead-letters) in readable form."""
    from streams.follow import Follower
    from streams.views import concerns, readable

    settings = current()
    with Follower(settings.topic_prefix + topic, settings, from_beginning=from_beginning) as follower:
        try:
            for record in follower.to_end() if until_end else follower.forever():
                if record.value is None or (country and not concerns(record.value, country.upper())):
                    continue
                if as_json:
                    click.echo(record.value)
                else:
                    console.print(readable(topic, record.value), soft_wrap=True)
        except KeyboardInterrupt:
            return


@main.command(epilog=example("contactwire table KAZ --watch"))
@click.argument("country", required=False)
@click.option("--watch", is_flag=True, help="Follow it live until Ctrl-C.")
@click.option(
    "--as-of",
    default=None,
    metavar="TIME",
    help="End of the windows: `now`, or ISO 8601; the newest event where omitted.",
)
@expected
def table(country: str | None, *, watch: bool, as_of: str | None) -> None:
    """Show the rolling tables: every country, or one COUNTRY with its counterparts."""
    from streams.tables import show

    show(current(), console, country=country.upper() if country else None, watch=watch, as_of=as_of)


@main.command("dead-letters", epilog=example("contactwire dead-letters --reason schema"))
@click.argument("letter_id", required=False)
@click.option("--reason", help="Only letters refused for this reason.")
@click.option("--count", is_flag=True, help="Only count them by reason.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for pipes.")
@expected
def dead_letters(letter_id: str | None, *, reason: str | None, count: bool, as_json: bool) -> None:
    """List what could not be used and why, or show one letter whole by its LETTER_ID."""
    from streams.letters import by_reason, waiting
    from streams.views import letter_text, readable

    letters = _chosen(waiting(current()), letter_id, reason)
    if count:
        for name, number in by_reason(letters).items():
            click.echo(f"{number:8} {name}")
        return
    for letter in letters:
        value = letter.model_dump_json()
        if as_json:
            click.echo(value)
        else:
            console.print(readable("dead-letters", value.encode()), soft_wrap=True)
    if letter_id and not as_json:
        click.echo(letter_text(letters[0]))


@main.command(epilog=example("contactwire replay --reason schema-version"))
@click.option("--id", "letter_id", help="Replay this letter.")
@click.option("--reason", help="Replay the letters refused for this reason.")
@click.option("--all", "everything", is_flag=True, help="Replay all.")
@expected
def replay(letter_id: str | None, reason: str | None, *, everything: bool) -> None:
    """Send dead letters to their topic again, after what was wrong has been mended."""
    from streams.letters import replay as send_again
    from streams.letters import waiting

    if sum((bool(letter_id), bool(reason), everything)) != 1:
        raise click.UsageError("choose one of --id, --reason, --all")
    letters = _chosen(waiting(current()), letter_id, reason)
    count = send_again(letters, current(), done=lambda letter: click.echo(f"replayed {letter.letter_id}"))
    click.echo(f"{count} replayed")


def _chosen(letters: list[DeadLetter], letter_id: str | None, reason: str | None) -> list[DeadLetter]:
    chosen = [
        letter
        for letter in letters
        if letter_id in {None, letter.letter_id} and reason in {None, letter.reason}
    ]
    if letter_id and not chosen:
        raise Failure(f"no dead letter {letter_id} is waiting: `contactwire dead-letters` lists them")
    return chosen


@main.command(epilog=example("contactwire settings"))
@expected
def settings() -> None:
    """Print every setting with its value and origin; secrets are masked."""
    from streams.views import settings_table

    console.print(settings_table(current()))


@main.command(epilog=example("contactwire rebuild --workers 2; contactwire rebuild --swap"))
@click.option(
    "--from",
    "origin",
    type=click.Choice(["articles", "contacts"]),
    default="articles",
    show_default=True,
    help="Code the articles anew; or only count the contacts anew.",
)
@click.option("--swap", is_flag=True, help="Put it in the place of what is served; workers must be stopped.")
@click.option("--force", is_flag=True, help="Swap also where that is probably not meant.")
@click.option("--fresh", is_flag=True, help="Begin anew, not where an earlier rebuild was stopped.")
@click.option("--discard", "discarding", is_flag=True, help="Only delete what an earlier rebuild left.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Workers to code.")
@click.option(
    "--examples", type=click.IntRange(0), default=3, show_default=True, help="Examples of each difference."
)
@click.option("--json", "as_json", is_flag=True, help="The difference as one JSON object.")
@expected
def rebuild(*, as_json: bool, discarding: bool, **chosen: Any) -> None:  # noqa: ANN401 -- as named in Choices
    """Derive contacts and tables again, beside the served ones, and show how they differ.

    Exit status 0: nothing differs, or it was swapped; 3: something differs; 1: it failed. A rebuild that was
    stopped goes on where it was.
    """
    from streams.rebuild import Choices, discard, run

    if discarding:
        click.echo(f"{len(discard(current()))} topics deleted")
        return
    sys.exit(run(current(), Choices(**chosen), console, complaints, as_json=as_json))


@main.command(epilog=example("contactwire demo --seeds seeds/"))
@click.option("--seeds", default="seeds", type=click.Path(exists=True), help="What to feed.")
@expected
def demo(seeds: str) -> None:
    """Start a broker and a worker, feed the seeds, show contacts and tables, and stop everything."""
    from streams.demo import run

    run(seeds, console)


if __name__ == "__main__":
    main()
