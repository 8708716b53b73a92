"""Words that make the coder suspect a contact, found in a Doc by their surface forms."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from spacy.tokens import Doc, Token

from schemas.base import Kind
from streams.coder.records import Cue

PartOfSpeech = Literal["noun", "verb", "adjective", "phrase"]
_PARTS: tuple[PartOfSpeech, ...] = ("noun", "verb", "adjective", "phrase")
_REACH = 14  # tokens in which a cue's needed word must follow


@dataclass(frozen=True, slots=True)
class CueEntry:
    """One rule of the lexicon."""

    rule: str
    kinds: tuple[Kind, ...]
    weak: bool
    needs: frozenset[str]
    not_before: frozenset[str]
    before_name: bool  # whether a name must follow


@dataclass(frozen=True, slots=True)
class Form:
    """One inflected form: its words in lower case, which of them is the head, and its rule."""

    words: tuple[str, ...]
    head: int
    part: PartOfSpeech
    base: str
    entry: CueEntry


@dataclass(frozen=True, slots=True)
class FoundCue:
    """A cue in the text with its lexicon entry, its base form and its part of speech."""

    cue: Cue
    base: str
    part: PartOfSpeech
    entry: CueEntry


@cache
def _irregular() -> dict[str, tuple[str, ...]]:
    text = files("streams.coder").joinpath("data/irregular.toml").read_text(encoding="utf-8")
    return {base: tuple(forms) for base, forms in tomllib.loads(text).items()}


def inflections(word: str, part: PartOfSpeech) -> tuple[str, ...]:
    """All forms of an English word, the base form first."""
    if part in {"adjective", "phrase"}:
        return (word,)
    plural = _with_s(word)
    if part == "noun":
        return tuple(dict.fromkeys((word, *_irregular().get(f"{word}.n", (plural,)))))
    if known := _irregular().get(word):
        return tuple(dict.fromkeys((word, plural, *known)))
    stem = word.removesuffix("e")
    if word.endswith("y") and word[-2] not in "aeiou":
        return (word, plural, f"{word[:-1]}ied", f"{word}ing")
    return (word, plural, f"{stem}ed", f"{stem}ing")


def _with_s(word: str) -> str:
    if word.endswith("y") and word[-2] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "z", "ch", "sh", "o")) else f"{word}s"


@cache
def lexicon() -> dict[str, tuple[Form, ...]]:
    """Every form of every cue by its first word, longer ones first (source: data/cues.toml)."""
    text = files("streams.coder").joinpath("data/cues.toml").read_text(encoding="utf-8")
    by_first: dict[str, list[Form]] = {}
    for row in tomllib.loads(text)["cue"]:
        entry = CueEntry(
            row["rule"],
            tuple(row["kinds"]),
            row.get("weak", False),
            frozenset(row.get("needs", ())),
            frozenset(row.get("not_before", ())),
            row.get("before_name", False),
        )
        for part in _PARTS:
            for base in row.get(part, ()):
                for form in _forms(base, part, entry):
                    by_first.setdefault(form.words[0], []).append(form)
    return {
        first: tuple(sorted(dict.fromkeys(forms), key=lambda form: -len(form.words)))
        for first, forms in by_first.items()
    }


def _forms(base: str, part: PartOfSpeech, entry: CueEntry) -> Iterator[Form]:
    words = tuple(base.split())
    # Verbs with a particle inflect in front ("sit down"), compounds at their end ("phone call").
    head = 0 if part == "verb" or " of " in base else len(words) - 1
    for inflected in inflections(words[head], part):
        yield Form((*words[:head], inflected, *words[head + 1 :]), head, part, base, entry)


def find_cues(doc: Doc, start: int, end: int) -> list[FoundCue]:
    """All cues between two tokens, in the order of the text; where forms overlap, each rule's longest."""
    table = lexicon()
    found: list[FoundCue] = []
    for position in range(start, end):
        for form in table.get(doc[position].lower_, ()):
            stop = position + len(form.words)
            if stop > end or not _agrees(doc, position, form, end):
                continue
            head = position + form.head
            if any(head == f.cue.head and f.part == form.part and f.entry is form.entry for f in found):
                continue
            if any(_covers(f.cue, position, stop) and f.part == form.part for f in found):
                continue
            found.append(
                FoundCue(Cue(position, stop, head, form.entry.rule), form.base, form.part, form.entry)
            )
    return found


def _covers(cue: Cue, start: int, end: int) -> bool:
    return cue.start <= start and end <= cue.end and cue.end - cue.start > end - start


def _agrees(doc: Doc, position: int, form: Form, end: int) -> bool:
    if any(doc[position + i].lower_ != word for i, word in enumerate(form.words)):
        return False
    if not _has_part(doc[position + form.head], form.part):
        return False
    after = position + len(form.words)
    if form.entry.before_name and not (after < end and _starts_name(doc, after)):
        return False
    if form.entry.not_before and after < end and doc[after].lower_ in form.entry.not_before:
        return False
    return not form.entry.needs or _any_follows(doc, position, end, form.entry.needs)


def _starts_name(doc: Doc, position: int) -> bool:
    """Whether a capital follows, over an article at most."""
    if doc[position].lower_ == "the" and position + 1 < len(doc):
        position += 1
    return doc[position].text[:1].isupper()


def _has_part(token: Token, part: PartOfSpeech) -> bool:
    """Whether the tagger allows the reading; a doubtful tag does not forbid it."""
    tag = token.tag_
    if part == "verb":
        # Headlines mislead the tagger: "X visits Y" is often tagged as two nouns.
        return (
            tag.startswith("VB") or token.pos_ == "VERB" or (tag.startswith("NN") and token.lower_[-1] == "s")
        )
    if part == "noun":
        return tag.startswith("NN") or token.pos_ in {"NOUN", "PROPN"} or tag in {"VBG", "JJ", "VB"}
    return True


def _any_follows(doc: Doc, position: int, end: int, words: Sequence[str] | frozenset[str]) -> bool:
    return any(token.lower_ in words for token in doc[position + 1 : min(end, position + _REACH)])
