"""The worker's process: topics, app, agents, and its end."""

from __future__ import annotations

import logging

from streams import agents, app
from streams.settings import Settings
from streams.topics import TopicsError, admin, ensure, swapping
from streams.watchdog import Watchdog

log = logging.getLogger(__name__)


def run(settings: Settings) -> int:
    """Run a worker until a signal stops it; gives the process's exit status."""
    ensure(settings)
    _refuse_while_swapping(settings)
    context = app.create(settings)
    agents.add(context)
    Watchdog(context).start()
    worker = context.app.Worker(loglevel=settings.log_level, quiet=False, redirect_stdouts=False)
    worker.spinner = None  # it has every debug message made, to turn by
    try:
        worker.execute_from_commandline()
    except SystemExit as stopped:
        return stopped.code if isinstance(stopped.code, int) else 1
    return 0


def _refuse_while_swapping(settings: Settings) -> None:
    with admin(settings) as client:
        if any(name.startswith(swapping(settings)) for name in client.list_topics()):
            raise TopicsError(
                "a rebuild is taking the place of what is served: wait until it is done or, where it was "
                "cut short, finish it with `contactwire rebuild --swap`"
            )
