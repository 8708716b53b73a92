r"""Contacts in, hourly buckets out: what one revision of a contact changes for one of its two countries.

State keys: `KAZ\|2026-03-01T14` holds the bucket, exactly as published to the topic `rollups` under the same
key; `KAZ\|c-8d1f0a2b3c4d5e6f` holds the revision that was counted, and in which bucket; `\|newest-0` holds
the watermark of partition 0, the newest day that it has seen. What lies further before it than the retention
is late: its hour has expired, and must not come back with what is late alone.

The caller publishes the rollups, then writes the changes in their order, then finishes the record. The index
is the last change, so that a second delivery after a crash does everything again, to the same bytes, and one
after that finds the revision known and does nothing. Each bucket holds its contacts by id: counting
twice changes nothing, and a higher revision replaces, moves or removes what a lower one counted.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from schemas import Contact, Rollup, RollupEntry

JSON = Any
Read = Callable[[str], JSON]

_HOUR = "%Y-%m-%dT%H"


@dataclass(frozen=True, slots=True)
class RolledUp:
    """What follows from one revision.

    Rollups to publish by key, None being a tombstone; then changes to write by key, None deleting. `late`
    where the contact could not be counted, since its hour has expired.
    """

    rollups: dict[str, Rollup | None]
    changes: dict[str, JSON]
    late: bool = False


def roll_up(read: Read, contact: Contact, country: str, horizon: dt.date | None = None) -> RolledUp:
    """Count a revision of a contact for one of its countries; `read` gives a state value, or None.

    `horizon` is the first day of which hours are kept.
    """
    index = f"{country}|{contact.contact_id}"
    known = read(index)
    if known and known["revision"] >= contact.revision:
        return RolledUp({}, {})
    entry = _entry(contact, country)
    late = bool(entry and horizon and entry.event_time.date() < horizon)
    if late:
        entry = None
    bucket = entry and f"{country}|{entry.event_time.strftime(_HOUR)}"
    before = known and known["bucket"]
    rollups: dict[str, Rollup | None] = {}
    for key in dict.fromkeys(key for key in (before, bucket) if key):
        entries = _entries(read(key))
        entries.pop(contact.contact_id, None)
        if entry and key == bucket:
            entries[contact.contact_id] = entry
        rollups[key] = _rollup(country, key, entries) if entries else None
    changes: dict[str, JSON] = {key: r and r.model_dump(mode="json") for key, r in rollups.items()}
    day = bucket and bucket.partition("|")[2][:10]
    changes[index] = {"revision": contact.revision, "bucket": bucket, "day": day or (known and known["day"])}
    return RolledUp(rollups, changes, late)


def expired(value: JSON, horizon: dt.date) -> bool:
    """Whether a state value may be deleted: its hour lies before the horizon.

    The key of a deleted bucket (see `is_bucket`) gets a tombstone on the topic too.
    """
    day = value["bucket"][:10] if "country" in value else value["day"]
    return day is not None and day < horizon.isoformat()


def is_bucket(key: str) -> bool:
    """Whether a state key is a bucket's, and so also a key of the topic."""
    return key.partition("|")[2][:1].isdigit()


def countable(contact: Contact) -> Contact:
    """A contact without its reports: it is counted whoever told it."""
    return contact.model_copy(update={"reports": []})


def watermark_key(partition: int) -> str:
    """State key of a partition's watermark: the newest day that it has seen."""
    return f"|newest-{partition}"


def horizon_of(watermark: JSON, retention_days: int) -> dt.date | None:
    """First day of which hours are kept, counted from a watermark as kept; None where there is none yet."""
    if watermark is None:
        return None
    return dt.date.fromisoformat(watermark["newest"]) - dt.timedelta(days=retention_days)


def _entry(contact: Contact, country: str) -> RollupEntry | None:
    """Take what is counted of a contact; nothing where it is retracted or no time at all is known."""
    if contact.change == "retracted" or contact.event_time is None:
        return None
    return RollupEntry(
        revision=contact.revision,
        kind=contact.kind,
        modality=contact.modality,
        counterpart=contact.b.code if contact.a.code == country else contact.a.code,
        event_time=contact.event_time.astimezone(dt.UTC),
        tone=contact.codes.goldstein if contact.codes else None,
    )


def _entries(bucket: JSON) -> dict[str, RollupEntry]:
    return dict(Rollup.model_validate(bucket).entries) if bucket else {}


def _rollup(country: str, key: str, entries: Mapping[str, RollupEntry]) -> Rollup:
    held = [entry for entry in entries.values() if entry.modality == "held"]
    tones = [entry.tone for entry in held if entry.tone is not None]
    start = dt.datetime.strptime(key.partition("|")[2], _HOUR).replace(tzinfo=dt.UTC)
    return Rollup(
        country=country,
        bucket=start,
        held=len(held),
        planned=sum(entry.modality in ("planned", "proposed") for entry in entries.values()),
        by_kind=dict(sorted(Counter(entry.kind for entry in held).items())),
        by_counterpart=dict(sorted(Counter(entry.counterpart for entry in held).items())),
        tone=round(sum(tones) / len(tones), 6) if tones else None,
        entries=dict(sorted(entries.items())),
    )
