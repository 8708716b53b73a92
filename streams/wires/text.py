"""Plain text, one article a file, optionally headed by a line `date YYYY-MM-DD PLACE –`."""

from __future__ import annotations

import datetime as dt
import re

from schemas import Article

_DATED = re.compile(r"\s*date\s+(\d{4}-\d{2}-\d{2})\b")


def article_from_text(text: str, *, uri: str, wire: str | None = None) -> Article:
    """Make an article of a plain text; raises ValueError when it is blank or its date is none."""
    if not text.strip():
        raise ValueError("the text is empty")
    dated = _DATED.match(text)
    published = dt.date.fromisoformat(dated[1]) if dated else None
    return Article(uri=uri, text=text, published=published, wire=wire)
