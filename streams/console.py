"""What all commands share: where they print, how they fail, and which settings they use."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from rich.console import Console

from streams import settings as settings_module
from streams.settings import Settings, SettingsError
from streams.topics import TopicsError

P = ParamSpec("P")
R = TypeVar("R")

console = Console()
complaints = Console(stderr=True)


class Failure(click.ClickException):
    """An expected failure: one line that says what to do, exit status 1."""

    def show(self, file: object = None) -> None:  # noqa: ARG002 -- click's signature
        """Print the message to standard error."""
        complaints.print(f"[red]contactwire:[/red] {self.message}", highlight=False, soft_wrap=True)


def expected(function: Callable[P, R]) -> Callable[P, R]:
    """Turn errors that a user can mend into failures."""

    @wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        from streams.broker import BrokerError  # noqa: PLC0415 -- few commands start a broker

        try:
            return function(*args, **kwargs)
        except (SettingsError, TopicsError, BrokerError, OSError) as error:
            raise Failure(str(error)) from error

    return guarded


def example(text: str) -> str:
    """Show an example at the end of a command's --help."""
    return f"\b\nExample:\n  {text}"


def current() -> Settings:
    """Give the settings of this process."""
    return settings_module.load()
