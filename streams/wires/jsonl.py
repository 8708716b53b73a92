"""JSON Lines: one article a line, with `uri` (or `id`) and `text`, and what else is known of it."""

from __future__ import annotations

import pydantic_core
from pydantic import ValidationError

from schemas import Article

_FIELDS = ("version", "status", "title", "text", "published", "source", "language")


def article_from_line(line: str, *, wire: str | None = None) -> Article:
    """Make an article of one line; raises ValueError that says what is wrong with it."""
    row = pydantic_core.from_json(line, allow_inf_nan=False)
    if not isinstance(row, dict):
        raise ValueError(f"expected a JSON object, not {type(row).__name__}")  # noqa: TRY004 -- one error to catch
    uri = row.get("uri", row.get("id"))
    if uri is None:
        raise ValueError("the article has neither `uri` nor `id`")
    known = {name: row[name] for name in _FIELDS if row.get(name) is not None}
    if known.get("status", "usable") == "usable" and not str(known.get("text", "")).strip():
        raise ValueError("the field `text` is missing or blank")
    try:
        return Article.model_validate({"uri": uri, "text": "", "wire": wire} | known)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
