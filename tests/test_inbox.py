import json
from contextlib import suppress

import pytest
from faust.types.tuples import Message
from hypothesis import given
from hypothesis import strategies as st

from schemas import Article
from streams.inbox import RefusedError, dead_letter, digest, read_article

LIMIT = 10_000
GOOD = {"uri": "urn:x:1", "text": "The ministers met.", "published": "2026-03-02"}


def encoded(**changes: object) -> bytes:
    return json.dumps(GOOD | changes).encode()


def test_a_good_article_is_read() -> None:
    article = read_article(encoded(published="2026-03-02T09:30:00+05:00"), limit=LIMIT)
    assert article.uri == "urn:x:1"
    assert str(article.published_day) == "2026-03-02"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "empty"),
        (b"", "empty"),
        (b"x" * (LIMIT + 1), "oversize"),
        (b'{"uri": "\xff"}', "not-utf8"),
        ("{}".encode("utf-16"), "not-utf8"),
        (b"The ministers met.", "not-json"),
        (b'{"uri": "urn:x:1", "text": "cut', "not-json"),
        (b'{"uri": "urn:x:1", "text": NaN}', "not-json"),
        (b"[" * 5000, "not-json"),
        (b'{"uri": "urn:x:1", "text": "\\ud800"}', "not-json"),
        (b"[1, 2]", "schema"),
        (b"null", "schema"),
        (b"{}", "schema"),
        (encoded(text=None), "schema"),
        (encoded(text=["a"]), "schema"),
        (encoded(version=0), "schema"),
        (encoded(status="killed"), "schema"),
        (encoded(headline="unknown field"), "schema"),
        (encoded(schema_version=99), "schema-version"),
        (encoded(schema_version="one"), "schema-version"),
        (encoded(text=" \n "), "no-text"),
        (encoded(published="9999-12-31"), "absurd-date"),
        (encoded(published="0001-01-01"), "absurd-date"),
        (encoded(published="1970-01-01T00:00:00Z"), "absurd-date"),
        (encoded(published=1772409600000), "absurd-date"),
        (encoded(published="yesterday"), "absurd-date"),
        (encoded(published="2026-03-02T09:30:00"), "absurd-date"),
    ],
)
def test_bad_input_is_refused_with_its_reason(value: bytes | None, reason: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read_article(value, limit=LIMIT)
    assert refused.value.reason == reason
    assert refused.value.detail


def test_a_withdrawn_article_needs_no_text() -> None:
    assert read_article(encoded(status="withdrawn", text=""), limit=LIMIT).status == "withdrawn"


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(value: bytes) -> None:
    """Nothing that stands on a topic can raise anything else."""
    with suppress(RefusedError):
        read_article(value, limit=LIMIT)


@given(st.binary(max_size=50), st.none() | st.binary(max_size=10))
def test_a_dead_letter_keeps_every_byte(value: bytes, key: bytes | None) -> None:
    message = Message(
        topic="articles",
        partition=1,
        offset=42,
        timestamp=0.0,
        timestamp_type=0,
        headers=[("trace", b"\x00\xff")],
        key=key,
        value=value,
        checksum=None,
    )
    letter = dead_letter(message, RefusedError("schema", "why"))
    again = type(letter).model_validate_json(letter.model_dump_json())
    assert (again.key, again.value, again.headers) == (key, value, [("trace", b"\x00\xff")])
    assert again.letter_id == "articles/1/42"


def test_the_digest_ignores_which_wire_brought_it() -> None:
    """The same text from two wires is the same article version."""
    article = Article.model_validate_json(encoded())
    assert digest(article) == digest(article.model_copy(update={"wire": "other"}))
    assert digest(article) != digest(article.model_copy(update={"text": "They did not."}))
