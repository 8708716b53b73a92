"""The coder in processes of its own, so that the event loop never waits for it and poison cannot stop it."""

from __future__ import annotations

import asyncio
import importlib
import logging
import multiprocessing
import os
import resource
import threading
import traceback
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing.connection import wait as wait_for
from typing import Protocol

from schemas import Article, Report
from streams.ledger.copies import fingerprint
from streams.settings import Settings

log = logging.getLogger(__name__)

_WARM_UP_SECONDS = 300.0


class Coder(Protocol):
    """What a coder must offer."""

    def code(self, article: Article) -> list[Report]:
        """Give the reports of one article."""
        ...


@dataclass(frozen=True, slots=True)
class Coding:
    """What the coder says of one article."""

    reports: list[Report] = field(default_factory=list)
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class Poison:
    """The article made the coder fail, killed its process, or kept it busy for too long."""

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
    memory = settings.coder_memory_mib * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    _coder = make_coder(settings)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _code(articles: Sequence[Article]) -> list[Coding | Poison]:
    if _coder is None:
        raise RuntimeError("the coder's process was not started by the pool")
    return [_code_one(_coder, article) for article in articles]


def _code_one(coder: Coder, article: Article) -> Coding | Poison:
    try:
        return Coding(coder.code(article), fingerprint(article.text))
    except Exception as error:  # noqa: BLE001 -- whatever it is, it must cost this article only
        where = traceback.extract_tb(error.__traceback__)[-1]
        return Poison(f"the coder failed: {error!r} in {where.name}, line {where.lineno} of {where.filename}")


class CoderPool:
    """Codes batches of articles in parallel; a document that breaks a process is found and left out."""

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
        size = min(self._settings.coder_batch, max(1, -(-len(articles) // self._settings.coder_processes)))
        chunks = [articles[i : i + size] for i in range(0, len(articles), size)]
        async with self._lock:
            results = await asyncio.gather(*(self._try(chunk) for chunk in chunks))
            if any(result is None for result in results):
                await self._restart()
            return [
                coding
                for chunk, result in zip(chunks, results, strict=True)
                for coding in (result if result is not None else await self._one_by_one(chunk))
            ]

    async def _try(self, chunk: Sequence[Article]) -> list[Coding | Poison] | None:
        try:
            return await asyncio.wait_for(self._submit(chunk), self._settings.coder_timeout)
        except (BrokenProcessPool, TimeoutError):
            return None

    async def _one_by_one(self, chunk: Sequence[Article]) -> list[Coding | Poison]:
        """Code each by itself, so that only the document that breaks a process is lost.

        Halving the chunk would restart the processes once for every half with poison in it; loading a coder
        takes longer than coding what is in the chunk.
        """
        codings: list[Coding | Poison] = []
        for article in chunk:
            result = await self._try([article])
            if result is not None:
                codings += result
                continue
            await self._restart()
            log.error("article %s breaks the coder", article.uri)
            seconds = self._settings.coder_timeout
            codings.append(Poison(f"the coder's process died on it or was still busy after {seconds:g} s"))
        return codings

    async def _restart(self) -> None:
        self.stop()
        await self.start()

    def _submit(self, chunk: Sequence[Article]) -> asyncio.Future[list[Coding | Poison]]:
        if self._executor is None:
            raise RuntimeError("the pool was not started")
        return asyncio.get_running_loop().run_in_executor(self._executor, _code, chunk)

    @staticmethod
    def _kill(executor: ProcessPoolExecutor) -> None:
        # A process that hangs in a document does not end by itself; the executor offers no way to end it.
        processes = list((executor._processes or {}).values())  # noqa: SLF001 -- there is no public way
        for process in processes:
            process.kill()
        executor.shutdown(wait=True, cancel_futures=True)
