"""Made-up officials of real states: names, offices and places to fill templates and to swap into texts."""

import csv
import random
import re
from dataclasses import dataclass
from pathlib import Path

FACTS = Path(__file__).parent.parent / "streams" / "coder" / "data"
ROLES = (
    "President",
    "Prime Minister",
    "Foreign Minister",
    "Minister of Foreign Affairs",
    "Deputy Foreign Minister",
    "Defence Minister",
    "Minister of Defense",
    "Crown Prince",
    "King",
    "Emir",
    "Vice President",
    "Speaker of Parliament",
    "national security adviser",
    "foreign minister",
    "president",
    "prime minister",
    "Secretary of State",
    "Foreign Secretary",
    "External Affairs Minister",
    "First Deputy Prime Minister",
    "chief of staff",
    "special envoy",
    "Chancellor",
    "premier",
    "Interior Minister",
    "Trade Minister",
    "State Councilor",
)
AFTER_GENITIVE = re.compile(r"\s+(?:to|of) the (?:US|UN).*$|\s+for .*Central Bank.*$")
PARTICLES = frozenset({"bin", "al", "de", "van", "von", "ibn", "ould", "abu"})


@dataclass(frozen=True)
class Official:
    """One invented office holder of a state."""

    person: str
    surname: str
    role: str
    state: str
    long: str
    demonym: str
    city: str
    seat: str


@dataclass(frozen=True)
class World:
    """Names and offices by culture, states with their words, organisations and agencies."""

    people: dict[str, list[tuple[str, str]]]
    roles: list[str]
    states: list[dict[str, list[str]]]
    organisations: list[str]
    agencies: list[str]

    def official(self, chance: random.Random) -> Official:
        """Official whose name is of the state's own culture where the lists allow."""
        row = chance.choice(self.states)
        state = chance.choice(row["names"][:2]) if chance.random() < 0.2 else row["names"][0]
        person, surname = self.person(chance, row["names"])
        long = next((name for name in row["names"] if " of " in name), f"Republic of {row['names'][0]}")
        return Official(
            person=person,
            surname=surname,
            role=chance.choice(ROLES) if chance.random() < 0.7 else chance.choice(self.roles),
            state=state,
            long=long,
            demonym=row["demonyms"][0],
            city=chance.choice(row["capitals"] + row["cities"]),
            seat=chance.choice(row["seats"] or ["Government House"]),
        )

    def person(self, chance: random.Random, states: list[str]) -> tuple[str, str]:
        """Full name and its surname: one person's given names with another's surname."""
        own = next((self.people[name] for name in states if name in self.people), None)
        pool = own or self.people[chance.choice(sorted(self.people))]
        given, surname = chance.choice(pool)[0], chance.choice(pool)[1]
        return (f"{given} {surname}" if given else surname), surname


def read_world(data: Path) -> World:
    """World from the coder's fact tables and the public list of cabinets."""
    people: dict[str, list[tuple[str, str]]] = {}
    roles = set()
    with (data / "roster" / "cabinets_cia_2019-06.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            name = split_name(row["name"])
            if name is not None:
                people.setdefault(row["country"], []).append(name)
            office = (
                AFTER_GENITIVE.sub("", row["office"]).replace("&", "and").replace("Intl.", "International")
            )
            if office.count(" ") < 6 and "," not in office and "." not in office and "Bank" not in office:
                roles.add(office)
    return World(people, sorted(roles), states(), list(first_names("organisations.csv")), agencies())


def split_name(name: str) -> tuple[str, str] | None:
    """Given names and surname of an entry whose surname stands in capitals; None where none does."""
    words = [word for word in name.replace(",", "").split() if not word.endswith(".") or len(word) == 2]
    upper = [index for index, word in enumerate(words) if word.isupper() and len(word) > 2]
    if not upper:
        return None
    first, last = upper[0], upper[-1]
    if first and words[first - 1].lower() in PARTICLES:
        first -= 1
    surname = " ".join(
        word if word.islower() else word.title() if word.isupper() else word
        for word in words[first : last + 1]
    )
    given = " ".join(words[:first]) if first else " ".join(words[last + 1 :])
    return given, surname


def states() -> list[dict[str, list[str]]]:
    """Every state with its names, demonyms, capitals, cities and seats of power."""
    with (FACTS / "states.csv").open(encoding="utf-8") as file:
        rows = [
            {key: [part for part in (value or "").split(";") if part] for key, value in row.items()}
            for row in csv.DictReader(file)
        ]
        return [row for row in rows if row["demonyms"] and row["capitals"]]


def first_names(table: str) -> list[str]:
    """First names of each row of a fact table."""
    with (FACTS / table).open(encoding="utf-8") as file:
        return [name for row in csv.DictReader(file) for name in row["names"].split(";")[:2]]


def agencies() -> list[str]:
    """News agencies the datelines name."""
    lines = (FACTS / "agencies.txt").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
