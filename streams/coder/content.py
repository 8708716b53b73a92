"""Given a contact that was found: when, where, in what spirit, about what, and who says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from schemas.base import DatePrecision, StanceName, Topic
from schemas.report import EventCodes
from streams.coder.attribution import reported_by
from streams.coder.codes import event_codes
from streams.coder.parties import ArticleMeta
from streams.coder.place import Where, place
from streams.coder.quotes import Quoted, quotes
from streams.coder.records import Claim, Header, Parties
from streams.coder.stances import stances
from streams.coder.telling import sentences, telling
from streams.coder.time import when
from streams.coder.topics import topics


@dataclass(frozen=True, slots=True)
class Content:
    """What an article tells of one contact besides its sides."""

    date: dt.date | None
    date_precision: DatePrecision
    reported_on: dt.date | None
    stances: tuple[tuple[str, StanceName], ...]
    topics: tuple[Topic, ...]
    reported_by: str | None
    place: Where | None
    quotes: tuple[Quoted, ...]
    codes: EventCodes


def describe(  # noqa: PLR0913, PLR0917 - each is a fact of its own
    doc: Doc,
    claim: Claim,
    parties: Parties,
    header: Header,
    meta: ArticleMeta,
    others: Sequence[Claim] = (),
) -> Content:
    """Describe one contact; `others` are the other claims of the article, whose sentences are not its own."""
    told = telling(doc, claim, others)
    time = when(doc, told.core, told.evidence, claim.modality, claim.kind, header, meta.published)
    held = stances(doc, told, claim, parties)
    about = topics(doc, told, claim.kind, claim.modality)
    where = place(doc, told, claim, parties)
    return Content(
        date=time.date,
        date_precision=time.precision,
        reported_on=time.reported_on,
        stances=tuple(held),
        topics=tuple(about),
        reported_by=reported_by(doc, sentences(doc), claim.evidence, (claim.a, claim.b)),
        place=where,
        quotes=tuple(quotes(doc, told, claim, parties)),
        codes=event_codes(
            claim.kind,
            claim.modality,
            [stance for _, stance in held],
            about,
            (claim.a.code, claim.b.code),
            where.country if where else None,
        ),
    )
