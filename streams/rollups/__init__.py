"""Rolling tables by country: counted from contacts, summed over windows when read; no Kafka, no clock."""

from streams.rollups.counting import Counted, count, expired, is_bucket
from streams.rollups.reading import CountryTable, Tempo, Window, dyad_tempo, newest, tables

__all__ = [
    "Counted",
    "CountryTable",
    "Tempo",
    "Window",
    "count",
    "dyad_tempo",
    "expired",
    "is_bucket",
    "newest",
    "tables",
]
