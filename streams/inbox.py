"""What stands on the topic `articles`, read with suspicion: an Article, or the reason why it is none."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import TypeVar

import pydantic_core
from faust.types.tuples import Message
from pydantic import BaseModel, ValidationError

from schemas import Article, DeadLetter
from schemas.dead_letter import Reason

M = TypeVar("M", bound=BaseModel)


class RefusedError(Exception):
    """The record cannot be used; says why and what to do."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


def read_article(value: bytes | None, *, limit: int) -> Article:
    """Decode one record's value of at most `limit` bytes; raises RefusedError."""
    if not value:
        raise RefusedError("empty", "the record has no value: send an article as JSON")
    if len(value) > limit:
        raise RefusedError(
            "oversize", f"{len(value)} bytes where CONTACTWIRE_MAX_ARTICLE_BYTES={limit}: cut the article"
        )
    try:
        value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RefusedError("not-utf8", f"byte {error.start}: {error.reason}: send UTF-8") from None
    try:
        record = pydantic_core.from_json(value, allow_inf_nan=False)
    except ValueError as error:
        raise RefusedError("not-json", f"{error}: send one JSON object") from None
    if not isinstance(record, dict):
        raise RefusedError("schema", f"expected a JSON object, not {type(record).__name__}")
    if record.get("schema_version", 1) != 1:
        raise RefusedError(
            "schema-version",
            f"version {record['schema_version']!r} where this release reads 1: upgrade, then replay",
        )
    try:
        article = Article.model_validate_json(value)
    except ValidationError as error:
        raise _refusal(error) from None
    if article.status == "usable" and not article.text.strip():
        raise RefusedError(
            "no-text", "the field `text` is blank: only a withdrawn article may be without text"
        )
    return article


def read_record(model: type[M], value: bytes | None) -> M:
    """Decode a record of one of our own topics; raises RefusedError."""
    if not value:
        raise RefusedError("empty", f"the record has no value where a {model.__name__} was expected")
    try:
        return model.model_validate_json(value)
    except ValidationError as error:
        raise _refusal(error) from None


def _refusal(error: ValidationError) -> RefusedError:
    problems = error.errors(include_url=False)
    detail = "; ".join(f"{'.'.join(map(str, p['loc']))}: {p['msg']}" for p in problems[:5])
    only_date = all(p["loc"][:1] == ("published",) for p in problems)
    return RefusedError("absurd-date" if only_date else "schema", detail)


def dead_letter(message: Message, refused: RefusedError) -> DeadLetter:
    """Keep a refused record with its origin, the reason, and its original bytes."""
    return DeadLetter(
        letter_id=f"{message.topic}/{message.partition}/{message.offset}",
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        reason=refused.reason,
        detail=refused.detail,
        key=_encoded(message.key),
        value=_encoded(message.value),
        headers=[(name, _encoded(value) or b"") for name, value in _headers(message)],
    )


def digest(article: Article) -> str:
    """Identify an article version's content."""
    return hashlib.sha256(article.model_dump_json(exclude={"wire"}).encode()).hexdigest()[:16]


def _headers(message: Message) -> list[tuple[str, bytes]]:
    headers = message.headers or []
    return list(headers.items()) if isinstance(headers, Mapping) else list(headers)


def _encoded(value: bytes | None) -> bytes | None:
    """Give bytes as pydantic's Base64Bytes takes them."""
    return None if value is None else base64.b64encode(value)
