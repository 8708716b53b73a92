"""The three agents: code, settle, roll up. Short bodies that call pure functions.

Each record goes the same way: decide what follows from it, publish that, write the state, finish the record.
A crash between two steps repeats the whole, from the same state, to the same bytes; the consumers of what was
published twice know it by its id and revision.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, cast

from faust.streams import Stream
from faust.types import EventT

from schemas import Article, ArticleReports, Contact
from schemas.article import day_of
from streams import ledger, rollups
from streams.app import Context
from streams.delivery import Record, fail_stop, finish, publish
from streams.failpoints import reached
from streams.inbox import RefusedError, dead_letter, digest, read_article, read_record
from streams.outbox import by_dyad, for_countries, public, require_room
from streams.pool import CoderPool, Coding, Poison
from streams.published import Published
from streams.topics import MAX_CONTACT_BYTES, MAX_TOLD_BYTES

_WITHIN = 0.02  # seconds that a record waits for company in its batch
_A_DAY = dt.timedelta(days=1)

Event = EventT[Any]


def add(context: Context) -> None:
    """Attach the agents to the app."""
    _Code(context).attach()
    _Settle(context).attach()
    _RollUp(context).attach()


class _Agent(ABC):
    """A batch of events at a time, in parallel by key, in order within a key."""

    name: str
    source: str
    batch = 100

    def __init__(self, context: Context) -> None:
        self.context = context
        self._newest: dict[int, dt.date] = {}

    def attach(self) -> None:
        """Register with the app."""
        agent = self.context.app.agent(self.context.source(self.source), name=self.name)
        agent(cast("Any", self.run))

    async def run(self, stream: Stream[Any]) -> None:
        """Work through the stream; whatever goes wrong ends the process before it can be committed."""
        try:
            await self.start()
            async for events in stream.noack_take(self.batch, within=_WITHIN):
                reached("read")
                await self.work(stream, events)
            self._check_ended()
        except (asyncio.CancelledError, GeneratorExit):
            raise
        except BaseException as error:  # noqa: BLE001 -- an unforeseen error must not be taken for progress
            fail_stop(f"agent {self.name}", error)
        finally:
            self.stop()

    def _check_ended(self) -> None:
        """Faust ends a stream in silence on some errors; that must not look like a quiet day."""
        if not self.context.app.should_stop:
            raise RuntimeError("the stream ended while the app runs")

    async def start(self) -> None:  # noqa: B027 -- most have nothing to prepare
        """Prepare before the first event."""

    def stop(self) -> None:  # noqa: B027 -- or to clean up
        """Clean up after the last event."""

    async def work(self, stream: Stream[Any], events: Sequence[Event]) -> None:
        """Take the steps of every event, those of one key in order, and let go of what has become old."""
        by_key: dict[bytes, list[Event]] = defaultdict(list)
        days: dict[int, list[dt.date]] = defaultdict(list)
        for event in events:
            by_key[event.message.key or b""].append(event)

        async def in_order(of_key: list[Event]) -> None:
            for event in of_key:
                day = await self._step_or_refuse(event)
                # A day ahead of its arrival is a plan or a mistake; it must not make everything else old.
                if day is not None and day <= _arrival(event) + _A_DAY:
                    days[event.message.partition].append(day)

        await asyncio.gather(*(in_order(of_key) for of_key in by_key.values()))
        for partition, told in days.items():
            if max(told) > self._newest.get(partition, dt.date.min):
                self._newest[partition] = max(told)
                await self.expire(partition, max(told))
        for event in events:
            await finish(self.context.app, stream, event)

    async def _step_or_refuse(self, event: Event) -> dt.date | None:
        """Take an event's step, or keep the event where it cannot be used."""
        try:
            return await self.step(event)
        except RefusedError as refused:
            letter = dead_letter(event.message, refused)
            record: Record = letter.letter_id.encode(), letter.model_dump_json().encode(), []
            await publish(self.context.app, self.context.topics.dead_letters, [record])
            return None

    @abstractmethod
    async def step(self, event: Event) -> dt.date | None:
        """Do all that follows from one event; gives the day that it speaks of; raises RefusedError."""

    @abstractmethod
    async def expire(self, partition: int, newest: dt.date) -> None:
        """Delete the state of a partition that is older than its retention, counted from the newest day."""


