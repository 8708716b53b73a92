r"""What the coder's components hand to each other, all of it over one spaCy Doc.

The Doc holds the headline and the body in one: `title + "\n\n" + text` (the body alone where there is no
headline). Positions are token indices of that Doc, half-open, unless a name says `char`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

from schemas.base import Direction, Kind, Modality

EntityKind = Literal["person", "state", "organisation", "delegation"]
MentionForm = Literal[
    "name",  # Tokayev, Sheikh Tamim
    "titled",  # Emir of Qatar Tamim bin Hamad Al Thani
    "role",  # the Kazakh President, her Kenyan counterpart
    "state",  # Kazakhstan
    "demonym",  # Kazakh
    "capital",  # Astana, standing for the government
    "seat",  # the Akorda, the Kremlin
    "organisation",  # the European Union
    "delegation",  # a South Korean government delegation
    "pronoun",  # he, she
    "speaker",  # I, our
    "group",  # the two leaders, both ministers, they
]


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before the first sentence."""

    place: str | None
    place_code: str | None
    day: dt.date | None
    agency: str | None
    body_start_char: int


@dataclass(frozen=True, slots=True)
class Entity:
    """One participant of the article: a person in office, a state, an organisation or a delegation.

    `code` is None where the text and the roster leave open for whom a person stands.
    """

    index: int
    kind: EntityKind
    code: str | None
    name: str | None
    role: str | None
    office: str | None = None  # normalised class of the role: head, government, foreign, defence, envoy, …
    former: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that stand for one entity, or for several (a group)."""

    start: int
    end: int
    head: int
    form: MentionForm
    entities: tuple[int, ...]
    certainty: float = 1.0


@dataclass(frozen=True, slots=True)
class Parties:
    """Everybody in the article, with every mention in the order of the text."""

    entities: tuple[Entity, ...]
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Cue:
    """The words that made a rule see a contact."""

    start: int
    end: int
    head: int
    rule: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible contact: two sides, a cue, and what the rules think of it."""

    kind: Kind
    modality: Modality
    direction: Direction
    a: int  # entity index
    b: int
    a_mention: Mention
    b_mention: Mention
    cue: Cue
    sentence: int
    features: dict[str, float] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Claim:
    """A contact that the coder asserts, still over the Doc: one entry per contact told many times."""

    kind: Kind
    also: tuple[Kind, ...]
    modality: Modality
    direction: Direction
    a: Entity
    b: Entity
    cue: Cue
    evidence: tuple[int, int]
    candidates: tuple[Candidate, ...]  # its clear tellings, best first
    confidence: float
    reasons: tuple[str, ...]
