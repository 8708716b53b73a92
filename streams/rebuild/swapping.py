"""Putting what is wanted in the place of what is served: only what differs is written, and nothing twice.

No worker may run meanwhile: a topic without records, `<app id>-swapping-…`, says that a swap is under way,
and workers do not start while it is there. A swap that was cut short is begun again and ends as the first
would have: what it had published by then counts as served (see `streams.rebuild.planning`), and the state is
written whole. Public topics come first, as always: what subscribers have not heard of must not be in the
state.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

from schemas import Contact
from streams.envelope import contact_headers
from streams.feed import connect_producer
from streams.rebuild import offsets
from streams.rebuild.deriving import beside
from streams.rebuild.reading import STATES
from streams.rebuild.shelf import Row, Shelf, What
from streams.settings import Settings
from streams.topics import Topics, TopicsError, admin, changelog, ensure, swapping

Step = Callable[[str], None]

_AT_ONCE = 500
_PATIENCE = 30.0  # seconds for deleting a topic


class BusyError(TopicsError):
    """Workers run; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Swap:
    """Writes what is on the shelf; `step` hears the name of every step before it is taken.

    `spoilt` are changelogs that hold records nobody can read: these are made anew.
    """

    settings: Settings
    shelf: Shelf
    origin: Literal["articles", "contacts"]
    spoilt: Sequence[str]
    step: Step

    def run(self) -> None:
        """Swap; raises BusyError while workers run."""
        require_idle(self.settings)
        with admin(self.settings) as client:
            self._mark(client)
            self._publish()
            self._write_state(client)
            if self.origin == "articles":
                self.step("offsets")
                self._commit(client)
            require_idle(self.settings)
            marks = [name for name in client.list_topics() if name.startswith(swapping(self.settings))]
            client.delete_topics(marks, timeout_ms=30_000)

    def _mark(self, client: KafkaAdminClient) -> None:
        """Keep workers from starting."""
        name, there = swapping(self.settings, self.origin), set(client.list_topics())
        if self.origin == "contacts" and swapping(self.settings, "articles") in there:
            raise BusyError("a swap from articles was cut short: finish it with `contactwire rebuild --swap`")
        if name not in there:
            new = {name: {"num_partitions": 1, "replication_factor": self.settings.replication}}
            client.create_topics(new, timeout_ms=30_000, wait_for_metadata=True)

    def _publish(self) -> None:
        topics = Topics.of(self.settings)
        if self.origin == "articles":
            self._write("contacts", topics.contacts, _contact)
            self._write("letters", topics.dead_letters, _public)
        self._write("rollups", topics.rollups, _public)

    def _write_state(self, client: KafkaAdminClient) -> None:
        for table in STATES if self.origin == "articles" else ("buckets",):
            name = changelog(self.settings, table)
            spoilt = name in self.spoilt
            if spoilt:
                self.step(f"{table} anew")
                _make_anew(client, self.settings, name)
            self._write(table, name, _state, everything=spoilt)

    def _write(
        self, what: What, topic: str, record: Callable[[Row], dict[str, Any]], *, everything: bool = False
    ) -> None:
        self.step(what)
        if everything:
            _send(self.settings, topic, map(record, self.shelf.rows("wanted", what)))
            return
        _send(self.settings, topic, map(record, self.shelf.differences(what)))
        if what != "contacts":  # these are retracted, not deleted
            _send(self.settings, topic, map(record, self.shelf.surplus(what)))

    def _commit(self, client: KafkaAdminClient) -> None:
        """Go on after what the rebuild has seen; what waits on the internal topics is of the old coding."""
        names = Topics.of(self.settings)
        seen = offsets.committed(beside(self.settings), names.articles)
        seen |= offsets.ends(self.settings, names.reports, names.country_contacts)
        answers = client.alter_group_offsets(
            self.settings.app_id, {tp: OffsetAndMetadata(offset, "", -1) for tp, offset in seen.items()}
        )
        if refused := {tp: error.__name__ for tp, error in answers.items() if error.errno}:
            raise BusyError(f"the offsets of {self.settings.app_id} could not be set: {refused}")


def require_idle(settings: Settings) -> None:
    """Refuse while the served or the rebuilt side has workers."""
    with admin(settings) as client:
        for name in (settings.app_id, beside(settings).app_id):
            members = client.describe_groups([name])[name]["members"]
            if members:
                raise BusyError(
                    f"{len(members)} worker(s) of {name} run: stop them, wait until they have left "
                    f"(at most CONTACTWIRE_SESSION_TIMEOUT={settings.session_timeout:g} s), and swap again"
                )


def _make_anew(client: KafkaAdminClient, settings: Settings, name: str) -> None:
    """Make a changelog anew: what has a key that nobody can write again cannot be taken off it."""
    client.delete_topics([name], timeout_ms=30_000)
    deadline = time.monotonic() + _PATIENCE
    while name in client.list_topics():
        if time.monotonic() > deadline:
            raise TopicsError(f"{name} was not deleted in {_PATIENCE:g} s: swap again")
        time.sleep(0.2)
    ensure(settings)


def _contact(row: Row) -> dict[str, Any]:
    value = row.value or b""
    headers = contact_headers(Contact.model_validate_json(value))
    return {"key": row.key.encode(), "value": value, "headers": headers}


def _public(row: Row) -> dict[str, Any]:
    return {"key": row.key.encode(), "value": row.value}


def _state(row: Row) -> dict[str, Any]:
    return {"key": orjson.dumps(row.key), "value": row.value, "partition": row.place}


def _send(settings: Settings, topic: str, records: Iterable[Mapping[str, Any]]) -> None:
    """Send records, and wait for all of them to be acknowledged."""
    producer = connect_producer(settings, "contactwire-rebuild")
    pending = []
    try:
        for record in records:
            pending.append(producer.send(topic, **record))
            if len(pending) >= _AT_ONCE:
                _settle(pending)
        _settle(pending)
    except KafkaError as error:
        raise TopicsError(f"{topic}: the broker refused a record ({error}): swap again") from error
    finally:
        producer.close()


def _settle(pending: list[Any]) -> None:
    for sent in pending:
        sent.get(timeout=60)
    pending.clear()
