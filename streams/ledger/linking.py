"""Which links one article's new version changes, without linking the whole dyad anew."""

from __future__ import annotations

from collections.abc import Sequence

from streams.ledger.book import Book, article_of
from streams.ledger.identity import Link, best_links, links
from streams.ledger.traits import Traits


def changed_links(
    book: Book, name: str, old: Sequence[Traits], new: Sequence[Traits]
) -> dict[str, Link | None]:
    """Links of the article's new reports, and of those that are linked to it, were, or now should be."""
    others = sorted(book.near((*old, *new)) - {name})
    offers = best_links(link for other in others for link in links(new, book.traits(other)))
    changed = {report.key: offers.get(report.key) for report in new}
    for other in others:
        orphans = [report for report in book.traits(other) if old and _is_linked_to(book, report, name)]
        changed |= _relinked(book, other, orphans)
        for report in book.traits(other):
            offer = offers.get(report.key)
            if report not in orphans and offer and _is_better(offer, kept_link(book, report)):
                changed[report.key] = offer
    return changed


def kept_link(book: Book, report: Traits) -> Link | None:
    """Give a report's link as the ledger keeps it; None where it has none or what it is linked to is gone."""
    place = book.place(report)
    to = book.trait(place.to) if place and place.to else None
    return Link(place.points, to, report) if place and to else None


def _is_linked_to(book: Book, report: Traits, name: str) -> bool:
    place = book.place(report)
    return bool(place and place.to and article_of(place.to) == name)


def _is_better(offer: Link, kept: Link | None) -> bool:
    return kept is None or offer.order < kept.order


def _relinked(book: Book, name: str, orphans: Sequence[Traits]) -> dict[str, Link | None]:
    """Link reports of one article from scratch."""
    if not orphans:
        return {}
    others = sorted(book.near(orphans) - {name})
    best = best_links(link for other in others for link in links(book.traits(name), book.traits(other)))
    return {report.key: best.get(report.key) for report in orphans}
