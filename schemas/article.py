"""One version of one news item, as it stands on the topic `articles`."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

from schemas.base import Versioned

_EARLIEST, _LATEST, _EPOCH = date(1900, 1, 1), date(2100, 1, 1), date(1970, 1, 1)


def _told(value: object) -> object:
    """Refuse bare numbers: seconds and milliseconds look alike, and a missing time is often told as 0."""
    if isinstance(value, int | float):
        raise ValueError("a number is no publication time: send ISO 8601, such as 2026-03-02T09:30:00+05:00")  # noqa: TRY004 -- pydantic turns only ValueError into a validation error
    return value


def _plausible(value: datetime | date) -> datetime | date:
    day = value.date() if isinstance(value, datetime) else value
    if not _EARLIEST <= day < _LATEST:
        raise ValueError(f"{day} is no plausible publication date: expected {_EARLIEST} to {_LATEST}")
    if day == _EPOCH:
        raise ValueError(
            f"{day} is the zero of Unix time, not a publication date: send null where it is unknown"
        )
    return value


Published = Annotated[AwareDatetime | date, BeforeValidator(_told), AfterValidator(_plausible)]


def day_of(published: datetime | date | None) -> date | None:
    """Give the day of a publication, in the offset that the wire gave."""
    return published.date() if isinstance(published, datetime) else published


def moment_of(published: datetime | date | None) -> datetime | None:
    """Give the moment of a publication in UTC; a bare day counts from its midnight UTC."""
    if published is None or isinstance(published, datetime):
        return published and published.astimezone(UTC)
    return datetime.combine(published, time(), tzinfo=UTC)


class Article(Versioned):
    """One version of one news item."""

    uri: str = Field(
        min_length=1,
        max_length=2048,
        description="Identifies the item across its versions; key of the topic",
        examples=["urn:newsml:example.org:20260302:akorda-calls"],
    )
    version: int = Field(
        default=1,
        ge=1,
        le=2**31,
        description="Version of the item, rising; a higher one replaces the lower",
        examples=[1],
    )
    status: Literal["usable", "withdrawn"] = Field(
        default="usable",
        description="`withdrawn` kills the item: whatever was coded from it is retracted",
        examples=["usable"],
    )
    title: str | None = Field(
        default=None, max_length=10_000, description="Headline", examples=["Tokayev calls Emir"]
    )
    text: str = Field(
        description="Plain text of the article, without the headline; may be empty only when withdrawn",
        examples=["ALMATY – President Kassym-Jomart Tokayev spoke by telephone with …"],
    )
    published: Published | None = Field(
        default=None,
        description="When it was published: ISO 8601 with offset, or a day; null where unknown",
        examples=["2026-03-02T09:30:00+05:00", "2026-03-02"],
    )
    source: str | None = Field(
        default=None, max_length=500, description="Outlet", examples=["The Astana Times"]
    )
    language: str | None = Field(
        default=None, max_length=35, description="BCP 47 tag where the wire tells it", examples=["en"]
    )
    wire: str | None = Field(
        default=None, max_length=500, description="Which wire brought it", examples=["seeds/"]
    )

    @property
    def published_day(self) -> date | None:
        """Day of publication in the offset the wire gave."""
        return day_of(self.published)
