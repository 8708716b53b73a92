"""The text that the coder reads, and the way back from it to the article's own characters.

Wires leave markup, entities, zero-width characters and wrongly decoded bytes in their texts. They are taken
out before anything is read; every position of the result is known by field and offset in the article.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from py3langid import langid

Field = Literal["title", "text"]

_SEPARATOR = "\n\n"
_BLOCK_TAGS = r"(?:br|p|div|li|ul|ol|h[1-6]|tr|table|section|article|blockquote|hr|figcaption)"
_NOISE = re.compile(
    r"(?P<hidden><!--.*?-->|<(?P<tag>script|style)\b.*?</(?P=tag)\s*>)"
    rf"|(?P<block></?{_BLOCK_TAGS}(?:\s[^<>]*)?/?>)"
    r"|(?P<inline></?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>)"
    r"|(?P<entity>&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,10});)"
    r"|(?P<zero>[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\r])"
    r"|(?P<mojibake>[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
    r"\u2013\u2014\u2018-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]{1,3})"
    r"|(?P<space>[\u0000-\u0008\u000b\u000c\u000e-\u001f\u0085\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000])"
    r"|(?P<line>[\u2028\u2029])",
    re.DOTALL,
)
_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE_CHARS = 3000
_ENOUGH_WORDS = 12
_ENGLISH_SHARE = 0.18
_UNSURE_SHARE = 0.08


@dataclass(frozen=True, slots=True)
class Source:
    """The text to read, with the places where it departs from the article's own characters."""

    text: str
    body_start: int
    breaks: tuple[int, ...]
    fields: tuple[Field, ...]
    offsets: tuple[int, ...]

    def origin(self, start: int, end: int) -> tuple[Field, int, int]:
        """Field and half-open offsets in the article of a stretch of the text.

        A stretch from headline into body is cut to its part in the body.
        """
        if start < self.body_start < end:
            start = self.body_start
        field, first = self._locate(start)
        _, last = self._locate(max(start, end - 1))
        return field, first, last + 1 if end > start else first

    def _locate(self, position: int) -> tuple[Field, int]:
        k = bisect_right(self.breaks, position) - 1
        return self.fields[k], self.offsets[k] + position - self.breaks[k]


def compose(title: str | None, text: str) -> Source:
    """Put headline and body into one cleaned text."""
    parts: list[str] = []
    breaks: list[int] = []
    fields: list[Field] = []
    offsets: list[int] = []
    length = 0
    body_start = 0
    both: list[tuple[Field, str]] = [("title", title or ""), ("text", text)]
    for field, raw in both:
        if field == "text" and title:
            parts.append(_SEPARATOR)
            length += len(_SEPARATOR)
        if field == "text":
            body_start = length
        for piece, offset in _clean(raw):
            breaks.append(length)
            fields.append(field)
            offsets.append(offset)
            parts.append(piece)
            length += len(piece)
    if not breaks:
        breaks, fields, offsets = [0], ["text"], [0]
    return Source("".join(parts), body_start, tuple(breaks), tuple(fields), tuple(offsets))


def _clean(raw: str) -> list[tuple[str, int]]:
    """Pieces of clean text, each with the offset of its first character in the raw one."""
    pieces: list[tuple[str, int]] = []
    done = 0
    for found in _NOISE.finditer(raw):
        replacement = _replacement(found)
        if replacement == found.group():
            continue
        if found.start() > done:
            pieces.append((raw[done : found.start()], done))
        if replacement:
            pieces.append((replacement, found.start()))
        done = found.end()
    if done < len(raw):
        pieces.append((raw[done:], done))
    return pieces


def _replacement(found: re.Match[str]) -> str:
    match found.lastgroup:
        case "zero" | "hidden" | "tag":
            return ""
        case "block" | "line":
            return "\n"
        case "inline":
            return ""
        case "entity":
            return _unescaped(found.group())
        case "mojibake":
            return _redecoded(found.group())
        case _:
            return " "


def _unescaped(entity: str) -> str:
    plain = html.unescape(entity)
    return " " if plain.isspace() else plain


def _redecoded(garbled: str) -> str:
    for length in range(len(garbled), 1, -1):
        try:
            raw = b"".join(_byte(character) for character in garbled[:length])
            plain = raw.decode("utf-8")
        except UnicodeError:
            continue
        return (" " if plain.isspace() else plain) + garbled[length:]
    return garbled


def _byte(character: str) -> bytes:
    try:
        return character.encode("cp1252")
    except UnicodeError:
        return character.encode("latin-1")


@cache
def _function_words() -> frozenset[str]:
    table = files("streams.coder").joinpath("data/english_function_words.txt").read_text(encoding="utf-8")
    return frozenset(line for line in table.split() if not line.startswith("#"))


def foreign_language(text: str) -> str | None:
    """Code of the language where the text is not English; None where it is, or is too short to tell."""
    sample = text[:_SAMPLE_CHARS].lower()
    words = _WORD.findall(sample)
    if len(words) < _ENOUGH_WORDS:
        return _foreign_script(sample)
    share = sum(word in _function_words() for word in words) / len(words)
    if share >= _ENGLISH_SHARE:
        return None
    language, _ = langid.classify(sample)
    if language == "en" or (share >= _UNSURE_SHARE and _foreign_script(sample) is None):
        return None
    return str(language)


def _foreign_script(sample: str) -> str | None:
    letters = [character for character in sample if character.isalpha()]
    foreign = sum(character > "\u024f" for character in letters)
    if not letters or foreign * 2 <= len(letters):
        return None
    language, _ = langid.classify(sample)
    return str(language) if language != "en" else "und"