class _Code(_Agent):
    """articles → reports: a record for every dyad that the article, or its earlier version, tells of."""

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

    async def work(self, stream: Stream[Any], events: Sequence[Event]) -> None:
        """Code the batch in the pool, then take its steps."""
        read = {_place(event): self._read(event) for event in events}
        new = {
            place: article
            for place, article in read.items()
            if isinstance(article, Article) and article.status == "usable" and not self._is_known(article)
        }
        codings = dict(zip(new, await self._pool.code(list(new.values())), strict=True))
        reached("code")
        self._coded = {
            place: (article, codings.get(place, Coding())) if isinstance(article, Article) else article
            for place, article in read.items()
        }
        await super().work(stream, events)

    async def step(self, event: Event) -> dt.date | None:
        """Publish what the article says, and that it no longer says what its earlier version said."""
        coded = self._coded[_place(event)]
        if isinstance(coded, RefusedError):
            raise coded
        article, coding = coded
        if self._is_known(article):
            return article.published_day
        if isinstance(coding, Poison):
            raise RefusedError("poison", coding.detail)
        before = self.context.coded.get(article.uri) or {"dyads": []}
        told = by_dyad(article, coding, before["dyads"])
        if told:
            records: list[Record] = [(r.dyad.encode(), r.model_dump_json().encode(), []) for r in told]
            require_room(records, MAX_TOLD_BYTES, "what it says of two states")
            await publish(self.context.app, self.context.topics.reports, records)
        if told or article.version > 1 or article.status == "withdrawn":
            after = {
                "version": article.version,
                "digest": digest(article),
                "dyads": [r.dyad for r in told if r.reports],
                "day": str(article.published_day or _arrival(event)),
            }
            await self.context.coded.put(event.message.partition, {article.uri: after})
        return article.published_day

    async def expire(self, partition: int, newest: dt.date) -> None:
        """Forget articles that are older than what the ledger remembers."""
        horizon = str(newest - dt.timedelta(days=self.context.settings.ledger_retention_days))
        keys = self.context.coded.expired(partition, lambda value: value["day"] < horizon)
        await self.context.coded.put(partition, dict.fromkeys(keys))

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


class _Settle(_Agent):
    """reports → contacts, and each contact to both of its countries."""

    name = "settle"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.source = context.topics.reports
        self._published = Published(context.settings, context.topics.contacts)

    async def work(self, stream: Stream[Any], events: Sequence[Event]) -> None:
        """See what another worker has published of it, then take the batch's steps."""
        await self._published.look(self.context.app.consumer_generation_id)
        await super().work(stream, events)

    async def step(self, event: Event) -> dt.date | None:
        """Settle what one article says of one dyad."""
        incoming = read_record(ArticleReports, event.message.value)
        settled = ledger.settle(self.context.ledger.get, incoming)
        app, topics = self.context.app, self.context.topics
        records = [public(contact) for contact in settled.contacts]
        require_room(records, MAX_CONTACT_BYTES, "a contact with this and all its other reports")
        await publish(app, topics.contacts, self._published.new(records))
        by_country = [record for contact in settled.contacts for record in for_countries(contact)]
        await publish(app, topics.country_contacts, by_country)
        await self.context.ledger.put(event.message.partition, settled.changes)
        return day_of(incoming.article.published)

    async def expire(self, partition: int, newest: dt.date) -> None:
        """Forget contacts that are older than their retention; they stay on the topic."""
        horizon = newest - dt.timedelta(days=self.context.settings.ledger_retention_days)
        keys = self.context.ledger.expired(partition, lambda value: ledger.expired(value, horizon))
        await self.context.ledger.put(partition, dict.fromkeys(keys))


class _RollUp(_Agent):
    """country-contacts → rollups."""

    name = "roll-up"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.source = context.topics.country_contacts
        self._retention_days = context.settings.rollup_retention_days

    async def step(self, event: Event) -> dt.date | None:
        """Count one revision of a contact for one country."""
        contact = read_record(Contact, event.message.value)
        country, partition = (event.message.key or b"").decode(), event.message.partition
        watermark = self.context.buckets.get(rollups.watermark_key(partition))
        horizon = rollups.horizon_of(watermark, self._retention_days)
        rolled = rollups.roll_up(self.context.buckets.get, contact, country, horizon)
        records: list[Record] = [
            (key.encode(), rollup.model_dump_json().encode() if rollup else None, [])
            for key, rollup in rolled.rollups.items()
        ]
        await publish(self.context.app, self.context.topics.rollups, records)
        await self.context.buckets.put(partition, rolled.changes)
        day = contact.event_time.date() if contact.event_time else None
        if rolled.late:
            raise RefusedError("late", f"{day} lies before {horizon}, the first day of which hours are kept")
        return day

    async def expire(self, partition: int, newest: dt.date) -> None:
        """Take hours that are older than their retention off the topic, then out of the state."""
        watermark = rollups.watermark_key(partition)
        kept = self.context.buckets.get(watermark)
        newest = max(newest, dt.date.fromisoformat(kept["newest"])) if kept else newest
        horizon = newest - dt.timedelta(days=self._retention_days)
        keys = self.context.buckets.expired(partition, lambda value: rollups.expired(value, horizon))
        gone: list[Record] = [(key.encode(), None, []) for key in keys if rollups.is_bucket(key)]
        await publish(self.context.app, self.context.topics.rollups, gone)
        mark = {watermark: {"newest": str(newest), "day": None}}
        await self.context.buckets.put(partition, {**dict.fromkeys(keys), **mark})


def _arrival(event: Event) -> dt.date:
    """Give the day on which the broker got the record."""
    return dt.datetime.fromtimestamp(event.message.timestamp, dt.UTC).date()


def _place(event: Event) -> tuple[int, int]:
    return event.message.partition, event.message.offset
