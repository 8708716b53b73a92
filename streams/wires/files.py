"""Files, directories and standard input as wires."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from schemas import Article
from streams.wires.jsonl import article_from_line
from streams.wires.text import article_from_text

STDIN = "-"
_JSONL = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
_TEXT = (".txt", ".txt.gz")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Input that is no article, with where it stands and why."""

    where: str
    why: str


def articles_in(path: str) -> Iterator[Article | Refusal]:
    """Read every article of a file, of all files below a directory, or of standard input (`-`)."""
    if path == STDIN:
        yield from _sniffed(sys.stdin.buffer.read(), STDIN)
        return
    root = Path(path)
    if root.is_dir():
        files = sorted(p for p in root.rglob("*") if p.is_file() and p.name.endswith(_JSONL + _TEXT))
        if not files:
            yield Refusal(path, f"no file named {', '.join('*' + end for end in _TEXT + _JSONL)} in it")
        for file in files:
            yield from _file(file, str(file.relative_to(root)))
    else:
        yield from _file(root, root.name)


def _file(path: Path, name: str) -> Iterator[Article | Refusal]:
    try:
        data = gzip.decompress(path.read_bytes()) if name.endswith(".gz") else path.read_bytes()
    except (OSError, EOFError) as error:
        yield Refusal(str(path), str(error))
        return
    if name.endswith(_JSONL):
        yield from _lines(data, str(path))
    elif name.endswith(_TEXT):
        yield _text(data, str(path), uri=name[: name.rindex(".txt")])
    else:
        yield from _sniffed(data, str(path), uri=name)


def _sniffed(data: bytes, where: str, uri: str = "stdin") -> Iterator[Article | Refusal]:
    if data.lstrip().startswith(b"{"):
        yield from _lines(data, where)
    else:
        yield _text(data, where, uri=uri)


def _text(data: bytes, where: str, *, uri: str) -> Article | Refusal:
    try:
        return article_from_text(data.decode("utf-8-sig"), uri=uri, wire=where)
    except ValueError as error:
        return Refusal(where, _complaint(error))


def _lines(data: bytes, where: str) -> Iterator[Article | Refusal]:
    # Split on bytes: U+2028 inside a string is no end of a line.
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if line.strip():
            try:
                yield article_from_line(line.decode(), wire=where)
            except ValueError as error:
                yield Refusal(f"{where}:{number}", _complaint(error))


def _complaint(error: ValueError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8: byte {error.start}: {error.reason}"
    return str(error)
