"""The rolling tables in the terminal: every country in a row, or one country with its counterparts."""

from __future__ import annotations

import datetime as dt

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table

from schemas import Rollup, UnknownCodeError, code_name
from streams.follow import Follower, apply, latest
from streams.rollups import CountryTable, Tempo, Window, tables
from streams.settings import Settings, SettingsError
from streams.topics import Topics

_REFRESH = 1.0  # seconds between two looks at the topic


def show(
    settings: Settings, console: Console, *, country: str | None, watch: bool, as_of: str | None
) -> None:
    """Print the tables once, or keep them on the screen until Ctrl-C."""
    moment = moment_of(as_of)
    if country:
        _require(country)
    with Follower(Topics.of(settings).rollups, settings, from_beginning=True) as follower:
        values = latest(follower.to_end())
        if not watch:
            console.print(_view(values, country, moment))
            return
        with Live(_view(values, country, moment), console=console, auto_refresh=False) as live:
            try:
                while True:
                    apply(values, follower.poll(_REFRESH))
                    live.update(_view(values, country, moment_of(as_of)), refresh=True)
            except KeyboardInterrupt:
                return


def moment_of(as_of: str | None) -> dt.datetime | None:
    """Read --as-of; None stands for the newest event; raises SettingsError."""
    if as_of is None:
        return None
    if as_of == "now":
        return dt.datetime.now(dt.UTC)
    try:
        moment = dt.datetime.fromisoformat(as_of)
    except ValueError:
        raise SettingsError(
            f"--as-of {as_of}: expected `now` or ISO 8601, such as 2026-03-02T12:00"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def read_rollups(settings: Settings) -> list[Rollup]:
    """Give all rollups as they stand on the topic."""
    with Follower(Topics.of(settings).rollups, settings, from_beginning=True) as follower:
        return _rollups(latest(follower.to_end()))


def _rollups(values: dict[bytes, bytes]) -> list[Rollup]:
    return [Rollup.model_validate_json(value) for value in values.values()]


def _require(country: str) -> None:
    try:
        code_name(country)
    except UnknownCodeError as error:
        raise SettingsError(str(error)) from None


def _view(values: dict[bytes, bytes], country: str | None, moment: dt.datetime | None) -> Table | Group:
    rollups = _rollups(values)
    return _one(rollups, country, moment) if country else country_table(rollups, as_of=moment)


def country_table(rollups: list[Rollup], *, as_of: dt.datetime | None) -> Table:
    """Show every country in a row."""
    found = tables(rollups, as_of)
    shown = Table(title=_title(found), title_justify="left")
    shown.add_column("country", no_wrap=True, max_width=22)
    for name in ("1 h", "24 h", "7 d", "30 d", "plans", "tempo", "tone"):
        shown.add_column(name, justify="right", no_wrap=True)
    shown.add_column("by kind, 30 d")
    shown.add_column("with, 30 d")
    for row in found:
        month = row.windows["30d"]
        shown.add_row(
            f"{row.country} [dim]{code_name(row.country)}[/dim]",
            *(str(window.held) for window in row.windows.values()),
            str(month.planned),
            _tempo(row.tempo),
            _tone(month),
            _counts(month.by_kind),
            _counts(month.by_counterpart, most=5),
        )
    return shown


def _one(rollups: list[Rollup], country: str, as_of: dt.datetime | None) -> Group:
    found = [row for row in tables(rollups, as_of) if row.country == country]
    by_window = Table(
        "window", "held", "planned", "tone", "by kind", title=_title(found), title_justify="left"
    )
    by_counterpart = Table("counterpart", "1 h", "24 h", "7 d", "30 d")
    for row in found:
        for name, window in row.windows.items():
            by_window.add_row(
                name, str(window.held), str(window.planned), _tone(window), _counts(window.by_kind)
            )
        for code in row.windows["30d"].by_counterpart:
            counts = (str(window.by_counterpart.get(code, 0)) for window in row.windows.values())
            by_counterpart.add_row(f"{code} [dim]{code_name(code)}[/dim]", *counts)
    return Group(f"[bold]{country}[/bold] {code_name(country)}", by_window, by_counterpart)


def _title(found: list[CountryTable]) -> str:
    return f"windows end at {found[0].as_of:%Y-%m-%d %H:%M} UTC" if found else "no contact counted yet"


def _tempo(tempo: Tempo) -> str:
    return "" if tempo.z is None else f"{tempo.z:+.1f}"


def _tone(window: Window) -> str:
    return "" if window.tone is None else f"{window.tone:+.1f}"


def _counts(counts: dict[str, int], most: int | None = None) -> str:
    shown = list(counts.items())[:most]
    more = f" +{len(counts) - len(shown)}" if len(counts) > len(shown) else ""
    return " ".join(f"{name} {number}" for name, number in shown) + more
