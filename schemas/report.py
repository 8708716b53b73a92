"""What the coder says of one article: its claims that contacts took, will take or did not take place."""

from __future__ import annotations

import datetime as dt
from typing import Literal, Self

from pydantic import Field, model_validator

from schemas.article import Published
from schemas.base import Code, DatePrecision, Direction, Kind, Modality, Model, StanceName, Topic, Versioned

PARTY_EXAMPLE = {"code": "KAZ", "name": "Kassym-Jomart Tokayev", "role": "President"}
OTHER_PARTY_EXAMPLE = {"code": "QAT", "name": "Tamim bin Hamad Al Thani", "role": "Emir of Qatar"}
PLACE_EXAMPLE = {"name": "Doha", "country": "QAT"}
CODES_EXAMPLE = {"cameo": "041", "goldstein": 1.0, "plover_event": "CONSULT", "plover_mode": "phone"}
REPORT_EXAMPLE = {
    "report_id": "r-3f2a9c1d8e7b6a50",
    "kind": "call",
    "modality": "held",
    "a": PARTY_EXAMPLE,
    "b": OTHER_PARTY_EXAMPLE,
    "direction": "mutual",
    "date": "2026-03-01",
    "date_precision": "day",
    "evidence": "Tokayev spoke by telephone with the Emir of Qatar",
    "evidence_at": {"field": "text", "start": 9, "end": 58},
    "cue": "spoke by telephone",
    "cue_at": {"field": "text", "start": 17, "end": 35},
    "rule": "call.verb",
    "confidence": 0.93,
    "coder": "0.1.0+9f8e7d6c",
}


class TextSpan(Model):
    """Where in an article a piece of text stands."""

    field: Literal["title", "text"] = Field(description="Which field of the article", examples=["text"])
    start: int = Field(
        ge=0, description="First character, counted from 0 in Unicode code points", examples=[240]
    )
    end: int = Field(ge=0, description="One past the last character", examples=[290])


class Party(Model):
    """One side: a person holding an office for a state or an organisation, or that state itself."""

    code: Code
    name: str | None = Field(
        description="Fullest name of its lead representative in the article",
        examples=["Tamim bin Hamad Al Thani"],
    )
    role: str | None = Field(
        description="That person's office as the article gives it", examples=["Emir of Qatar"]
    )


class Stance(Model):
    """What one side expressed in the contact."""

    by: Code
    stance: StanceName = Field(description="What was expressed", examples=["solidarity"])


class Quote(Model):
    """A verbatim quotation and who said it."""

    text: str = Field(description="The words between the quotation marks", examples=["stands ready to help"])
    speaker: str | None = Field(description="Who said it, as named in the article", examples=["Tokayev"])
    by: Code | None = Field(description="The side the speaker stands for, where known", examples=["KAZ"])


class Place(Model):
    """Where an encounter took place."""

    name: str = Field(description="As the article names it", examples=["Doha"])
    country: Code | None = Field(description="State it lies in, where known", examples=["QAT"])


class EventCodes(Model):
    """The same contact in the codes of other event data sets; derived by a documented table."""

    cameo: str = Field(description="CAMEO event code", examples=["041"])
    cameo_stances: list[str] = Field(
        default=[], description="CAMEO codes of what was expressed", examples=[["051"]]
    )
    goldstein: float = Field(ge=-10, le=10, description="Goldstein value, −10 to 10", examples=[1.0])
    plover_event: str = Field(description="PLOVER event type", examples=["CONSULT"])
    plover_mode: str | None = Field(default=None, description="PLOVER mode", examples=["phone"])


