"""Who is said to have said it: reporting verbs with their sources, and quotations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from spacy.tokens import Doc

from streams.coder.telling import Stretch

Form = Literal["before", "after", "according", "citing"]

_LONGEST_APPOSITION = 25
_LONGEST_SOURCE = 15
_LONGEST_NAME = 7


@dataclass(frozen=True, slots=True)
class Saying:
    """A reporting verb and the words that name its source; `form` says where the source stands."""

    verb: int
    source: Stretch
    form: Form


@cache
def vocabulary() -> dict[str, frozenset[str]]:
    """Words of reporting, from data/attribution.json."""
    text = files("streams.coder").joinpath("data/attribution.json").read_text(encoding="utf-8")
    return {name: frozenset(words) for name, words in json.loads(text).items()}


def sayings(doc: Doc, sentence: Stretch) -> list[Saying]:
    """Every source that the sentence names, in the order of the text."""
    found = []
    for position in range(*sentence):
        found += list(_sources(doc, sentence, position))
    return found


def _sources(doc: Doc, sentence: Stretch, position: int) -> Iterator[Saying]:
    table, word = vocabulary(), doc[position].text  # small letters only: "States" and "Post" are names
    following = doc[position + 1].lower_ if position + 1 < sentence[1] else ""
    if word.casefold() == "according" and following == "to":
        yield from _right(doc, sentence, position, position + 2, "according")
    elif word in {"citing", "quoting"} or (word == "referring" and following == "to"):
        yield from _right(doc, sentence, position, position + 1 + (word == "referring"), "citing")
    elif word in table["saying"] and position > sentence[0] and doc[position - 1].lower_ in table["passive"]:
        if following == "by":
            yield from _right(doc, sentence, position, position + 2, "after")
    elif word in table["saying"]:
        left = list(_left(doc, sentence, position))
        yield from left
        if not left and word in table["inverted"] and _opens(doc, sentence, position):
            yield from _right(doc, sentence, position, position + 1, "after")


def _opens(doc: Doc, sentence: Stretch, verb: int) -> bool:
    """Whether the verb has nothing before it that could be its subject."""
    return verb == sentence[0] or doc[verb - 1].is_punct or doc[verb - 1].is_space


def _left(doc: Doc, sentence: Stretch, verb: int) -> Iterator[Saying]:
    table = vocabulary()
    end = verb
    while end > sentence[0] and doc[end - 1].lower_ in {
        "also",
        "later",
        "earlier",
        "has",
        "had",
        "have",
        "then",
    }:
        end -= 1
    if end > sentence[0] and doc[end - 1].text == ",":
        apposed = _before_apposition(doc, sentence, end - 1)
        if apposed:
            yield Saying(verb, apposed, "before")
        return
    start = end
    while start > sentence[0] and not _stops(doc, start - 1, table["left_bounds"]):
        start -= 1
    if start < end and _names(doc, start, end):
        yield Saying(verb, _trimmed(doc, start, end), "before")


def _before_apposition(doc: Doc, sentence: Stretch, comma: int) -> Stretch | None:
    """Source of "Maria Novak, spokesperson for the ministry, said": the words before the first comma."""
    opening = comma - 1
    while opening > sentence[0] and doc[opening].text != ",":
        opening -= 1
    if doc[opening].text != "," or comma - opening > _LONGEST_APPOSITION:
        return None
    start = opening
    while start > sentence[0] and not _stops(doc, start - 1, vocabulary()["left_bounds"]):
        start -= 1
    if start == opening or not (_is_name(doc, start, opening) or _is_office(doc, start, opening)):
        return None
    role = doc[opening + 1].lower_ not in {"who", "which", "whose", "where", "speaking", "in", "on"}
    return _trimmed(doc, start, comma if role else opening)


def _is_name(doc: Doc, start: int, end: int) -> bool:
    """Whether the words look like one person's name, with a title at most."""
    capitals = sum(token.text[:1].isupper() for token in doc[start:end])
    return end - start <= _LONGEST_NAME and capitals * 2 > end - start


def _is_office(doc: Doc, start: int, end: int) -> bool:
    """Whether a few words stand for an unnamed source: "another official"."""
    institutions = vocabulary()["institutions"]
    return end - start <= _LONGEST_NAME and any(token.lower_ in institutions for token in doc[start:end])


def _right(doc: Doc, sentence: Stretch, verb: int, start: int, form: Form) -> Iterator[Saying]:
    table, end = vocabulary(), start
    while end < sentence[1] and end - start < _LONGEST_SOURCE and not _stops(doc, end, table["right_bounds"]):
        end += 1
    clause = form == "after" and end < sentence[1] and doc[end].lower_ in vocabulary()["auxiliaries"]
    if end > start and not clause and _names(doc, start, end):
        yield Saying(verb, _trimmed(doc, start, end), form)


def _stops(doc: Doc, position: int, words: frozenset[str]) -> bool:
    token = doc[position]
    if token.is_space or token.lower_ in words:
        return True
    return token.text in vocabulary()["bounds"] and not _inside_a_word(doc, position)


def _inside_a_word(doc: Doc, position: int) -> bool:
    """Whether a hyphen joins what stands around it."""
    token = doc[position]
    return position > 0 and token.text == "-" and not token.whitespace_ and not doc[position - 1].whitespace_


def _names(doc: Doc, start: int, end: int) -> bool:
    """Whether the words can name a source: an institution, an official or a person."""
    table = vocabulary()
    if end - start > _LONGEST_SOURCE or (end - start == 1 and doc[start].lower_ in table["pronouns"]):
        return False
    return any(
        t.lower_ in table["institutions"] or (t.text[:1].isupper() and not t.is_punct) for t in doc[start:end]
    )


def _trimmed(doc: Doc, start: int, end: int) -> Stretch:
    """Without a day of the week, a preposition or a dateline's rest at its edges."""
    dates = vocabulary()["dates"]
    while end - start > 1 and (doc[end - 1].lower_ in dates or doc[end - 1].lower_ in {"on", ".", "late"}):
        end -= 1
    while end - start > 1 and (doc[start].lower_ in dates or doc[start].lower_ in {"on", "in", "/", "."}):
        start += 1
    return start, end
