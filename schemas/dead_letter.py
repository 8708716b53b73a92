"""Input that could not be used, kept with the reason; the record of the topic `dead-letters`."""

from __future__ import annotations

from typing import Literal

from pydantic import Base64Bytes, Field

from schemas.base import Versioned

Reason = Literal[
    "empty",
    "not-utf8",
    "not-json",
    "schema",
    "schema-version",
    "oversize",
    "absurd-date",
    "no-text",
    "poison",
    "late",
]


class DeadLetter(Versioned):
    """One refused record with its origin, the reason, and its original bytes."""

    letter_id: str = Field(
        description="Origin as `topic/partition/offset`; key of the topic", examples=["articles/0/42"]
    )
    topic: str = Field(description="Topic it was read from", examples=["articles"])
    partition: int = Field(ge=0, description="Partition it was read from", examples=[0])
    offset: int = Field(ge=0, description="Offset it was read at", examples=[42])
    reason: Reason = Field(description="Why it was refused", examples=["not-json"])
    detail: str = Field(
        description="What is wrong and what to do about it", examples=["line 1: expected a JSON object"]
    )
    key: Base64Bytes | None = Field(description="Original key, base64", examples=["dXJu"])
    value: Base64Bytes | None = Field(
        description="Original value, base64; null for a tombstone", examples=["e30="]
    )
    headers: list[tuple[str, Base64Bytes]] = Field(
        default=[], description="Original headers, values base64", examples=[[("ce_type", "Y29udGFjdA==")]]
    )