class Report(Model):
    """One article's claim of one contact."""

    report_id: str = Field(
        description="Deterministic: article, version and content", examples=["r-3f2a9c1d8e7b6a50"]
    )
    kind: Kind = Field(description="How they were in contact", examples=["call"])
    also: list[Kind] = Field(
        default=[], description="Other kinds that the text leaves open", examples=[["conversation"]]
    )
    modality: Modality = Field(description="Whether it happened", examples=["held"])
    a: Party = Field(
        description="The initiator: caller, sender, visitor, host who received, or grammatical subject",
        examples=[PARTY_EXAMPLE],
    )
    b: Party = Field(description="The other side", examples=[OTHER_PARTY_EXAMPLE])
    direction: Direction = Field(description="`directed` from a to b, or `mutual`", examples=["mutual"])
    date: dt.date | None = Field(
        description="Day on which it happened or will happen; null where not told", examples=["2026-03-01"]
    )
    date_precision: DatePrecision = Field(
        default="unknown", description="How exactly the date is told", examples=["day"]
    )
    reported_on: Published | None = Field(
        default=None, description="Day of the report where only that is told", examples=["2026-03-01"]
    )
    stances: list[Stance] = Field(
        default=[],
        description="What each side expressed in this contact",
        examples=[[{"by": "KAZ", "stance": "solidarity"}]],
    )
    topics: list[Topic] = Field(default=[], description="What it was about", examples=[["conflict"]])
    reported_by: str | None = Field(
        default=None, description="Whom the article credits for it", examples=["the Akorda"]
    )
    place: Place | None = Field(default=None, description="Where they met", examples=[PLACE_EXAMPLE])
    quotes: list[Quote] = Field(
        default=[],
        description="What was said, verbatim",
        examples=[[{"text": "stands ready to help", "speaker": "Tokayev", "by": "KAZ"}]],
    )
    evidence: str = Field(
        description="Verbatim span of the article that asserts it", examples=["Tokayev also spoke with …"]
    )
    evidence_at: TextSpan = Field(
        description="Where the evidence stands", examples=[{"field": "text", "start": 9, "end": 58}]
    )
    cue: str = Field(
        description="The words that made the coder see a contact", examples=["telephone conversation"]
    )
    cue_at: TextSpan = Field(
        description="Where the cue stands", examples=[{"field": "text", "start": 17, "end": 35}]
    )
    rule: str = Field(description="Id of the rule that proposed it", examples=["call.noun"])
    reasons: list[str] = Field(
        default=[], description="The strongest reasons for the confidence", examples=[["cue=call +2.1"]]
    )
    confidence: float = Field(
        ge=0, le=1, description="Calibrated probability that it is right", examples=[0.93]
    )
    codes: EventCodes | None = Field(
        default=None, description="CAMEO and PLOVER codes", examples=[CODES_EXAMPLE]
    )
    coder: str = Field(description="Version of rules and models", examples=["0.1.0+9f8e7d6c"])

    @model_validator(mode="after")
    def _two_sides(self) -> Self:
        if self.a.code == self.b.code:
            raise ValueError(f"a contact has two different sides, not {self.a.code} twice")
        return self

    @property
    def dyad(self) -> str:
        """The unordered pair of codes, alphabetical: `KAZ-QAT`."""
        return "-".join(sorted((self.a.code, self.b.code)))


class ArticleRef(Model):
    """Which article version a set of reports comes from."""

    uri: str = Field(
        description="The article's uri", examples=["urn:newsml:example.org:20260302:akorda-calls"]
    )
    version: int = Field(ge=1, description="The article's version", examples=[1])
    published: Published | None = Field(description="Its publication time", examples=["2026-03-02"])
    source: str | None = Field(description="Its outlet", examples=["The Astana Times"])
    title: str | None = Field(default=None, description="Its headline", examples=["Tokayev calls Emir"])
    fingerprint: str | None = Field(
        default=None,
        description="MinHash of its text as hexadecimal: near copies of one dispatch have near fingerprints",
        examples=["00a1b2c3" * 32],
    )


class ArticleReports(Versioned):
    """All that one article version says of one dyad; the record of the topic `reports`.

    A later version of the article replaces the earlier record; no reports means that it says nothing
    (any more) of this dyad.
    """

    article: ArticleRef = Field(
        description="The article version",
        examples=[
            {
                "uri": "urn:newsml:example.org:20260302:akorda-calls",
                "version": 1,
                "published": "2026-03-02",
                "source": "The Astana Times",
            }
        ],
    )
    dyad: str = Field(description="The unordered pair of codes; key of the topic", examples=["KAZ-QAT"])
    reports: list[Report] = Field(
        description="Its reports, in the order of the text", examples=[[REPORT_EXAMPLE]]
    )
