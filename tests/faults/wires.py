"""Real articles as three wires carry them, and what the real coder says of each; made once, then kept."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

from schemas import Article

STREAM = Path(__file__).parents[3] / "shared" / "data" / "stream_open.jsonl.gz"
WIRES = ("first", "second", "third")
_LONGEST = 6000  # characters


def chosen(count: int, seed: int) -> list[dict[str, Any]]:
    """Choose so many documents of the stream."""
    with gzip.open(STREAM, "rt", encoding="utf-8") as lines:
        documents = [json.loads(line) for line in lines]
    fit = [d for d in documents if 200 < len(d["text"]) < _LONGEST and d["published"]]
    return random.Random(seed).sample(fit, count)


def carried(document: dict[str, Any], wire: str) -> Article:
    """Give a document as a wire carries it: under its own name, with small edits."""
    edits = {
        "first": ("", ""),
        "second": (" (update)", "\n\n(Reporting by our correspondents.)"),
        "third": ("", f"\n\nCopyright {document['published'][:4]}. All rights reserved."),
    }
    to_title, to_text = edits[wire]
    return Article(
        uri=f"urn:{wire}:{document['id']}",
        source=f"The {wire} wire",
        title=document["title"] + to_title,
        text=document["text"] + to_text,
        published=document["published"],
    )


def deliveries(documents: list[dict[str, Any]], seed: int) -> list[Article]:
    """Deliver each document one to five times, each time by any of the wires, all in random order."""
    rng = random.Random(seed)
    told = [carried(d, rng.choice(WIRES)) for d in documents for _ in range(rng.randint(1, 5))]
    rng.shuffle(told)
    return told


def code_once(documents: list[dict[str, Any]], kept: Path) -> None:
    """Write what the real coder says of every document; kept where they were coded before, by any version."""
    if kept.exists() and json.loads(kept.read_text("utf-8"))["codings"].keys() >= {
        d["id"] for d in documents
    }:
        return
    from streams.coder.coder import Coder  # noqa: PLC0415 -- loading it takes longer than most tests

    coder = Coder(model=None, roster=None, min_confidence=0.0)
    codings = {
        d["id"]: [report.model_dump(mode="json") for report in coder.code(carried(d, WIRES[0]))]
        for d in documents
    }
    kept.write_text(json.dumps({"codings": codings}), "utf-8")
