"""How well coded contacts agree with annotated ones, with confidence intervals over articles.

A coded contact agrees with an annotated one when the pair of codes is the same and its kind is the annotated
kind or one that the annotation accepts as well (`also`). Contacts that happened (`held`) are the headline.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from schemas.base import Kind, Modality

Contact = Mapping[str, Any]
Agree = Callable[[Contact, Contact], bool]
_TIMES = 1000  # resamplings of the articles


@dataclass(frozen=True, slots=True)
class Score:
    """Hits of so many annotated and so many coded."""

    hits: int
    annotated: int
    coded: int

    @property
    def precision(self) -> float:
        """Share of the coded that agree."""
        return self.hits / self.coded if self.coded else float(not self.annotated)

    @property
    def recall(self) -> float:
        """Share of the annotated that were found."""
        return self.hits / self.annotated if self.annotated else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report; the interval holds 95 % of resampled F1s."""

    name: str
    score: Score
    interval: tuple[float, float]


def read_annotated(path: Path) -> list[dict[str, Any]]:
    """Read articles with their contacts, one a line; raises ValueError naming a line without them."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict) or "contacts" not in row:
            raise ValueError(f"{path}:{number}: expected an article with `contacts`")
    return rows


def by_article(coded: Iterable[Contact]) -> dict[str, list[Contact]]:
    """Group coded contacts by the article that they were read from."""
    found: dict[str, list[Contact]] = defaultdict(list)
    for contact in coded:
        found[contact["article_id"]].append(contact)
    return found


def report(annotated: Sequence[Mapping[str, Any]], coded: Mapping[str, Sequence[Contact]]) -> list[Row]:
    """Score contacts, dyads, modalities, each kind and each modality."""
    pairs = [(row["contacts"], coded.get(row["id"], ())) for row in annotated]
    rows = [
        _row("contact", [_matched(_held(g), _held(c), agrees) for g, c in pairs]),
        _row("dyad", [_dyads(_held(g), _held(c)) for g, c in pairs]),
        _row("contact with modality", [_matched(g, c, _same_modality) for g, c in pairs]),
    ]
    for kind in get_args(Kind):
        scores = [
            _matched(_of(_held(g), "kind", kind), _of(_held(c), "kind", kind), agrees) for g, c in pairs
        ]
        rows.append(_row(f"kind {kind}", scores))
    for modality in get_args(Modality):
        scores = [
            _matched(_of(g, "modality", modality), _of(c, "modality", modality), agrees) for g, c in pairs
        ]
        rows.append(_row(f"modality {modality}", scores))
    return rows


def content(annotated: Sequence[Mapping[str, Any]], coded: Mapping[str, Sequence[Contact]]) -> list[Row]:
    """Score stances (side and stance) and topics of the matched contacts held."""
    pairs = [_match(_held(row["contacts"]), _held(coded.get(row["id"], ())), agrees) for row in annotated]
    return [
        _row("stances", [_sum(_sets(_stances(g), _stances(c)) for g, c in found) for found in pairs]),
        _row(
            "topics", [_sum(_sets(set(g["topics"]), set(c["topics"])) for g, c in found) for found in pairs]
        ),
    ]


def _stances(contact: Contact) -> set[tuple[str, str]]:
    return {(stance["by"], stance["stance"]) for stance in contact["stances"]}


def _sets(told: set[Any], found: set[Any]) -> Score:
    return Score(len(told & found), len(told), len(found))


def fields(
    annotated: Sequence[Mapping[str, Any]], coded: Mapping[str, Sequence[Contact]]
) -> dict[str, tuple[int, int]]:
    """Count, by field, how many agree of how many that can, over the matched contacts held."""
    counts: dict[str, list[bool]] = defaultdict(list)
    for row in annotated:
        found = coded.get(row["id"], ())
        if not row["contacts"]:
            counts["quiet article left alone"].append(not _held(found))
        for gold, ours in _match(_held(row["contacts"]), _held(found), agrees):
            _compare(gold, ours, counts)
    return {name: (sum(values), len(values)) for name, values in counts.items()}


def _compare(gold: Contact, ours: Contact, counts: dict[str, list[bool]]) -> None:
    if gold["direction"] == "directed":
        counts["initiator"].append(gold["a"]["code"] == ours["a"]["code"])
    counts["direction"].append(gold["direction"] == ours["direction"])
    counts["date" if gold["date"] else "no invented date"].append(gold["date"] == ours["date"])
    if gold["reported_by"]:
        counts["reported by"].append(_overlap(gold["reported_by"], ours["reported_by"]))
    sides = {ours[side]["code"]: ours[side] for side in "ab"}
    for side in (gold["a"], gold["b"]):
        for field in ("name", "role"):
            if side[field]:
                counts[field].append(_overlap(side[field], sides[side["code"]][field]))


def _held(contacts: Sequence[Contact]) -> list[Contact]:
    return _of(contacts, "modality", "held")


def _of(contacts: Sequence[Contact], field: str, value: str) -> list[Contact]:
    return [contact for contact in contacts if contact[field] == value]


def pair_of(contact: Contact) -> frozenset[str]:
    """Codes of a contact's sides."""
    return frozenset((contact["a"]["code"], contact["b"]["code"]))


def agrees(gold: Contact, ours: Contact) -> bool:
    """Whether a coded contact is the annotated one, or a kind of it that the annotation accepts as well."""
    return pair_of(gold) == pair_of(ours) and ours["kind"] in {gold["kind"], *gold.get("also", ())}


def _same_modality(gold: Contact, ours: Contact) -> bool:
    return agrees(gold, ours) and gold["modality"] == ours["modality"]


def _dyads(gold: Sequence[Contact], ours: Sequence[Contact]) -> Score:
    return _sets({pair_of(c) for c in gold}, {pair_of(c) for c in ours})


def _matched(gold: Sequence[Contact], ours: Sequence[Contact], agree: Agree) -> Score:
    return Score(len(_match(gold, ours, agree)), len(gold), len(ours))


def _match(gold: Sequence[Contact], ours: Sequence[Contact], agree: Agree) -> list[tuple[Contact, Contact]]:
    """Pair as many as possible, each at most once (augmenting paths)."""
    owner: dict[int, int] = {}

    def place(annotated: int, tried: set[int]) -> bool:
        for number, contact in enumerate(ours):
            if number not in tried and agree(gold[annotated], contact):
                tried.add(number)
                if number not in owner or place(owner[number], tried):
                    owner[number] = annotated
                    return True
        return False

    for annotated in range(len(gold)):
        place(annotated, set())
    return [(gold[annotated], ours[number]) for number, annotated in owner.items()]


def _row(name: str, scores: Sequence[Score]) -> Row:
    chance = random.Random(7)  # noqa: S311 -- resampling, the same each time
    resampled = sorted(_sum(chance.choices(scores, k=len(scores))).f1 for _ in range(_TIMES))
    interval = (resampled[int(0.025 * _TIMES)], resampled[int(0.975 * _TIMES)])
    return Row(name, _sum(scores), interval)


def _sum(scores: Iterable[Score]) -> Score:
    hits = annotated = coded = 0
    for score in scores:
        hits, annotated, coded = hits + score.hits, annotated + score.annotated, coded + score.coded
    return Score(hits, annotated, coded)


def _words(text: str | None) -> set[str]:
    words = (word.strip(".,’'\"()").casefold() for word in (text or "").replace("-", " ").split())
    return set(words) - {"", "the", "of", "a"}


def _overlap(one: str | None, other: str | None) -> bool:
    return bool(_words(one) & _words(other))
