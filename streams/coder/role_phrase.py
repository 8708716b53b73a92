"""What an office phrase in the text says: its words, its class, its state and posting."""

from __future__ import annotations

from dataclasses import dataclass

_DEFINITE = frozenset(("the", "this", "that"))


@dataclass(slots=True)
class RolePhrase:
    """An office phrase: its words, class, and the states that its words name."""

    start: int
    end: int
    head: int
    office: str
    phrase: str
    plural: bool
    core: int  # where the office's own words begin
    codes: tuple[str, ...] = ()
    postings: tuple[str, ...] = ()
    determiner: str = ""
    owner: str = ""  # "his" in "his counterpart"
    owner_end: int | None = None  # token of a genitive that is no place's: "Putin's" spokesman
    former: bool = False
    elect: bool = False

    @property
    def code(self) -> str | None:
        """The state or organisation that the words name, where it is one."""
        return self.codes[0] if len(self.codes) == 1 else None

    @property
    def definite(self) -> bool:
        """Whether the words speak of somebody known."""
        return self.determiner in _DEFINITE
