"""What a rebuild found: how the rebuilt contacts and tables differ from those that are served."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from schemas import Contact
from streams.rebuild.matching import Change
from streams.rebuild.planning import Planned

JSON = Any


@dataclass(frozen=True, slots=True)
class FieldExample:
    """One contact of which a field differs."""

    contact_id: str
    dyad: str
    served: JSON
    rebuilt: JSON


@dataclass(slots=True)
class Totals:
    """What one country's table counts on each side."""

    served_held: int = 0
    rebuilt_held: int = 0
    served_planned: int = 0
    rebuilt_planned: int = 0

    @property
    def differ(self) -> bool:
        """Whether the sides count differently."""
        return (self.served_held, self.served_planned) != (self.rebuilt_held, self.rebuilt_planned)


@dataclass(slots=True)
class Difference:
    """Counts, and a few examples of each."""

    examples_wanted: int = 3
    contacts: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[Contact]] = field(default_factory=dict)
    field_examples: dict[str, list[FieldExample]] = field(default_factory=dict)
    coders: dict[str, Counter[str]] = field(default_factory=dict)
    rollups: Counter[str] = field(default_factory=Counter)
    rollup_examples: dict[str, list[str]] = field(default_factory=dict)
    countries: dict[str, Totals] = field(default_factory=dict)
    letters: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    @property
    def equal(self) -> bool:
        """Whether nothing differs that anybody can see."""
        seen = (self.contacts, self.rollups, self.letters)
        return not any(counts[fate] for counts in seen for fate in ("changed", "added", "gone"))

    def add_contacts(self, planned: Iterable[Planned]) -> None:
        """Count the contacts of a dyad."""
        for one in planned:
            self.contacts[one.fate] += 1
            if one.fate in {"added", "gone"}:
                # What is gone is shown as it was: a retraction tells nothing of the contact.
                shown = one.served if one.fate == "gone" and one.served else one.contact
                self._keep(self.examples, one.fate, shown)
            for change in one.changes:
                self._add_change(one.contact, change)

    def _add_change(self, contact: Contact, change: Change) -> None:
        self.fields[change.field] += 1
        example = FieldExample(contact.contact_id, contact.dyad, change.served, change.rebuilt)
        self._keep(self.field_examples, change.field, example)

    def add_coders(self, side: str, contacts: Iterable[Contact]) -> None:
        """Count the reports by the version of the coder that made them."""
        versions = self.coders.setdefault(side, Counter())
        versions.update(told.report.coder for contact in contacts for told in contact.reports)

    def add_rollups(self, country: str, served: Mapping[str, JSON], wanted: Mapping[str, JSON]) -> None:
        """Count the hours of a country."""
        totals = Totals(*_totals(served, wanted))
        if totals.differ:
            self.countries[country] = totals
        for key in sorted(served.keys() | wanted.keys()):
            fate = _fate(served.get(key), wanted.get(key))
            self.rollups[fate] += 1
            if fate != "equal":
                self._keep(self.rollup_examples, fate, key)

    def _keep(self, examples: dict[str, list[Any]], name: str, example: object) -> None:
        kept = examples.setdefault(name, [])
        if len(kept) < self.examples_wanted:
            kept.append(example)

    def to_json(self) -> JSON:
        """Give all of it for machines."""
        return {
            "equal": self.equal,
            "notes": self.notes,
            "coders": {side: dict(versions) for side, versions in self.coders.items()},
            "contacts": dict(self.contacts),
            "fields": dict(self.fields.most_common()),
            "field_examples": {
                name: [asdict(example) for example in examples]
                for name, examples in self.field_examples.items()
            },
            "examples": {
                fate: [contact.model_dump(mode="json") for contact in contacts]
                for fate, contacts in self.examples.items()
            },
            "rollups": dict(self.rollups),
            "rollup_examples": self.rollup_examples,
            "countries": {country: asdict(totals) for country, totals in self.countries.items()},
            "dead_letters": dict(self.letters),
        }


def _fate(served: JSON, wanted: JSON) -> str:
    if served is None:
        return "added"
    if wanted is None:
        return "gone"
    return "equal" if _as_counted(served) == _as_counted(wanted) else "changed"


def _as_counted(rollup: JSON) -> JSON:
    """Leave out which revision of a contact was counted."""
    entries = {name: {**entry, "revision": None} for name, entry in rollup["entries"].items()}
    return {**rollup, "entries": entries}


def _totals(served: Mapping[str, JSON], wanted: Mapping[str, JSON]) -> tuple[int, int, int, int]:
    held = [sum(rollup["held"] for rollup in side.values()) for side in (served, wanted)]
    planned = [sum(rollup["planned"] for rollup in side.values()) for side in (served, wanted)]
    return held[0], held[1], planned[0], planned[1]
