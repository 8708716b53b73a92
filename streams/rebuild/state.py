"""The workers' state that goes with what is planned: ledger and buckets; pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from schemas import ArticleRef, ArticleReports, Contact, Report
from streams import ledger, rollups
from streams.ledger.book import Book, short_hash
from streams.ledger.fields import Told, settled
from streams.rebuild.planning import Planned

JSON = Any
State = Mapping[str, JSON]


def known_to(dyad: str, state: State) -> Iterator[Contact]:
    """Give the contacts that a dyad's ledger has published, at their last revision."""
    book = Book(dyad, state.get)
    for key, entry in state.items():
        what, name = _parts(key)
        if what != "c" or not entry["published"]:
            continue
        found = [pair for report in entry["reports"] if (pair := book.report(report))]
        if found:
            told = [Told(ArticleRef.model_validate(a), Report.model_validate(r)) for a, r in found]
            update = {"revision": entry["revision"], "change": "updated"}
            yield settled(name, told).model_copy(update=update)


def trimmed(dyad: str, state: State, there: Iterable[str]) -> list[ArticleReports]:
    """Give what the ledger knows of articles that are not there any more; `there` are names of articles."""
    names = set(there)
    return [
        ArticleReports(
            article=ArticleRef.model_validate(record["article"]),
            dyad=dyad,
            reports=[Report.model_validate(report) for _, report, _ in record["reports"]],
        )
        for key, record in sorted(state.items())
        if _parts(key)[0] == "a" and record["reports"] and _parts(key)[1] not in names
    ]


def with_trimmed(
    state: State, contacts: Mapping[str, Contact], told: Iterable[ArticleReports]
) -> tuple[dict[str, JSON], dict[str, Contact]]:
    """Settle the reports of such articles among the rebuilt ones."""
    after, found = dict(state), dict(contacts)
    for record in told:
        step = ledger.settle(after.get, record)
        found |= {contact.contact_id: contact for contact in step.contacts}
        _write(after, step.changes)
    return after, found


def adopted(dyad: str, state: State, planned: Sequence[Planned], served: Mapping[str, Contact]) -> State:
    """Give the rebuilt ledger's state with the ids and revisions that are planned.

    The journal is left out, for all is written. Retracted contacts are remembered by their revision, so that
    one that comes back has a higher one.
    """
    names = {p.rebuilt_id: p.contact.contact_id for p in planned if p.rebuilt_id}
    after: dict[str, JSON] = {
        f"{dyad}|c|{name}": _forgotten(contact) for name, contact in served.items() if _is_over(contact)
    }
    for key, value in state.items():
        what, name = _parts(key)
        if what == "c":
            kept = {**value, "absorbed": [names.get(other, other) for other in value["absorbed"]]}
            _put_entry(after, f"{dyad}|c|{names.get(name, name)}", kept)
        elif what != "j":
            after[key] = _renamed(what, value, names)
    for one in planned:
        key = f"{dyad}|c|{one.contact.contact_id}"
        if one.fate == "gone":
            after[key] = _forgotten(one.contact)
        elif key in after:
            after[key] = {**after[key], "revision": one.contact.revision, "published": _digest(one.contact)}
    return after


def _parts(key: str) -> tuple[str, str]:
    """Part a ledger's key into what it is and whose (see `streams.ledger.book`)."""
    _, what, name = (*key.split("|", 2), "")[:3]
    return what, name


def _put_entry(after: dict[str, JSON], key: str, entry: JSON) -> None:
    """Put an entry, unless one that is published, or of a higher revision, has its place."""
    there = after.get(key)
    if there is None or entry["published"]:
        after[key] = entry
    elif not there["published"]:
        after[key] = max(there, entry, key=lambda one: int(one["revision"]))


def _renamed(what: str, value: JSON, names: Mapping[str, str]) -> JSON:
    """Rename the contacts that a day's or an article's record names."""
    if what == "d":
        places = {report: [names.get(c, c), *rest] for report, (c, *rest) in value["reports"].items()}
        return {**value, "reports": places}
    if what == "a":
        lists = {
            name: [[slot, report, names.get(c, c)] for slot, report, c in value[name]]
            for name in ("reports", "gone")
        }
        return {**value, **lists}
    return value


def _is_over(contact: Contact) -> bool:
    return contact.change == "retracted"


def _forgotten(contact: Contact) -> JSON:
    """Make the entry of a retracted contact."""
    return {
        "revision": contact.revision,
        "published": None,
        "reports": [],
        "founder": None,
        "absorbed": [],
        "since": None,
        "day": _day(contact),
    }


def _digest(contact: Contact) -> str:
    """Hash a contact as the ledger does (see `streams.ledger.settle`): without its history."""
    content = contact.model_copy(update={"revision": 1, "change": "reported", "merged_into": None})
    return short_hash(content.model_dump_json())


def _day(contact: Contact) -> str | None:
    return str(contact.event_time.date()) if contact.event_time else None


def counted(contacts: Iterable[Contact], country: str, horizon: dt.date | None) -> dict[str, JSON]:
    """Count contacts for one of their countries from nothing; gives the state of its buckets."""
    state: dict[str, JSON] = {}
    for contact in contacts:
        _write(state, rollups.roll_up(state.get, contact, country).changes)
        index = f"{country}|{contact.contact_id}"
        if state[index]["day"] is None:
            state[index] = {**state[index], "day": _day(contact)}
    if horizon is None:
        return state
    return {key: value for key, value in state.items() if not rollups.expired(value, horizon)}


def _write(state: dict[str, JSON], changes: State) -> None:
    for key, value in changes.items():
        if value is None:
            state.pop(key, None)
        else:
            state[key] = value


def names_of(uris: Iterable[str]) -> set[str]:
    """Give the names that the ledger has for articles."""
    return {short_hash(uri) for uri in uris}
