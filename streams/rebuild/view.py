"""The difference that a rebuild found, for people."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from streams.rebuild.difference import Difference
from streams.rebuild.rebuild import Origin
from streams.views import readable

_SHOWN = ("equal", "changed", "added", "gone", "kept")
_HEADS = {
    "added": "[bold]only in the rebuilt coding[/bold]",
    "gone": "[bold]only in the served coding[/bold]",
}
_WIDEST = 60  # characters of a value
_COUNTRIES = 15  # shown


def difference_view(difference: Difference, origin: Origin) -> Group:
    """Show counts, then the fields that changed, then examples."""
    verdict = "[green]nothing differs[/green]" if difference.equal else "[yellow]something differs[/yellow]"
    parts: list[RenderableType] = [f"rebuilt from {origin}: {verdict}"]
    parts += [Text(f"note: {note}", style="yellow") for note in difference.notes]
    parts += [
        f"{side}: coded by {_counts(versions)}" for side, versions in difference.coders.items() if versions
    ]
    parts.append(_overview(difference, origin))
    if difference.fields:
        parts.append(_fields(difference))
    if difference.countries:
        parts.append(_countries(difference))
    for fate, head in _HEADS.items():
        if shown := difference.examples.get(fate):
            parts.append(f"{head}: {difference.contacts[fate]}, such as")
            parts += [readable("contacts", contact.model_dump_json().encode()) for contact in shown]
    for fate, keys in difference.rollup_examples.items():
        such_as = f", such as {', '.join(keys)}" if keys else ""
        parts.append(f"[bold]hours {fate}[/bold]: {difference.rollups[fate]}{such_as}")
    return Group(*parts)


def _overview(difference: Difference, origin: Origin) -> Table:
    table = Table("", *_SHOWN)
    for column in table.columns[1:]:
        column.justify = "right"
    counted = {
        "contacts": difference.contacts,
        "rollups": difference.rollups,
        "dead letters": difference.letters,
    }
    for name, counts in counted.items():
        if origin == "articles" or name == "rollups":
            table.add_row(name, *(str(counts[fate] or "") for fate in _SHOWN))
    return table


def _fields(difference: Difference) -> Table:
    table = Table("field", "contacts")
    table.columns[1].justify = "right"
    if any(difference.field_examples.values()):
        for name in ("such as", "served", "rebuilt"):
            table.add_column(name)
    for name, count in difference.fields.most_common():
        examples = difference.field_examples.get(name, [])
        first, *others = [[one.dyad, _value(one.served), _value(one.rebuilt)] for one in examples] or [[]]
        table.add_row(name, str(count), *first)
        for other in others:
            table.add_row("", "", *other)
    return table


def _countries(difference: Difference) -> Table:
    table = Table("country", "held: served", "rebuilt", "planned: served", "rebuilt")
    for column in table.columns[1:]:
        column.justify = "right"
    by_size = sorted(
        difference.countries.items(),
        key=lambda item: (-abs(item[1].rebuilt_held - item[1].served_held), item[0]),
    )
    for code, totals in by_size[:_COUNTRIES]:
        numbers = (totals.served_held, totals.rebuilt_held, totals.served_planned, totals.rebuilt_planned)
        table.add_row(code, *map(str, numbers))
    if len(by_size) > _COUNTRIES:
        table.add_row(f"and {len(by_size) - _COUNTRIES} more")
    return table


def _counts(versions: Any) -> str:  # noqa: ANN401 -- a Counter of versions
    return ", ".join(f"{escape(name)} ({number} reports)" for name, number in versions.most_common())


def _value(value: Any) -> str:  # noqa: ANN401 -- any field's value
    shown = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    return escape(shown if len(shown) <= _WIDEST else shown[: _WIDEST - 1] + "…")
