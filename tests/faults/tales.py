"""What is fed: stories in lines for the line coder, told twice, corrected, withdrawn, or unusable."""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from itertools import combinations

from schemas import Article, Report
from tests.line_coder import LineCoder

STATES = re.findall("...", "AREAUSBRACANCHNDEUEGYFRAGBRIDNINDIRNITAJORJPNKAZKENKORMEXQATTURUKRUSAZAF")
DYADS = list(combinations(STATES, 2))
FIRST_DAY = dt.date(2026, 3, 1)
BREAKING = {"KILL", "HANG", "GROW", "FAIL"}

_lines = LineCoder(model=None, roster=None, min_confidence=0.0)


def code_lines(article: Article) -> list[Report]:
    """Code as the workers' coder does; raise where it breaks."""
    if BREAKING & set(article.text.split()):
        raise ValueError("breaks the coder")
    return _lines.code(article)


def tales(count: int, seed: int, *, days: int = 7) -> list[Article]:
    """So many articles in random order of days, of few enough dyads that contacts have several reports.

    One in ten comes twice, one in ten is corrected to another day, one in twenty is withdrawn.
    """
    rng = random.Random(seed)
    told: list[Article] = []
    while len(told) < count:
        article = _tale(rng, f"urn:tale:{seed}:{len(told)}", days)
        told.append(article)
        chance = rng.random()
        if chance < 0.1:
            told.append(article)
        elif chance < 0.2:
            told.append(_tale(rng, article.uri, days).model_copy(update={"version": 2}))
        elif chance < 0.25:
            told.append(article.model_copy(update={"version": 2, "status": "withdrawn", "text": ""}))
    return told[:count]


def _tale(rng: random.Random, uri: str, days: int) -> Article:
    lines = []
    for _ in range(rng.choice((1, 1, 1, 2))):
        a, b = rng.choice(DYADS[::9])
        kind = rng.choice(("call", "meeting", "visit"))
        lines.append(f"{a} {b} {kind} held {FIRST_DAY + dt.timedelta(days=rng.randrange(days))}")
    return Article(
        uri=uri, text="\n".join(lines), published=FIRST_DAY + dt.timedelta(days=rng.randrange(days))
    )


def poison(seed: int, *, breaking: tuple[str, ...] = ("KILL", "FAIL")) -> list[bytes | None]:
    """Records that cannot be used, of every kind, in random order."""
    good = {"uri": "urn:poison", "text": "KAZ QAT call held 2026-03-01"}
    wrong: list[dict[str, object]] = [
        {"text": " "},
        {"text": 1},
        {"version": -1},
        {"schema_version": 99},
        {"published": "9999-01-01"},
        {"published": 1772409600000},
        {"published": "1970-01-01"},
        {"status": "dead"},
    ]
    wrong += [{"uri": f"urn:poison:{word}", "text": word} for word in breaking]
    records: list[bytes | None] = [
        None,
        b"",
        b"\xff\xfe",
        b"not json",
        b"null",
        b"[" * 3000,
        b"{}",
        b'{"uri": "urn:poison", "text": NaN}',
        b'{"uri": "urn:poison", "text": "\\ud800"}',
        *(json.dumps(good | fields).encode() for fields in wrong),
    ]
    random.Random(seed).shuffle(records)
    return records
