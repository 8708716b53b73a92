"""A coder that holds each article back until the test lets it go."""

from __future__ import annotations

import os
import time
from pathlib import Path

from schemas import Article, Report
from tests.line_coder import LineCoder

GATE = "CONTACTWIRE_TEST_GATE"


class GatedCoder(LineCoder):
    """Says that it has begun by a file, and waits for another one."""

    def code(self, article: Article) -> list[Report]:
        gate = Path(os.environ[GATE])
        (gate / "reached").touch()
        while not (gate / "open").exists():
            time.sleep(0.05)
        return super().code(article)
