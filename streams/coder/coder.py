"""The coder: an article in, its reports out. Pure: no network, no clock, no Kafka.

>>> from schemas import Article
>>> text = "President Ana Lim of Chile met King Abdullah II of Jordan in Amman on Monday."
>>> [(report.dyad, report.kind) for report in Coder().code(Article(uri="urn:x", text=text))]
[('CHL-JOR', 'meeting')]
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from spacy.tokens import Doc

from schemas import Article, Report, is_code
from streams.coder import pipeline
from streams.coder.contacts import candidates
from streams.coder.content import describe
from streams.coder.dateline import read_header
from streams.coder.gate import Gate
from streams.coder.judge import Judge, shipped_judge
from streams.coder.merge import claims
from streams.coder.pair_encoder import shipped_pair_encoder, with_opinions
from streams.coder.parties import ArticleMeta, PartyFinder
from streams.coder.records import Candidate, Header, Parties
from streams.coder.reports import Told, report
from streams.coder.roster import extended_roster, shipped_roster
from streams.coder.text import Source, compose, foreign_language

MAX_CHARS = 60_000  # what is read of one article; news does not tell its contacts beyond


@dataclass(frozen=True, slots=True)
class Reading:
    """An article after syntax, entities and parties: what contacts are looked for in."""

    doc: Doc
    source: Source
    meta: ArticleMeta
    header: Header
    parties: Parties
    title_end: int  # first token of the body

    @property
    def anchor(self) -> dt.date | None:
        """Day that words such as "yesterday" are counted from."""
        return self.header.day or self.meta.published


class Coder:
    """Reads articles and tells the contacts in them.

    `model` is a spaCy pipeline's name or path in place of the shipped one, `roster` a file of more office
    holders, `min_confidence` the probability below which nothing is told.
    """

    def __init__(
        self,
        model: str | None = None,
        roster: Path | None = None,
        min_confidence: float = 0.0,
        judge: Judge | None = None,
        gate: Gate | None = None,
    ) -> None:
        self.nlp = pipeline.load(model)
        self.judge = judge or shipped_judge()
        self.gate = gate or Gate()
        self.pairs = shipped_pair_encoder()
        self.finder = PartyFinder(extended_roster(roster) if roster else shipped_roster())
        self.min_confidence = min_confidence
        self.version = f"{_package_version()}+{pipeline.model_version()[:8]}.{self.judge.version}"

    def code(self, article: Article) -> list[Report]:
        """Reports of one article, in the order of the text."""
        return self.code_batch([article])[0]

    def code_batch(self, articles: Iterable[Article]) -> list[list[Report]]:
        """Reports of several articles, one list each; what one says never depends on another."""
        batch = list(articles)
        sources = [self.compose(article) for article in batch]
        awake = [k for k, article in enumerate(batch) if self.passed_by(article, sources[k]) is None]
        coded: list[list[Report]] = [[] for _ in batch]
        for k, doc in zip(awake, self.nlp.pipe(sources[k].text for k in awake), strict=True):
            coded[k] = self.reports(batch[k], self.read(batch[k], sources[k], doc))
        return coded

    @staticmethod
    def compose(article: Article) -> Source:
        """What is read of an article, as one text."""
        return compose(article.title, article.text[:MAX_CHARS])

    def passed_by(self, article: Article, source: Source) -> str | None:
        """Why an article is not read; None where it is."""
        if article.status == "withdrawn":
            return "withdrawn"
        if (language := foreign_language(source.text)) is not None:
            return f"not in English but in {language}"
        admission = self.gate.admits(source.text, article.source)
        return None if admission.passes else admission.reason

    def read(self, article: Article, source: Source, doc: Doc) -> Reading:
        """Find header and parties of a parsed article."""
        return read(self.finder, article, source, doc)

    def reports(self, article: Article, reading: Reading) -> list[Report]:
        """Reports of an article that was read."""
        found = self.candidates(reading)
        said = self.pairs.features(reading.doc, reading.parties, found)
        return self.judged(article, reading, with_opinions(found, said))

    @staticmethod
    def candidates(reading: Reading) -> list[Candidate]:
        """Whatever may be a contact, with the features that the rules see."""
        return candidates(reading.doc, reading.parties, reading.anchor, reading.title_end)

    def judged(self, article: Article, reading: Reading, found: Sequence[Candidate]) -> list[Report]:
        """Reports of what the judge takes for contacts among the candidates."""
        weighed = list(zip(found, self.judge.weigh(found), strict=True))
        made = claims(reading.doc, reading.parties, self.judge, weighed, reading.title_end)
        kept = [
            claim
            for claim in made
            if claim.confidence >= self.min_confidence
            and is_code(claim.a.code or "")
            and is_code(claim.b.code or "")
        ]
        told = [
            Told(claim, describe(reading.doc, claim, reading.parties, reading.header, reading.meta, kept))
            for claim in kept
        ]
        return [report(article, reading.doc, reading.source, each, self.version) for each in told]


def read(finder: PartyFinder, article: Article, source: Source, doc: Doc) -> Reading:
    """Find header and parties of a parsed article."""
    header = read_header(source.text, source.body_start, article.published_day)
    meta = ArticleMeta(article.published_day, article.source, source.body_start, header)
    title_end = next((token.i for token in doc if token.idx >= source.body_start), len(doc))
    return Reading(doc, source, meta, header, finder.process(doc, meta), title_end)


def _package_version() -> str:
    try:
        return version("contactwire")
    except PackageNotFoundError:
        return "0"
