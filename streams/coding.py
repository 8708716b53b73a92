"""The coder alone: articles → one JSON object per contact, without Kafka."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from schemas import Article, Report
from streams.pool import make_coder
from streams.settings import Settings


def lines(articles: Iterable[Article], settings: Settings) -> Iterator[str]:
    """Code each article and give its contacts, one JSON object a line."""
    coder = make_coder(settings)
    for article in articles:
        for report in coder.code(article):
            yield line(article, report)


def line(article: Article, report: Report) -> str:
    """Give one report as JSON, headed by its article's id."""
    fields = report.model_dump(mode="json")
    return json.dumps({"article_id": article.uri, **fields}, ensure_ascii=False)
