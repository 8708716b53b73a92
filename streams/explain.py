"""What the coder saw in an article: sentences with their syntax, entities, parties, and the contacts."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, Group
from rich.markup import escape
from rich.table import Table
from spacy.tokens import Doc

from schemas import Article, Report
from streams.coder.coder import Coder
from streams.coder.records import Parties
from streams.settings import Settings


def explain(articles: Iterable[Article], settings: Settings, console: Console) -> None:
    """Print syntax, entities, parties and contacts of articles, with the contacts' reasons."""
    coder = Coder(model=settings.model, roster=settings.roster, min_confidence=settings.min_confidence)
    for article in articles:
        _explain(article, coder, console)


def _explain(article: Article, coder: Coder, console: Console) -> None:
    source = coder.compose(article)
    console.rule(escape(article.uri))
    if why := coder.passed_by(article, source):
        console.print(f"passed by: {why}")
        return
    reading = coder.read(article, source, coder.nlp(source.text))
    for sentence in reading.doc.sents:
        console.print(_syntax(sentence.as_doc()), soft_wrap=True)
    console.print(Group(_entities(reading.doc), _parties(reading.parties)))
    for report in coder.reports(article, reading):
        console.print(_report(report), soft_wrap=True)


def _syntax(sentence: Doc) -> str:
    words = (
        f"{escape(token.text)}[dim]/{token.tag_}/{token.dep_}→{escape(token.head.text)}[/dim]"
        for token in sentence
    )
    return " ".join(words)


def _entities(doc: Doc) -> Table:
    table = Table("entity", "label", title="entities", title_justify="left")
    for entity in doc.ents:
        table.add_row(escape(entity.text), entity.label_)
    return table


def _parties(parties: Parties) -> Table:
    table = Table("", "code", "name", "role", "kind", "mentions", title="parties", title_justify="left")
    for entity in parties.entities:
        mentions = sum(entity.index in mention.entities for mention in parties.mentions)
        cells = (entity.code or "?", entity.name or "", entity.role or "", entity.kind, str(mentions))
        table.add_row(str(entity.index), *map(escape, cells))
    return table


def _report(report: Report) -> str:
    head = f"[bold]{report.dyad}[/bold] {report.kind} {report.modality}, confidence {report.confidence:.2f}"
    return (
        f"{head}, rule {report.rule}, cue “{escape(report.cue)}”\n    “{escape(report.evidence)}”\n"
        f"    [dim]{escape('; '.join(report.reasons))}[/dim]"
    )
