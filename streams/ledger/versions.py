"""One article's record in the ledger: which version is known, and its reports under lasting slots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count

from schemas import ArticleReports
from streams.ledger.book import JSON, short_hash
from streams.ledger.identity import same_claim
from streams.ledger.traits import traits

_REMEMBERED = 8  # reports that earlier versions told and later ones do not


def is_known(known: JSON, incoming: ArticleReports) -> bool:
    """Whether the known record is as new; of two of one version the greater digest is the newer."""
    return bool(known) and (known["version"], known["digest"]) >= (
        incoming.article.version,
        _digest(incoming),
    )


def new_record(known: JSON, incoming: ArticleReports) -> JSON:
    """Give the article's new record: its reports as slot, report and contact, the latter still open.

    `gone` keeps what earlier versions told, with its contact: told again it comes back to it.
    """
    article = incoming.article.model_dump(mode="json")
    reports = [report.model_dump(mode="json") for report in incoming.reports]
    earlier = [*known["reports"], *known["gone"]] if known else []
    slots = _slots(known, earlier, article, reports)
    days = [report["date"] for report in reports if report["date"]]
    return {
        "version": incoming.article.version,
        "digest": _digest(incoming),
        "day": (article["published"] or "")[:10] or max(days, default=known["day"] if known else None),
        "article": article,
        "reports": [[slot, report, None] for slot, report in zip(slots, reports, strict=True)],
        "gone": [was for was in earlier if was[0] not in slots][:_REMEMBERED],
    }


def with_contacts(record: JSON, contacts: Mapping[str, str]) -> JSON:
    """Fill in the contacts of a record's reports, by slot."""
    reports = [[slot, report, contacts[slot]] for slot, report, _ in record["reports"]]
    return {**record, "reports": reports}


def contacts_of(record: JSON) -> set[str]:
    """Contacts of what any version of an article told, as they were when it was settled."""
    return {contact for *_, contact in (*record["reports"], *record["gone"])} if record else set()


def _digest(incoming: ArticleReports) -> str:
    return short_hash(incoming.model_dump_json())


def _slots(known: JSON, earlier: Sequence[JSON], article: JSON, reports: Sequence[JSON]) -> list[str]:
    """Keep the slot of the earlier version's report that tells the same, dates aside; else open a new one."""
    before = {slot: traits(slot, known["article"], report, 0) for slot, report, _ in earlier}
    free = (slot for n in count() if (slot := str(n)) not in {was[0] for was in earlier})
    slots: list[str] = []
    for report in reports:
        now = traits("", article, report, 0)
        kept = next((slot for slot, was in before.items() if same_claim(was, now)), None)
        if kept is not None:
            del before[kept]
        slots.append(kept if kept is not None else next(free))
    return slots
