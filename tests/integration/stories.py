"""Stories that spell out their contacts, and what came of them on the topics."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from schemas import Article
from streams.lag import wait_until_done
from streams.rollups import tables
from streams.settings import Settings
from streams.tables import read_rollups
from streams.topics import Topics

PATIENCE = 150.0

Contacts = dict[str, dict[str, Any]]
Consume = Callable[..., list[Any]]


def stories(count: int, seed: int = 1) -> list[Article]:
    """Articles that tell of contacts among a few states, several of one contact."""
    rng = random.Random(seed)
    codes = ["KAZ", "QAT", "ARE", "JOR", "FRA", "KEN"]
    articles = []
    for number in range(count):
        a, b = rng.sample(codes, 2)
        day = f"2026-03-{rng.randint(1, 28):02}"
        kind = rng.choice(["call", "meeting", "visit"])
        articles.append(
            Article(uri=f"urn:story:{number}", text=f"{a} {b} {kind} held {day}", published="2026-03-28")
        )
    return articles


def contacts_in(consume: Consume, settings: Settings) -> Contacts:
    """Latest revision of every contact, as the public topic tells it; equal revisions must be equal bytes."""
    seen: dict[tuple[str, int], bytes] = {}
    latest: Contacts = {}
    for record in consume(Topics.of(settings).contacts):
        assert record.value is not None
        contact = json.loads(record.value)
        name = (contact["contact_id"], contact["revision"])
        assert seen.setdefault(name, record.value) == record.value, f"two texts of {name}"
        if contact["revision"] > latest.get(contact["contact_id"], {"revision": 0})["revision"]:
            latest[contact["contact_id"]] = contact
    return latest


def told(contacts: Contacts) -> list[tuple[object, ...]]:
    """What contacts say, without the ids and revisions that depend on the order of arrival."""
    return sorted(
        (c["dyad"], c["kind"], c["date"], sorted(r["article_id"] for r in c["reports"]))
        for c in contacts.values()
        if c["change"] != "retracted"
    )


def counted(settings: Settings) -> dict[str, int]:
    """Held contacts by country, from the public rollups."""
    rows = tables(read_rollups(settings))
    return {row.country: row.windows["30d"].held for row in rows if row.windows["30d"].held}


def expected_counts(contacts: Contacts) -> dict[str, int]:
    """The same from the contacts, by sequential counting."""
    live = [c for c in contacts.values() if c["change"] != "retracted" and c["modality"] == "held"]
    return dict(Counter(code for c in live for code in str(c["dyad"]).split("-")))


def done(settings: Settings) -> None:
    assert wait_until_done(settings, timeout=PATIENCE), "the workers are not done"
