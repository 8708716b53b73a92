"""One real-world contact, settled from the reports of many articles; the record of the topic `contacts`."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import AwareDatetime, Field

from schemas.article import Published
from schemas.base import DatePrecision, Direction, Kind, Modality, Model, Topic, Versioned
from schemas.report import (
    CODES_EXAMPLE,
    OTHER_PARTY_EXAMPLE,
    PARTY_EXAMPLE,
    PLACE_EXAMPLE,
    REPORT_EXAMPLE,
    EventCodes,
    Party,
    Place,
    Report,
    Stance,
)


class ContactReport(Model):
    """One report behind a contact."""

    article_id: str = Field(
        description="The article's uri", examples=["urn:newsml:example.org:20260302:akorda-calls"]
    )
    article_version: int = Field(ge=1, description="The article's version", examples=[1])
    source: str | None = Field(description="Its outlet", examples=["The Astana Times"])
    published: Published | None = Field(description="Its publication time", examples=["2026-03-02"])
    carriers: list[str] = Field(
        default=[],
        description="Articles that carry a copy of the same dispatch",
        examples=[["urn:newsml:example.net:20260302:1177"]],
    )
    report: Report = Field(description="What it says", examples=[REPORT_EXAMPLE])


class Contact(Versioned):
    """One real-world contact between two parties, as known at this revision."""

    contact_id: str = Field(description="Never changes; key of the topic", examples=["c-8d1f0a2b3c4d5e6f"])
    revision: int = Field(ge=1, description="Rises with every change; the highest is valid", examples=[1])
    change: Literal["reported", "updated", "retracted"] = Field(
        description="What this revision does", examples=["reported"]
    )
    merged_into: str | None = Field(
        default=None,
        description="The contact that took over its reports, where two turned out to be one",
        examples=["c-1b2c3d4e5f6a7b8c"],
    )
    dyad: str = Field(description="The unordered pair of codes", examples=["KAZ-QAT"])
    kind: Kind = Field(description="How they were in contact", examples=["call"])
    modality: Modality = Field(description="Whether it happened, the furthest reported", examples=["held"])
    a: Party = Field(description="The initiator or subject", examples=[PARTY_EXAMPLE])
    b: Party = Field(description="The other side", examples=[OTHER_PARTY_EXAMPLE])
    direction: Direction = Field(description="`directed` from a to b, or `mutual`", examples=["mutual"])
    date: dt.date | None = Field(
        description="Day on which it happened or will happen, where told", examples=["2026-03-01"]
    )
    date_precision: DatePrecision = Field(description="How exactly the date is told", examples=["day"])
    event_time: AwareDatetime | None = Field(
        description="Moment the rollups count it at, UTC; null where neither date nor publication is known",
        examples=["2026-03-01T00:00:00Z"],
    )
    event_time_basis: Literal["contact", "published", "unknown"] = Field(
        description="Whether event_time is the contact's own date or only the first publication's",
        examples=["contact"],
    )
    stances: list[Stance] = Field(
        default=[], description="What each side expressed", examples=[[{"by": "KAZ", "stance": "solidarity"}]]
    )
    topics: list[Topic] = Field(default=[], description="What it was about", examples=[["conflict"]])
    place: Place | None = Field(default=None, description="Where they met", examples=[PLACE_EXAMPLE])
    codes: EventCodes | None = Field(
        default=None, description="CAMEO and PLOVER codes", examples=[CODES_EXAMPLE]
    )
    confidence: float = Field(ge=0, le=1, description="Highest confidence of its reports", examples=[0.93])
    conflicts: dict[str, list[str]] = Field(
        default={},
        description="Fields on which reports disagree, with the values told",
        examples=[{"date": ["2026-03-01"]}],
    )
    reports: list[ContactReport] = Field(
        description="The reports behind it; empty when retracted",
        examples=[
            [
                {
                    "article_id": "urn:newsml:example.org:20260302:akorda-calls",
                    "article_version": 1,
                    "source": "The Astana Times",
                    "published": "2026-03-02",
                    "report": REPORT_EXAMPLE,
                }
            ]
        ],
    )
