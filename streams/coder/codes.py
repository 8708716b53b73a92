"""A contact in the codes of other event data sets, by the table data/cameo.csv (see docs/codes.md)."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from schemas.base import Kind, Modality, StanceName, Topic
from schemas.report import EventCodes


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    cameo: str
    goldstein: float
    plover_event: str
    plover_mode: str | None


@cache
def table() -> dict[tuple[str, str, str, str], Row]:
    """Read the table by (of, kind or stance, modality, refinement)."""
    text = files("streams.coder").joinpath("data/cameo.csv").read_text(encoding="utf-8")
    return {
        (row["of"], row["kind"], row["modality"], row["topic"]): Row(
            row["cameo"], float(row["goldstein"]), row["plover_event"], row["plover_mode"] or None
        )
        for row in csv.DictReader(text.splitlines())
    }


def event_codes(  # noqa: PLR0913, PLR0917 - each is a fact of its own
    kind: Kind,
    modality: Modality,
    stances: Sequence[StanceName] = (),
    topics: Sequence[Topic] = (),
    sides: tuple[str | None, str | None] = (None, None),
    country: str | None = None,
) -> EventCodes:
    """Derive the codes; `sides` are a's and b's codes, `country` that of the place where they met."""
    happened = "held" if modality == "background" else modality
    refined = _soil(kind, sides, country) if happened == "held" else ""
    rows = table()
    row = next(
        found
        for key in ((kind, happened, refined), (kind, happened, ""), ("", happened, ""))
        if (found := rows.get(("contact", *key)))
    )
    expressed = list(dict.fromkeys(stance_code(stance, topics).cameo for stance in stances))
    return EventCodes(
        cameo=row.cameo,
        cameo_stances=expressed,
        goldstein=row.goldstein,
        plover_event=row.plover_event,
        plover_mode=row.plover_mode,
    )


def stance_code(stance: StanceName, topics: Sequence[Topic] = ()) -> Row:
    """Take the table's line for one stance, refined by the first topic that has a line of its own."""
    rows = table()
    for topic in topics:
        if found := rows.get(("stance", stance, "", topic)):
            return found
    return rows["stance", stance, "", ""]


def _soil(kind: Kind, sides: tuple[str | None, str | None], country: str | None) -> str:
    """On whose soil a meeting took place, seen from the initiator."""
    if kind != "meeting" or country is None:
        return ""
    if country == sides[0]:
        return "hosting"
    return "visiting" if country == sides[1] else "third"
