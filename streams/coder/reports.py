"""From a claim over the Doc to the report that leaves the coder."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from spacy.tokens import Doc

from schemas import Article, Party, Place, Quote, Report, Stance, TextSpan
from streams.coder.content import Content
from streams.coder.records import Claim, Entity
from streams.coder.telling import Stretch
from streams.coder.text import Source


@dataclass(frozen=True, slots=True)
class Told:
    """A claim with its content."""

    claim: Claim
    content: Content


def report(article: Article, doc: Doc, source: Source, told: Told, coder: str) -> Report:
    """The report of a claim, its positions given in the article's own characters."""
    claim, content = told.claim, told.content
    evidence, evidence_at = _quoted(article, doc, source, claim.evidence)
    cue, cue_at = _quoted(article, doc, source, (claim.cue.start, claim.cue.end))
    return Report(
        report_id=_identity(article, claim, evidence),
        kind=claim.kind,
        also=list(claim.also),
        modality=claim.modality,
        a=_party(claim.a),
        b=_party(claim.b),
        direction=claim.direction,
        date=content.date,
        date_precision=content.date_precision,
        reported_on=content.reported_on,
        stances=[Stance(by=by, stance=stance) for by, stance in content.stances],
        topics=list(content.topics),
        reported_by=content.reported_by,
        place=Place(name=content.place.name, country=content.place.country) if content.place else None,
        quotes=[Quote(text=q.text, speaker=q.speaker, by=q.by) for q in content.quotes],
        evidence=evidence,
        evidence_at=evidence_at,
        cue=cue,
        cue_at=cue_at,
        rule=claim.cue.rule,
        reasons=list(claim.reasons),
        confidence=claim.confidence,
        codes=content.codes,
        coder=coder,
    )


def _party(entity: Entity) -> Party:
    return Party(code=entity.code or "", name=entity.name, role=entity.role)


def _quoted(article: Article, doc: Doc, source: Source, stretch: Stretch) -> tuple[str, TextSpan]:
    """The article's own words of a stretch of tokens, and where they stand."""
    last = doc[stretch[1] - 1]
    field, start, end = source.origin(doc[stretch[0]].idx, last.idx + len(last))
    text = (article.title or "") if field == "title" else article.text
    return text[start:end], TextSpan(field=field, start=start, end=end)


def _identity(article: Article, claim: Claim, evidence: str) -> str:
    """The same for the same words of the same article version, on any machine."""
    content = [
        article.uri,
        article.version,
        sorted((claim.a.code or "", claim.b.code or "")),
        claim.kind,
        claim.modality,
        evidence,
    ]
    written = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return f"r-{hashlib.sha256(written).hexdigest()[:16]}"
