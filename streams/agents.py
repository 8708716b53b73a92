"""The three agents: code, settle, roll up. Short bodies that call pure functions.

Each record goes the same way: decide what follows from it, publish that, write the state, finish the record.
A crash between two steps repeats the whole, from the same state, to the same bytes; the consumers of what was
published twice know it by its id and revision.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from faust.types import EventT, StreamT

from schemas import Article, ArticleRef, ArticleReports, Contact
from streams.app import Context
from streams.delivery import fail_stop, finish, publish
from streams.inbox import RefusedError, dead_letter, digest, read_article
from streams.pool import Coding, CoderPool, Poison

_WITHIN = 0.02  # seconds that a record waits for company in its batch

Event = EventT[Any]
Step = Callable[[Event], Awaitable[None]]


def add(context: Context) -> None:
    """Attach the agents to the app."""
    _Code(context).attach()
    _Settle(context).attach()
    _RollUp(context).attach()


class _Agent:
    """A batch of events at a time, in parallel by key, in order within a key."""

    name: str
    source: str
    batch = 100

    def __init__(self, context: Context) -> None:
        self.context = context

    def attach(self) -> None:
        """Register with the app."""
        self.context.app.agent(self.context.source(self.source), name=self.name)(self.run)

    async def run(self, stream: StreamT[Any]) -> None:
        """Work through the stream; whatever goes wrong ends the process before it can be committed."""
        try:
            await self.start()
            async for events in stream.noack_take(self.batch, within=_WITHIN):
                await self.work(stream, events)
        except (asyncio.CancelledError, GeneratorExit):
            raise
        except BaseException as error:  # noqa: BLE001 -- an unforeseen error must not be taken for progress
            fail_stop(f"agent {self.name}", error)
        finally:
            self.stop()

    async def start(self) -> None:
        """Prepare before the first event."""

    def stop(self) -> None:
        """Clean up after the last event."""

    async def work(self, stream: StreamT[Any], events: Sequence[Event]) -> None:
        """Take the steps of every event, those of one key in order."""
        by_key: dict[bytes, list[Event]] = defaultdict(list)
        for event in events:
            by_key[event.message.key or b""].append(event)

        async def in_order(of_key: list[Event]) -> None:
            for event in of_key:
                await self.step(event)
                await finish(self.context.app, stream, event)

        await asyncio.gather(*(in_order(of_key) for of_key in by_key.values()))

    async def step(self, event: Event) -> None:
        """Do all that follows from one event."""
        raise NotImplementedError

    async def refuse(self, event: Event, refused: RefusedError) -> None:
        """Keep a record that cannot be used."""
        letter = dead_letter(event.message, refused)
        value = letter.model_dump_json().encode()
        await publish(
            self.context.app, self.context.topics.dead_letters, [(letter.letter_id.encode(), value, [])]
        )


class _Code(_Agent):
    """articles → reports: one record for every dyad that the article, or an earlier version of it, tells of."""

    name = "code"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.source = context.topics.articles
        self.batch = context.settings.coder_batch * context.settings.coder_processes
        self._pool = CoderPool(context.settings)
        self._coded: dict[tuple[int, int], tuple[Article, Coding | Poison] | RefusedError] = {}

    async def start(self) -> None:
        await self._pool.start()

    def stop(self) -> None:
        self._pool.stop()

    async def work(self, stream: StreamT[Any], events: Sequence[Event]) -> None:
        """Code the batch in the pool, then take its steps."""
        read = {_place(event): self._read(event) for event in events}
        new = {
            place: article
            for place, article in read.items()
            if isinstance(article, Article) and article.status == "usable" and not self._is_known(article)
        }
        codings = dict(zip(new, await self._pool.code(list(new.values())), strict=True))
        self._coded = {
            place: (article, codings.get(place, Coding())) if isinstance(article, Article) else article
            for place, article in read.items()
        }
        await super().work(stream, events)

    async def step(self, event: Event) -> None:
        """Publish what the article says, and that it no longer says what its earlier version said."""
        coded = self._coded[_place(event)]
        if isinstance(coded, RefusedError):
            await self.refuse(event, coded)
            return
        article, coding = coded
        if self._is_known(article):
            return
        if isinstance(coding, Poison):
            await self.refuse(event, RefusedError("poison", coding.detail))
            return
        before = self.context.coded.get(article.uri) or {"dyads": []}
        told = _by_dyad(article, coding, before["dyads"])
        if told:
            records = [(r.dyad.encode(), r.model_dump_json().encode(), []) for r in told]
            await publish(self.context.app, self.context.topics.reports, records)
        if told or article.version > 1 or article.status == "withdrawn":
            after = {
                "version": article.version,
                "digest": digest(article),
                "dyads": [r.dyad for r in told if r.reports],
            }
            await self.context.coded.put(event.message.partition, {article.uri: after})

    def _read(self, event: Event) -> Article | RefusedError:
        try:
            return read_article(event.message.value, limit=self.context.settings.max_article_bytes)
        except RefusedError as refused:
            return refused

    def _is_known(self, article: Article) -> bool:
        """Say whether this version, or one that replaces it, was coded before.

        Of two texts that claim one version number the greater digest wins, whatever their order.
        """
        known = self.context.coded.get(article.uri)
        return known is not None and (known["version"], known["digest"]) >= (article.version, digest(article))


def _place(event: Event) -> tuple[int, int]:
    return event.message.partition, event.message.offset


def _by_dyad(article: Article, coding: Coding, before: Sequence[str]) -> list[ArticleReports]:
    """Part an article's reports by dyad; dyads of the earlier version are there even when nothing is left."""
    ref = ArticleRef(
        uri=article.uri,
        version=article.version,
        published=article.published,
        source=article.source,
        title=article.title,
        fingerprint=coding.fingerprint,
    )
    dyads = sorted({report.dyad for report in coding.reports} | set(before))
    return [
        ArticleReports(article=ref, dyad=dyad, reports=[r for r in coding.reports if r.dyad == dyad])
        for dyad in dyads
    ]
