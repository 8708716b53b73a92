"""What is known of an article besides its words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from streams.coder.records import Header


@dataclass(frozen=True, slots=True)
class ArticleMeta:
    """Day and source of an article, where its headline ends in the Doc, and its dateline."""

    published: dt.date | None = None
    source: str | None = None
    title_end_char: int = 0
    header: Header | None = None

    @property
    def day(self) -> dt.date | None:
        """The day of publication, else that of the dateline."""
        return self.published or (self.header.day if self.header else None)
