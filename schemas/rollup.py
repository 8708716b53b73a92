"""One hour of one country's rolling table; the record of the compacted topic `rollups`."""

from __future__ import annotations

from pydantic import AwareDatetime, Field

from schemas.base import Code, Kind, Modality, Model, Versioned


class RollupEntry(Model):
    """One contact as it is counted in a bucket."""

    revision: int = Field(ge=1, description="Revision of the contact that was counted", examples=[1])
    kind: Kind = Field(description="Kind of the contact", examples=["call"])
    modality: Modality = Field(description="Modality of the contact", examples=["held"])
    counterpart: Code = Field(description="The other side")
    event_time: AwareDatetime = Field(description="Event time, UTC", examples=["2026-03-01T00:00:00Z"])
    tone: float | None = Field(description="Goldstein value, −10 to 10; null where not coded", examples=[1.0])


class Rollup(Versioned):
    """What is counted for one country in one hour of event time.

    Windows of 1 h, 24 h, 7 d and 30 d are sums over these when read. The counts are derived from the
    entries, which carry each contact once, so that a replay changes nothing.
    """

    country: Code
    bucket: AwareDatetime = Field(
        description="Start of the hour, event time, UTC", examples=["2026-03-01T00:00:00Z"]
    )
    held: int = Field(ge=0, description="Number of contacts held", examples=[3])
    planned: int = Field(ge=0, description="Number of contacts planned or proposed", examples=[0])
    by_kind: dict[str, int] = Field(description="Held contacts by kind", examples=[{"call": 1, "message": 1}])
    by_counterpart: dict[str, int] = Field(description="Held contacts by counterpart", examples=[{"QAT": 1}])
    tone: float | None = Field(
        description="Mean Goldstein value of held contacts; null where none", examples=[1.9]
    )
    entries: dict[str, RollupEntry] = Field(
        description="Every counted contact by its id",
        examples=[
            {
                "c-8d1f0a2b3c4d5e6f": {
                    "revision": 1,
                    "kind": "call",
                    "modality": "held",
                    "counterpart": "QAT",
                    "event_time": "2026-03-01T00:00:00Z",
                    "tone": 1.0,
                }
            }
        ],
    )
