"""What people see in the terminal: topics, contacts, settings, progress."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import SecretStr
from rich.console import Console, Group
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from schemas import DeadLetter
from streams.scoring import Row
from streams.settings import PREFIX, Settings
from streams.topics import TopicState

_COLOURS = {"held": "green", "planned": "cyan", "proposed": "blue", "refused": "red", "background": "dim"}


def topics_table(states: list[TopicState]) -> Table:
    """Show every topic with its shape."""
    table = Table("topic", "key", "partitions", "replicas", "cleanup", "")
    table.columns[0].overflow = "fold"
    for state in states:
        spec = state.spec
        table.add_row(
            spec.name,
            spec.key,
            str(state.partitions),
            str(state.replication),
            spec.cleanup,
            "[green]created[/green]" if state.created else "",
        )
    return table


def settings_table(settings: Settings) -> Table:
    """Show every setting with its value and where that comes from."""
    table = Table("setting", "value", "from", "meaning")
    table.columns[0].overflow = "fold"
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        shown = "********" if isinstance(value, SecretStr) else str(value)
        variable = f"{PREFIX}{name}".upper()
        if name == "bootstrap_servers":
            variable = f"KAFKA_BOOTSTRAP_SERVERS or {variable}"
        table.add_row(variable, escape(shown), _origin(name, settings), escape(field.description or ""))
    return table


def _origin(name: str, settings: Settings) -> str:
    if name not in settings.model_fields_set:
        return "default"
    names = {f"{PREFIX}{name}".upper()} | (
        {"KAFKA_BOOTSTRAP_SERVERS"} if name == "bootstrap_servers" else set()
    )
    return "environment" if names & {key.upper() for key in os.environ} else ".env"


@contextmanager
def progress_bar(console: Console, what: str, total: int) -> Iterator[Callable[[], None]]:
    """Show progress on a terminal, nothing elsewhere; yields the function that advances it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)


def concerns(value: bytes, code: str) -> bool:
    """Say whether a record is about that state or organisation."""
    record = json.loads(value)
    sides = {record.get("country")} | {(record.get(side) or {}).get("code") for side in "ab"}
    return code in sides or code in str(record.get("dyad", "")).split("-")


def readable(topic: str, value: bytes) -> str:
    """Show one record of a topic as rich text, without the topic's prefix."""
    record = json.loads(value)
    shown = {"contacts": _contact, "articles": _article, "reports": _reports, "dead-letters": _letter}
    return shown.get(topic, _plain)(record)


def _contact(contact: dict[str, Any]) -> str:
    colour = _COLOURS.get(contact["modality"], "white")
    arrow = "→" if contact["direction"] == "directed" else "↔"
    date = contact["date"] or "date unknown"
    first = contact["reports"][0]["report"] if contact["reports"] else None
    state = f"{contact['change']}, revision {contact['revision']}, {len(contact['reports'])} report(s)"
    head = (
        f"[bold]{contact['dyad']}[/bold] {contact['kind']} [{colour}]{contact['modality']}[/{colour}] "
        f"{_party(contact['a'])} {arrow} {_party(contact['b'])}, {date} [dim]{state}[/dim]"
    )
    lines = [head]
    if first:
        lines.append(f"    “{escape(first['evidence'])}”")
        stances = ", ".join(f"{s['by']} {s['stance']}" for s in contact["stances"])
        about = ", ".join(contact["topics"])
        credit = f"according to {escape(first['reported_by'])}" if first["reported_by"] else ""
        details = "; ".join(filter(None, (stances, about, credit)))
        if details:
            lines.append(f"    [dim]{details}[/dim]")
    return "\n".join(lines)


def _party(party: dict[str, Any]) -> str:
    who = ", ".join(filter(None, (party["name"], party["role"])))
    return f"{party['code']} ({escape(who)})" if who else str(party["code"])


def _article(article: dict[str, Any]) -> str:
    head = article.get("title") or " ".join(article.get("text", "").split())[:80]
    return f"[bold]{escape(str(article.get('uri')))}[/bold] {article.get('published') or ''} {escape(head)}"


def _reports(record: dict[str, Any]) -> str:
    told = ", ".join(f"{r['kind']} {r['modality']}" for r in record["reports"]) or "nothing (any more)"
    return f"[bold]{record['dyad']}[/bold] {escape(record['article']['uri'])}: {told}"


def _letter(letter: dict[str, Any]) -> str:
    return f"[bold]{letter['letter_id']}[/bold] [red]{letter['reason']}[/red] {escape(letter['detail'])}"


def letter_text(letter: DeadLetter) -> str:
    """Show a letter's original bytes as far as they are text."""
    return (letter.value or b"").decode("utf-8", errors="backslashreplace")


def score_table(rows: list[Row], counts: dict[str, tuple[int, int]]) -> Group:
    """Show precision, recall and F1 with its interval, then the share of fields that agree."""
    scores = Table("", "P", "R", "F1", "95 %", "annotated", "coded", "hits")
    for row in rows:
        score, (low, high) = row.score, row.interval
        shares = (f"{value:.3f}" for value in (score.precision, score.recall, score.f1))
        numbers = (str(value) for value in (score.annotated, score.coded, score.hits))
        scores.add_row(row.name, *shares, f"{low:.3f}–{high:.3f}", *numbers)
    shown = Table("field", "agrees", "of")
    for name, (agreeing, number) in counts.items():
        shown.add_row(name, f"{agreeing / number:.3f}", str(number))
    return Group(scores, shown)


def _plain(record: dict[str, Any]) -> str:
    return escape(json.dumps(record, ensure_ascii=False))
