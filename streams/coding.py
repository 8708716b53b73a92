"""The coder alone: articles → one JSON object per contact, without Kafka."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from schemas import Article, Report
from streams.pool import make_coder
from streams.scoring import Row, by_article, fields, read_annotated, report
from streams.settings import Settings
from streams.wires import articles_in


def lines(articles: Iterable[Article], settings: Settings) -> Iterator[str]:
    """Code each article and give its contacts, one JSON object a line."""
    coder = make_coder(settings)
    for article in articles:
        for told in coder.code(article):
            yield line(article, told)


def scored(
    annotated: str, coded: str | None, settings: Settings
) -> tuple[list[Row], dict[str, tuple[int, int]]]:
    """Score lines coded before, or else what the coder makes of the annotated articles now."""
    rows = read_annotated(Path(annotated))
    if coded:
        told = (json.loads(text) for text in Path(coded).read_text(encoding="utf-8").split("\n") if text)
    else:
        articles = (item for item in articles_in(annotated) if isinstance(item, Article))
        told = (json.loads(text) for text in lines(articles, settings))
    found = by_article(told)
    return report(rows, found), fields(rows, found)


def line(article: Article, told: Report) -> str:
    """Give one report as JSON, headed by its article's id."""
    return json.dumps({"article_id": article.uri, **told.model_dump(mode="json")}, ensure_ascii=False)
