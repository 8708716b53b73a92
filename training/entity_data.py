"""Texts for the entity tagger: corpora, templates filled with officials, and variations of both."""

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from training.corpora import OUTSIDE, Marked, read_columns, read_news_ner
from training.officials import Official, World

SLOT = re.compile(r"\{(?:([A-Z]+)=([^}]+)|(\w+)(?: (\d))?)\}")
SLOT_LABELS = {
    "person": "PERSON",
    "surname": "PERSON",
    "role": "ROLE",
    "state": "GPE",
    "long": "GPE",
    "city": "GPE",
    "demonym": "NORP",
    "seat": "FAC",
    "org": "ORG",
    "agency": "ORG",
}
# A seat of power may be read as a building or as the institution in it.
WIDER = {"seat": frozenset({"FAC", "ORG", "GPE", OUTSIDE})}
Span = tuple[int, int, frozenset[str]]


def read_open(data: Path) -> list[Marked]:
    """Corpora that lack some of our labels, sentences without any entity thinned out."""
    parts = [
        read_columns(data / "uner_ewt" / "train.iob2.gz", "uner", 1, 2),
        read_columns(data / "wikigold" / "wikigold.conll.txt.gz", "wikigold", 0, 1),
        *(
            read_columns(data / "crossner_politics" / f"{name}.txt.gz", "crossner", 0, 1)
            for name in ("train", "dev", "test")
        ),
    ]
    everything = [item for part in parts for item in part]
    return [item for number, item in enumerate(everything) if item.spans or number % 6 == 0]


def read_news(data: Path) -> list[Marked]:
    """News corpus."""
    return list(read_news_ner(data / "news_ner" / "news_ner.jsonl"))


def built(pieces: Iterable[tuple[str, frozenset[str] | None]], like: Marked) -> Marked:
    """Text from its pieces; a piece with labels becomes a span."""
    text, spans = "", []
    for piece, allowed in pieces:
        if allowed is not None and piece:
            spans.append((len(text), len(text) + len(piece), allowed))
        text += piece
    return replace(like, text=text, spans=tuple(spans))


def pieces_of(item: Marked) -> Iterator[tuple[str, frozenset[str] | None]]:
    """Text between and inside its spans, in order."""
    position = 0
    for start, end, allowed in item.spans:
        yield item.text[position:start], None
        yield item.text[start:end], allowed
        position = end
    yield item.text[position:], None


def filled(template: str, world: World, chance: random.Random) -> Marked:
    """Template with its slots filled."""
    people = {number: world.official(chance) for number in "123"}
    pieces: list[tuple[str, frozenset[str] | None]] = []
    position = 0
    for match in SLOT.finditer(template):
        pieces.append((template[position : match.start()], None))
        fixed, words, what, number = match.groups()
        if fixed:
            pieces.append((words, frozenset({fixed})))
        else:
            label = WIDER.get(what, frozenset({SLOT_LABELS[what]}))
            pieces.append((slot_text(what, people.get(number or ""), world, chance), label))
        position = match.end()
    pieces.append((template[position:], None))
    return built(pieces, Marked("template", template, "", ()))


def slot_text(what: str, official: Official | None, world: World, chance: random.Random) -> str:
    """Words for one slot."""
    if official is not None:
        return str(getattr(official, what))
    return chance.choice(world.agencies if what == "agency" else world.organisations)


def renamed(item: Marked, world: World, chance: random.Random) -> Marked:
    """Text with some of its people renamed; who shares a surname shares the new one."""
    surnames: dict[str, tuple[str, str]] = {}
    pieces: list[tuple[str, frozenset[str] | None]] = []
    for text, allowed in pieces_of(item):
        if allowed == {"PERSON"} and text[:1].isupper() and not text.isupper():
            last = text.split()[-1]
            if last not in surnames:
                surnames[last] = world.person(chance, []) if chance.random() < 0.7 else (text, last)
            full, surname = surnames[last]
            text = full if " " in text else surname  # noqa: PLW2901 - the piece's new words
        pieces.append((text, allowed))
    return built(pieces, item)


