# ruff: noqa: INP001 - a script, not part of a package
"""Build the dated roster from our own list and public lists of office holders.

usage: python seeds/build_roster.py PUBLIC_LISTS_DIRECTORY > streams/coder/data/roster.csv

`office_holders.psv` beside this script is read. The directory may hold `leaders_wikidata_2022-10.csv`
(CC0), `leaders_wikipedia_2022-10.csv`, `leaders_30_states_2026-08-22.json` (facts from CC BY-SA lists) and
`cabinets_cia_2019-06.csv` (US public domain). They say who was in office on one day: a holder with no end is
taken to stay for two years after that day, a cabinet of 2019 to have begun two years before.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from streams.coder.gazetteer import gazetteer
from streams.coder.lexicon import find_offices

_COLUMNS = ("name", "office", "role", "code", "from", "until", "source")
_UNRECOGNISED = frozenset(
    {
        "Abkhazia",
        "Artsakh",
        "Donetsk People's Republic",
        "Luhansk People's Republic",
        "Northern Cyprus",
        "Republic of Abkhazia",
        "Republic of Artsakh",
        "Republika Srpska",
        "Sahrawi Arab Democratic Republic",
        "Somaliland",
        "South Ossetia",
        "Transnistria",
        "Turkish Republic of Northern Cyprus",
    }
)
_NO_DIPLOMATS = re.compile(
    r"without portfolio|health|sport|education|youth|women|family|water|housing|library|postal"
    r"|religio|auditor|hajj|urban|transport|agricultur|fisher|forest|labor|social|works|tourism"
    r"|electric|mines|public service|veteran",
    re.IGNORECASE,
)
_REALMS = frozenset(
    ["ATG", "AUS", "BHS", "BLZ", "CAN", "GRD", "JAM", "KNA", "LCA", "NZL", "PNG", "SLB", "TUV", "VCT", "BRB"]
)
_NO_HOLDERS = frozenset(("", "state", "institution", "group", "local"))
_SHORT_OFFICES = {"Govt.": "Government", "Min.": "Minister", "Dep.": "Deputy", "Pres.": "President"}
Row = tuple[str, str, str, str, str, str, str]


def main() -> None:
    """Write the roster to standard output."""
    lists = Path(sys.argv[1])
    rows: dict[tuple[str, str, str], Row] = {}
    own = list(_own(Path(__file__).with_name("office_holders.psv")))
    known = {row[0] for row in own}  # our own list has their whole careers
    for row in (
        *own,
        *_snapshot(lists / "leaders_30_states_2026-08-22.json"),
        *_leaders(lists / "leaders_wikidata_2022-10.csv", "Wikidata 2022-10"),
        *_leaders(lists / "leaders_wikipedia_2022-10.csv", "Wikipedia 2022-10"),
        *_cabinets(lists / "cabinets_cia_2019-06.csv"),
    ):
        if row[-1] == "public record" or row[0] not in known:
            rows.setdefault((row[0], row[3], row[4]), row)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(_COLUMNS)
    ordered: list[Row] = sorted(rows.values(), key=_order)
    writer.writerows(ordered)


def _order(row: Row) -> tuple[str, str, str, str]:
    return row[3], row[1], row[4], row[0]


def _own(path: Path) -> Iterator[Row]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        code, office, role, holders = (part.strip() for part in line.split("|"))
        for holder in holders.split(";"):
            names, _, period = holder.strip().rpartition(" ")
            since, _, until = period.partition("-")
            for name in names.split("/"):
                yield (name, office, role, code, since, until, "public record")


def _snapshot(path: Path) -> Iterator[Row]:
    for entry in json.loads(path.read_text(encoding="utf-8"))["countries"].values():
        code = {"EU": "EU", "AU_AF": "AU"}.get(entry["country"]["iso_code"]) or _code(
            entry["country"]["name_en"]
        )
        for position in entry["positions"].values():
            holder = position.get("current_holder")
            if holder and code and holder.get("since") and not _is_shared(position["title_en"], code):
                office = "organisation" if code in ("EU", "AU") else _office(position["title_en"])
                yield (
                    holder["name_en"],
                    office,
                    position["title_en"],
                    code,
                    holder["since"],
                    "",
                    "leaders 2026-08-22",
                )


def _leaders(path: Path, source: str) -> Iterator[Row]:
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        label = row.get("positionLabel") or row.get("positionlabel") or ""
        holder = re.sub(r"\s*\(.*?\)", "", row.get("officeholderLabel") or row.get("officeholderlabel") or "")
        code = None if row["country"] in _UNRECOGNISED else _code(row["country"])
        office = _office(label)
        if code and office and " " in holder and not holder.startswith("Q") and not _is_shared(label, code):
            until = row["end_year"] or ("2024" if row["start_year"] else "2023")
            yield (holder, office, _plain_role(label), code, row["start_year"] or "2021", until, source)


def _cabinets(path: Path) -> Iterator[Row]:
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        title = row["office"]
        for short, full in _SHORT_OFFICES.items():
            title = title.replace(short, full)
        code, office = _code(row["country"]), _office(title)
        if (
            code
            and office not in _NO_HOLDERS
            and not _NO_DIPLOMATS.search(title)
            and " " in row["name"].strip()
        ):
            yield (_plain_name(row["name"]), office, title, code, "2017", "2021", "CIA 2019-06")


def _is_shared(title: str, code: str) -> bool:
    """Whether an office is held by another state's head: a realm's monarch, Andorra's French co-prince."""
    return ("monarch" in title.lower() and code in _REALMS) or "co-prince" in title.lower()


def _plain_name(name: str) -> str:
    """Write a surname in capitals as a name: "Hamdullah MOHIB" → "Hamdullah Mohib"."""
    return " ".join(_plain_word(word) for word in name.split())


def _plain_word(word: str) -> str:
    letters = [c for c in word if c.isalpha()]
    if len(letters) <= 1 or sum(c.isupper() for c in letters) <= len(letters) // 2 or "." in word:
        return word
    return re.sub(
        r"[^\W\d_]+", lambda part: part.group() if part.group().islower() else part.group().capitalize(), word
    )


def _plain_role(label: str) -> str:
    role = re.split(r" of (?:the )?(?=[A-Z])", label)[0]
    return role[:1].upper() + role[1:]


def _code(country: str) -> str | None:
    country = {"Korea, North": "North Korea", "Korea, South": "South Korea"}.get(country, country)
    if country.startswith("Congo"):
        return "COD" if "Democratic" in country or "Kinshasa" in country else "COG"
    found = [place for place in gazetteer().find(country.split(", ")[0]) if place.form == "state"]
    return found[0].code if found else None


def _office(title: str) -> str:
    if re.search(
        r"monarch|druk gyalpo|yang di-pertuan|ngwenyama|ao o le malo|co-prince|^prince\b",
        title,
        re.IGNORECASE,
    ):
        return "head"
    found = find_offices(title)
    return found[0].office if found else ""


if __name__ == "__main__":
    main()
