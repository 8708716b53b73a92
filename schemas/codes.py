"""Which codes may stand for a party: states by ISO 3166-1 alpha-3, organisations by a list."""

from __future__ import annotations

import csv
import os
from functools import cache
from importlib.resources import files
from pathlib import Path

import pycountry

# Codes in use that ISO 3166-1 does not assign: Kosovo's user-assigned code, and the customary codes of
# former states whose ISO 3166-3 entries are alpha-4.
_LACKING = {
    "XKX": "Kosovo",
    "SUN": "Soviet Union",
    "YUG": "Yugoslavia",
    "CSK": "Czechoslovakia",
    "DDR": "East Germany",
    "SCG": "Serbia and Montenegro",
    "YMD": "South Yemen",
    "VDR": "South Vietnam",
    "ZAR": "Zaire",
    "BUR": "Burma",
    "TMP": "East Timor (until 2002)",
}


class UnknownCodeError(ValueError):
    """A party's code is neither a state's nor a known organisation's."""


@cache
def states() -> dict[str, str]:
    """Names of all states by code."""
    assigned = {c.alpha_3: getattr(c, "common_name", c.name) for c in pycountry.countries}
    return {**assigned, **_LACKING}


@cache
def organisations() -> dict[str, str]:
    """Names of all intergovernmental organisations by code.

    Source: schemas/organisations.csv, extended by the file that CONTACTWIRE_ORGANISATIONS names
    (same columns: code,name).
    """
    tables = [files("schemas").joinpath("organisations.csv").read_text(encoding="utf-8")]
    if extra := os.environ.get("CONTACTWIRE_ORGANISATIONS"):
        tables.append(Path(extra).read_text(encoding="utf-8"))
    return {row["code"]: row["name"] for table in tables for row in csv.DictReader(table.splitlines())}


def is_state(code: str) -> bool:
    """Whether the code is a present or former state's."""
    return code in states()


def is_code(code: str) -> bool:
    """Whether the code may stand for a party."""
    return code in states() or code in organisations()


def code_name(code: str) -> str:
    """English name of the party's state or organisation; raises UnknownCodeError."""
    try:
        return states().get(code) or organisations()[code]
    except KeyError:
        raise UnknownCodeError(_complaint(code)) from None


def checked_code(code: str) -> str:
    """Return the code if it is known; raises UnknownCodeError."""
    if not is_code(code):
        raise UnknownCodeError(_complaint(code))
    return code


def _complaint(code: str) -> str:
    return (
        f"unknown party code {code!r}: expected ISO 3166-1 alpha-3 or an organisation of organisations.csv "
        "(extend it with the file named by CONTACTWIRE_ORGANISATIONS)"
    )