def moved(item: Marked, world: World, chance: random.Random) -> Marked:
    """Text with some of its states and nationalities swapped."""
    pieces: list[tuple[str, frozenset[str] | None]] = []
    known = {name for row in world.states for name in row["names"]}
    nations = {name for row in world.states for name in row["demonyms"]}
    for text, allowed in pieces_of(item):
        if text in known and allowed is not None and chance.random() < 0.4:
            text = chance.choice(chance.choice(world.states)["names"][:2])  # noqa: PLW2901 - the piece's new words
        elif text in nations and allowed is not None and chance.random() < 0.4:
            text = chance.choice(chance.choice(world.states)["demonyms"])  # noqa: PLW2901 - the piece's new words
        pieces.append((text, allowed))
    return built(pieces, item)


def with_dateline(item: Marked, world: World, chance: random.Random) -> Marked:
    """Text behind a dateline."""
    row = chance.choice(world.states)
    city = chance.choice(row["capitals"] + row["cities"])
    city = city.upper() if chance.random() < 0.5 else city
    agency = chance.choice(world.agencies)
    gpe, org = frozenset({"GPE"}), frozenset({"ORG"})
    month = chance.choice(("Nov. 3", "March 12", "7 June", "Oct 21"))
    dash = chance.choice(("-", "–", "—", "--"))
    shapes: list[list[tuple[str, frozenset[str] | None]]] = [
        [(city, gpe), (" (", None), (agency, org), (f") {dash} ", None)],
        [(city, gpe), (f", {month} (", None), (agency, org), (f") {dash} ", None)],
        [(city, gpe), (f", {month} {dash} ", None), (agency, org), (". ", None)],
        [(city, gpe), (f" {dash} ", None)],
        [(f"date 2026-03-0{chance.randint(1, 9)} ", None), (city, gpe), (f" {dash} ", None)],
    ]
    return built([*chance.choice(shapes), *pieces_of(item)], item)


def recased(item: Marked, chance: random.Random) -> Marked:
    """Now and then a headline's Title Case, all capitals or all lower case; lengths never change."""
    draw = chance.random()
    if draw < 0.08:
        small = re.compile(r"\b(?!(?:a|an|the|of|in|to|for|and|on|with|by|at)\b)([a-z])")
        text = small.sub(lambda match: match.group(1).upper(), item.text)
    elif draw < 0.13:
        text = "".join(char.upper() if len(char.upper()) == 1 else char for char in item.text)
    elif draw < 0.15:
        text = "".join(char.lower() if len(char.lower()) == 1 else char for char in item.text)
    else:
        text = item.text
    return replace(item, text=text)


def varied(item: Marked, world: World, chance: random.Random) -> Marked:
    """One variation of a text for one pass."""
    if item.source != "template":
        if chance.random() < 0.5:
            item = renamed(item, world, chance)
        if chance.random() < 0.4:
            item = moved(item, world, chance)
    if chance.random() < 0.06:
        item = with_dateline(item, world, chance)
    return recased(item, chance)


def parts(item: Marked, longest: int) -> Iterator[Marked]:
    """Text in parts of at most about so many characters, cut at line ends and sentence ends."""
    start = 0
    ends = [match.end() for match in re.finditer(r"\n+|[.!?][”\"')]*\s+", item.text)] + [len(item.text)]
    inside = [(first, last) for first, last, _ in item.spans]
    previous = 0
    for end in ends:
        if any(first < end < last for first, last in inside):
            continue
        if end - start > longest and previous > start:
            yield part(item, start, previous)
            start = previous
        previous = end
    yield part(item, start, len(item.text))


def part(item: Marked, start: int, end: int) -> Marked:
    """Text and spans between two positions."""
    spans = tuple((a - start, b - start, label) for a, b, label in item.spans if start <= a and b <= end)
    return replace(item, text=item.text[start:end], spans=spans)


def packed(items: list[Marked], longest: int) -> Iterator[Marked]:
    """Neighbouring sentences of one corpus joined with spaces up to a length, as running text is read."""
    group: list[Marked] = []
    for item in items:
        full = sum(len(member.text) for member in group) + len(item.text) > longest
        if group and (full or item.source != group[0].source):
            yield joined(group)
            group = []
        group.append(item)
    if group:
        yield joined(group)


def joined(group: list[Marked]) -> Marked:
    """Several texts as one."""
    pieces = [piece for member in group for piece in (*pieces_of(member), (" ", None))]
    return built(pieces, group[0])
