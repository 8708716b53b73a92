"""Speed of the coder as ratios to the bare pipeline, where its time goes, how long it loads, what it holds.

python -m benchmarks.coder_speed ARTICLES.jsonl.gz --documents 60

All times are seconds of CPU in this one process. Bare pipeline, coder and coder without its gate take turns
batch by batch, so that what else the machine does weighs on all of them alike.
"""

from __future__ import annotations

import os
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one thread, also of what NumPy calls

import click

from schemas import Article
from streams.wires import articles_in

_started = time.process_time()
from streams.coder.coder import MAX_CHARS, Coder  # noqa: E402 -- loading is one of the figures
from streams.coder.gate import Admission, Gate  # noqa: E402
from streams.coder.pair_encoder import with_opinions  # noqa: E402
from streams.coder.text import compose, foreign_language  # noqa: E402

_IMPORTED = time.process_time() - _started

P = ParamSpec("P")
R = TypeVar("R")
BATCH = 10
PAIRS = "encoder of pairs"
NOT_BARE = frozenset({"contactwire_breaks", "contactwire_schemes", "attribute_ruler", "lemmatizer"})


class OpenGate(Gate):
    """Lets everything pass."""

    def admits(self, text: str, source: str | None = None) -> Admission:  # noqa: ARG002 -- a gate's signature
        """Pass."""
        return Admission(passes=True)


class Clock(defaultdict[str, float]):
    """Seconds of CPU by what they went into."""

    def __init__(self) -> None:
        super().__init__(float)

    def run(self, name: str, step: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run one step on the clock."""
        start = time.process_time()
        result = step(*args, **kwargs)
        self[name] += time.process_time() - start
        return result


def bare(coder: Coder, texts: list[str]) -> None:
    """Tagger, parser and entities over every text."""
    with coder.nlp.select_pipes(disable=[name for name in coder.nlp.pipe_names if name in NOT_BARE]):
        for _ in coder.nlp.pipe(texts):
            pass


def by_part(coder: Coder, articles: list[Article], parts: Clock) -> None:
    """Code articles one step at a time, on the clock."""
    for article in articles:
        source = parts.run("text", compose, article.title, article.text[:MAX_CHARS])
        parts.run("language", foreign_language, source.text)
        parts.run("gate", coder.gate.admits, source.text, article.source)
        doc = parts.run("tokenizer", coder.nlp.make_doc, source.text)
        for name, component in coder.nlp.pipeline:
            doc = parts.run(name, component, doc)
        reading = parts.run("header and parties", coder.read, article, source, doc)
        found = parts.run("contacts", coder.candidates, reading)
        said = parts.run(PAIRS, coder.pairs.features, reading.doc, reading.parties, found)
        judged = with_opinions(found, said)
        parts.run("judge and content", coder.judged, article, reading, judged)


def measured(coder: Coder, articles: list[Article]) -> tuple[Clock, Clock]:
    """Whole runs and parts, batch by batch in turn."""
    whole, parts = Clock(), Clock()
    gated, opened = coder.gate, OpenGate()
    for first in range(0, len(articles), BATCH):
        batch = articles[first : first + BATCH]
        texts = [compose(article.title, article.text[:MAX_CHARS]).text for article in batch]
        whole.run("bare pipeline", bare, coder, texts)
        whole.run("coder", coder.code_batch, batch)
        coder.gate = opened
        whole.run("coder without gate", coder.code_batch, batch)
        coder.gate = gated
        by_part(coder, batch, parts)
    return whole, parts


def spread(articles: list[Article], wanted: int) -> list[Article]:
    """As many articles as wanted, from all over the file: files are often sorted by source."""
    step = max(1, len(articles) // wanted)
    return articles[::step][:wanted]


def lines(whole: Clock, parts: Clock, words: int) -> Iterator[str]:
    """The figures, as lines of text."""
    reference = whole["bare pipeline"]
    for name, seconds in whole.items():
        ratio = reference / seconds
        yield f"{name:22} {seconds:7.2f} s {words / seconds:7.0f} words/s {ratio:6.2f} of the bare pipeline"
    total = sum(parts.values())
    extra = whole["coder without gate"] / reference - 1
    encoder = parts[PAIRS] / total * whole["coder without gate"] / reference
    yield f"without the gate, everything of our own costs {extra:+.0%} on top of the bare pipeline,"
    yield f"of which the encoder of pairs {encoder:+.0%}, and all else {extra - encoder:+.0%}"
    for name, seconds in sorted(parts.items(), key=lambda part: -part[1]):
        yield f"  {name:22} {seconds:7.2f} s {seconds / total:6.1%}"


@click.command()
@click.argument("path")
@click.option("--documents", default=60, show_default=True, help="How many articles of PATH, evenly spread.")
@click.option("--model", help="A spaCy pipeline in place of the shipped one.")
def main(path: str, documents: int, model: str | None) -> None:
    """Print load time, ratios to the bare pipeline, the parts' shares and the memory."""
    start = time.process_time()
    coder = Coder(model=model)
    click.echo(f"imported in {_IMPORTED:.2f} s, loaded in {time.process_time() - start:.2f} s of CPU")
    chosen = spread([item for item in articles_in(path) if isinstance(item, Article)], documents)
    coder.code(chosen[0])  # what is loaded at first use
    sources = [compose(article.title, article.text[:MAX_CHARS]).text for article in chosen]
    passed = sum(
        coder.gate.admits(text, article.source).passes for text, article in zip(sources, chosen, strict=True)
    )
    words = sum(len(text.split()) for text in sources)
    click.echo(f"{len(chosen)} documents, {words} words; the gate lets {passed} pass")
    for line in lines(*measured(coder, chosen), words):
        click.echo(line)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    click.echo(f"memory {peak:.0f} MiB at most")


if __name__ == "__main__":
    main()
