"""One rebuild from beginning to end: derive beside, compare, swap."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Literal, Self

from streams.lag import Lag
from streams.pool import make_coder
from streams.rebuild import offsets
from streams.rebuild.deriving import Progress, beside, derive, discard, is_begun
from streams.rebuild.difference import Difference
from streams.rebuild.reading import Reader
from streams.rebuild.shelf import Shelf
from streams.rebuild.swapping import Step, Swap
from streams.rebuild.wanted import Planner
from streams.settings import Settings
from streams.topics import Topics, TopicsError

Origin = Literal["articles", "contacts"]


class RebuildError(TopicsError):
    """The rebuild should not take the place of what is served; the message says what to do."""


class Rebuild:
    """A rebuild of the ledger and the rollups from `articles`, or of the rollups from `contacts`."""

    def __init__(self, settings: Settings, origin: Origin, *, examples: int = 3) -> None:
        self._settings = settings
        self._origin = origin
        self._begins = offsets.beginnings(settings, Topics.of(settings).articles)
        self._shelf = Shelf()
        self._served = Reader(self._shelf, "served", settings)
        self._rebuilt = Reader(self._shelf, "rebuilt", beside(settings))
        self.difference = Difference(examples)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._shelf.close()

    def derive(self, *, workers: int, log: Path, progress: Progress, force: bool = False) -> None:
        """Code what the articles say, as far as that was not done before; nothing to do from contacts.

        Raises RebuildError where it was begun by another coder, unless forced.
        """
        if self._origin == "articles":
            if is_begun(self._settings) and not force:
                self._require_same_coder()
            derive(self._settings, workers=workers, log=log, progress=progress)

    def compare(self) -> Difference:
        """Read both sides, and plan what the served one becomes."""
        self._read()
        planner = Planner(
            self._settings, self._shelf, self.difference, begins=self._begins, there=self._articles()
        )
        if self._origin == "articles":
            planner.contacts()
            planner.coded()
            planner.letters()
        else:
            planner.contacts_as_served()
        planner.tables()
        self._note()
        return self.difference

    def swap(self, *, force: bool, step: Step) -> None:
        """Put what `compare` planned in the place of what is served; raises RebuildError."""
        if self._doubts and not force:
            raise RebuildError(f"{'; '.join(self._doubts)}. --force swaps nevertheless")
        spoilt = [name for name in self._served.unreadable if name.endswith("-changelog")]
        Swap(self._settings, self._shelf, self._origin, spoilt, step).run()
        if self._origin == "articles":
            discard(self._settings)

    def _require_same_coder(self) -> None:
        now = getattr(make_coder(self._settings), "version", None)
        self._rebuilt.contacts()
        before = {
            told["report"]["coder"]
            for row in self._shelf.rows("rebuilt", "contacts")
            for told in row.json["reports"]
        }
        if now and before - {now}:
            raise RebuildError(
                f"an earlier rebuild was coded by {', '.join(sorted(before))}, and the coder is {now} now: "
                "code everything again with --fresh, or delete it with --discard"
            )

    def _read(self) -> None:
        served, rebuilt = self._served, self._rebuilt
        served.contacts()
        served.state("ledger")
        served.contacts_of_ledger()
        served.state("buckets")
        served.rollups()
        if self._origin == "articles":
            served.state("coded")
            served.letters()
            rebuilt.contacts()
            rebuilt.state("ledger")
            rebuilt.state("coded")
            rebuilt.letters()

    @property
    def _is_trimmed(self) -> bool:
        return self._origin == "articles" and any(self._begins.values())

    def _articles(self) -> set[str] | None:
        return self._served.articles() if self._is_trimmed else None

    @property
    def _doubts(self) -> list[str]:
        """What speaks against swapping."""
        doubts = []
        if self._is_trimmed:
            doubts.append(
                f"retention has taken the first {sum(self._begins.values())} record(s) off the articles: "
                "their contacts stay as they were coded then"
            )
        coders = self.difference.coders.get("rebuilt", Counter())
        if len(coders) > 1:
            doubts.append(f"this rebuild is of several coders, {', '.join(sorted(coders))}: see --fresh")
        return doubts

    def _note(self) -> None:
        notes = self.difference.notes
        with Lag(self._settings) as lag:
            behind = sum(lag.read().values())
        if behind:
            notes.append(
                f"{behind} record(s) wait for the served workers, so what comes of these differs too"
            )
        notes += self._doubts
        for reader in (self._served, self._rebuilt):
            notes += [
                f"{count} record(s) of {topic} are unreadable" for topic, count in reader.unreadable.items()
            ]
