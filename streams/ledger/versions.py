"""One article's record in the ledger: which version is known, and its reports under lasting slots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from schemas import ArticleReports
from streams.ledger.book import JSON, short_hash
from streams.ledger.identity import same_claim
from streams.ledger.traits import traits


def new_record(known: JSON, incoming: ArticleReports) -> JSON:
    """Give the article's new record; None where the known one is as new.

    Of two records that claim one version the greater digest wins, whatever their order.
    """
    digest = short_hash(incoming.model_dump_json())
    if known and (known["version"], known["digest"]) >= (incoming.article.version, digest):
        return None
    article = incoming.article.model_dump(mode="json")
    reports = [report.model_dump(mode="json") for report in incoming.reports]
    days = [r["date"] for r in reports if r["date"]]
    published = (article["published"] or "")[:10]
    return {
        "version": incoming.article.version,
        "digest": digest,
        "day": published or max(days, default=known["day"] if known else None),
        "article": article,
        "reports": [list(pair) for pair in zip(_slots(known, article, reports), reports, strict=True)],
    }


def _slots(known: JSON, article: JSON, reports: Iterable[JSON]) -> list[str]:
    """Keep the slot of the earlier version's report that tells the same, dates aside; else open a new one."""
    earlier: Mapping[str, Any] = dict(known["reports"]) if known else {}
    before = {slot: traits(slot, known["article"], report, 0) for slot, report in earlier.items()}
    free = (slot for n in count() if (slot := str(n)) not in earlier)
    slots: list[str] = []
    for report in reports:
        now = traits("", article, report, 0)
        kept = next((slot for slot, was in before.items() if same_claim(was, now)), None)
        if kept is not None:
            del before[kept]
        slots.append(kept if kept is not None else next(free))
    return slots
