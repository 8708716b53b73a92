"""Ledger and rollups derived again, beside those that are served: compared, and put in their place."""

from streams.rebuild.deriving import beside, discard
from streams.rebuild.rebuild import Origin, Rebuild, RebuildError
from streams.rebuild.running import Choices, run
from streams.rebuild.swapping import BusyError, require_idle

__all__ = [
    "BusyError",
    "Choices",
    "Origin",
    "Rebuild",
    "RebuildError",
    "beside",
    "discard",
    "require_idle",
    "run",
]
