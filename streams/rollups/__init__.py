"""Rolling tables by country: counted from contacts, summed over windows when read; no Kafka, no clock."""

from streams.rollups.counting import (
    RolledUp,
    countable,
    expired,
    horizon_of,
    is_bucket,
    roll_up,
    watermark_key,
)
from streams.rollups.reading import CountryTable, Tempo, Window, dyad_tempo, newest, tables

__all__ = [
    "CountryTable",
    "RolledUp",
    "Tempo",
    "Window",
    "countable",
    "dyad_tempo",
    "expired",
    "horizon_of",
    "is_bucket",
    "newest",
    "roll_up",
    "tables",
    "watermark_key",
]
