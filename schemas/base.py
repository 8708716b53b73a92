"""What every contract shares: frozen, no unknown fields, an explicit schema version."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from schemas.codes import checked_code

SCHEMA_VERSION: Literal[1] = 1

Kind = Literal["call", "message", "meeting", "visit", "conversation"]
Modality = Literal["held", "planned", "proposed", "refused", "background"]
Direction = Literal["directed", "mutual"]
StanceName = Literal[
    "support",
    "solidarity",
    "concern",
    "condemnation",
    "gratitude",
    "congratulation",
    "condolence",
    "appeal",
    "offer",
    "regret",
    "agreement",
    "disagreement",
]
Topic = Literal[
    "security",
    "conflict",
    "diplomacy",
    "bilateral",
    "economy",
    "energy",
    "humanitarian",
    "migration",
    "justice",
    "environment",
    "health",
    "technology",
    "culture",
    "elections",
]
DatePrecision = Literal["day", "month", "year", "unknown"]

Code = Annotated[
    str,
    AfterValidator(checked_code),
    Field(
        description="State (ISO 3166-1 alpha-3, XKX, or a former state's code) or organisation code",
        examples=["KAZ"],
    ),
]


class Model(BaseModel):
    """Base of every contract."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", ser_json_inf_nan="null", use_attribute_docstrings=True
    )


class Versioned(Model):
    """Base of every record that stands on a topic by itself."""

    schema_version: Literal[1] = Field(
        default=SCHEMA_VERSION, description="Version of this contract; another one is refused", examples=[1]
    )
