"""Records to be published, made from what was coded and settled."""

from __future__ import annotations

from collections.abc import Sequence

from schemas import Article, ArticleRef, ArticleReports, Contact
from streams import rollups
from streams.delivery import Record
from streams.envelope import contact_headers
from streams.inbox import RefusedError
from streams.pool import Coding


def by_dyad(article: Article, coding: Coding, before: Sequence[str]) -> list[ArticleReports]:
    """Part an article's reports by dyad; dyads of the earlier version are there even when nothing is left."""
    ref = ArticleRef(
        uri=article.uri,
        version=article.version,
        published=article.published,
        source=article.source,
        title=article.title,
        fingerprint=coding.fingerprint,
    )
    dyads = sorted({report.dyad for report in coding.reports} | set(before))
    return [
        ArticleReports(article=ref, dyad=dyad, reports=[r for r in coding.reports if r.dyad == dyad])
        for dyad in dyads
    ]


def require_room(records: Sequence[Record], most: int, what: str) -> None:
    """Refuse what no record can hold, before anything is published."""
    largest = max((len(value or b"") for _, value, _ in records), default=0)
    if largest > most:
        raise RefusedError("oversize", f"{what} takes {largest} bytes, where a record holds {most}")


def public(contact: Contact) -> Record:
    """Give a contact to everybody, as an event."""
    return contact.contact_id.encode(), contact.model_dump_json().encode(), contact_headers(contact)


def for_countries(contact: Contact) -> list[Record]:
    """Give a contact to both of its countries, without its reports: they count it, whoever told it."""
    value = rollups.countable(contact).model_dump_json().encode()
    return [(code.encode(), value, []) for code in contact.dyad.split("-")]
