"""The coder in processes of its own, so that the event loop never waits for it and poison cannot stop it."""

from __future__ import annotations

import asyncio
import importlib
import logging
import multiprocessing
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing.connection import wait as wait_for
from typing import Protocol

from schemas import Article, Report
from streams.ledger import fingerprint
from streams.settings import Settings

log = logging.getLogger(__name__)

_WARM_UP_SECONDS = 300.0


class Coder(Protocol):
    """What a coder must offer."""

    version: str

    def code(self, article: Article) -> list[Report]:
        """Give the reports of one article."""
        ...


@dataclass(frozen=True, slots=True)
class Coding:
    """What the coder says of one article."""

    reports: list[Report] = field(default_factory=list)
    fingerprint: str | None = None
    coder: str = ""


@dataclass(frozen=True, slots=True)
class Poison:
    """The article killed the coder's process, or kept it busy for too long."""

    detail: str


_coder: Coder | None = None


def make_coder(settings: Settings) -> Coder:
    """Load the coder that the settings name; its class takes the settings' coder options by keyword."""
    module, _, name = settings.coder.partition(":")
    coder: Coder = getattr(importlib.import_module(module), name)(
        model=settings.model, roster=settings.roster, min_confidence=settings.min_confidence
    )
    return coder


def _start(settings: Settings) -> None:
    """Load the coder once per process, and end with the parent, however that ends."""
    global _coder  # noqa: PLW0603 -- a process pool offers its tasks no other place for what they share
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _coder = make_coder(settings)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _code(articles: Sequence[Article]) -> list[Coding]:
    if _coder is None:
        raise RuntimeError("the coder's process was not started by the pool")
    return [Coding(_coder.code(a), fingerprint(a.text), _coder.version) for a in articles]


class CoderPool:
    """Codes batches of articles in parallel; a document that breaks a process is found by bisection."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._executor: ProcessPoolExecutor | None = None
        self._lock = asyncio.Lock()

    async def start(self) -> None:
        """Start the processes and wait until each has loaded the coder."""
        self._executor = ProcessPoolExecutor(
            self._settings.coder_processes,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_start,
            initargs=(self._settings,),
        )
        ready = [self._submit([]) for _ in range(self._settings.coder_processes)]
        await asyncio.wait_for(asyncio.gather(*ready), _WARM_UP_SECONDS)

    def stop(self) -> None:
        """Stop the processes at once; what they were coding is coded again after the next start."""
        if self._executor is not None:
            self._kill(self._executor)
            self._executor = None

    async def code(self, articles: Sequence[Article]) -> list[Coding | Poison]:
        """Code the articles, in their order."""
        size = max(1, -(-len(articles) // self._settings.coder_processes))
        size = min(size, self._settings.coder_batch)
        chunks = [articles[i : i + size] for i in range(0, len(articles), size)]
        async with self._lock:
            results = await asyncio.gather(*(self._try(chunk) for chunk in chunks))
            if any(result is None for result in results):
                await self._restart()
            return [
                coding
                for chunk, result in zip(chunks, results, strict=True)
                for coding in (result if result is not None else await self._bisect(chunk))
            ]

    async def _try(self, chunk: Sequence[Article]) -> list[Coding] | None:
        try:
            return await asyncio.wait_for(self._submit(chunk), self._settings.coder_timeout)
        except (BrokenProcessPool, TimeoutError):
            return None

    async def _bisect(self, chunk: Sequence[Article]) -> list[Coding | Poison]:
        """Code one part at a time until the document that breaks a process stands alone."""
        result = await self._try(chunk)
        if result is not None:
            return list(result)
        await self._restart()
        if len(chunk) == 1:
            log.error("article %s breaks the coder", chunk[0].uri)
            seconds = self._settings.coder_timeout
            return [Poison(f"the coder's process died on it or was still busy after {seconds:g} s")]
        middle = len(chunk) // 2
        return [*await self._bisect(chunk[:middle]), *await self._bisect(chunk[middle:])]

    async def _restart(self) -> None:
        self.stop()
        await self.start()

    def _submit(self, chunk: Sequence[Article]) -> asyncio.Future[list[Coding]]:
        if self._executor is None:
            raise RuntimeError("the pool was not started")
        return asyncio.get_running_loop().run_in_executor(self._executor, _code, chunk)

    @staticmethod
    def _kill(executor: ProcessPoolExecutor) -> None:
        # A process that hangs in a document does not end by itself; the executor offers no way to end it.
        processes = list((executor._processes or {}).values())  # noqa: SLF001
        for process in processes:
            process.kill()
        executor.shutdown(wait=True, cancel_futures=True)
