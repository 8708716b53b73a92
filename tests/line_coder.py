"""A coder for tests of everything around the coder: an article's lines say themselves what they report.

KAZ QAT call held 2026-03-01
KILL (ends the process), HANG (never ends), GROW (takes memory without end), FAIL, anything else: no contact
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import signal
import time
from pathlib import Path
from typing import get_args

from schemas import Article, Party, Report, TextSpan
from schemas.base import Kind
from schemas.report import EventCodes


class LineCoder:
    """Codes each line by itself."""

    version = "lines-1"

    def __init__(self, *, model: str | None, roster: Path | None, min_confidence: float) -> None:
        del model, roster, min_confidence

    def code(self, article: Article) -> list[Report]:
        reports, position = [], 0
        for line in article.text.splitlines(keepends=True):
            match line.split():
                case ["KILL"]:
                    os.kill(os.getpid(), signal.SIGKILL)
                case ["HANG"]:
                    time.sleep(3600)
                case ["FAIL"]:
                    raise ValueError("told to fail")
                case ["GROW"]:
                    hoard = []
                    while True:
                        hoard.append(bytearray(64 * 1024 * 1024))
                case [a, b, kind, modality, *date] if kind in get_args(Kind):
                    reports.append(
                        self._report(article, line.strip(), position, (a, b, kind, modality), date)
                    )
            position += len(line)
        return reports

    @staticmethod
    def _report(
        article: Article, line: str, start: int, told: tuple[str, str, str, str], date: list[str]
    ) -> Report:
        a, b, kind, modality = told
        name = hashlib.sha256(f"{article.uri}|{article.version}|{line}".encode()).hexdigest()[:16]
        span = TextSpan(field="text", start=start, end=start + len(line))
        return Report.model_validate(
            {
                "report_id": f"r-{name}",
                "kind": kind,
                "modality": modality,
                "a": Party(code=a, name=None, role=None),
                "b": Party(code=b, name=None, role=None),
                "direction": "mutual",
                "date": dt.date.fromisoformat(date[0]) if date else None,
                "date_precision": "day" if date else "unknown",
                "evidence": line,
                "evidence_at": span,
                "cue": kind,
                "cue_at": span,
                "rule": "line",
                "confidence": 1.0,
                "codes": EventCodes(cameo="040", goldstein=1.0, plover_event="CONSULT"),
                "coder": LineCoder.version,
            }
        )
