"""From weighed candidates to claims: one entry per contact, however often the article tells it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from spacy.tokens import Doc

from schemas.base import Kind, Modality
from streams.coder.grouping import TALKING, Group, Weighed, code_of, groups
from streams.coder.initiative import caller
from streams.coder.judge import Judge, Verdict, as_reasons
from streams.coder.records import Candidate, Claim, Entity, Parties
from streams.coder.telling import sentence_of, sentences

_TOLD = 0.6  # of the strongest telling: fainter ones say nothing of when it was and what about
_MAX_EVIDENCE = 60
_LEADERS = frozenset({"head", "government", "heir"})

Scored = tuple[float, Group]  # log-odds that the article asserts it


def chosen(thresholds: Mapping[Modality, float], scored: Sequence[Scored]) -> list[Scored]:
    """The groups that the article asserts, strongest first, each cue spent on one reading."""
    kept: list[Scored] = []
    for score, group in sorted(scored, key=lambda s: (-s[0], s[1].pair, s[1].kind, s[1].modality)):
        if score >= thresholds[group.modality] and not any(_same_telling(group, k) for _, k in kept):
            kept.append((score, group))
    return kept


def _same_telling(group: Group, other: Group) -> bool:
    """Whether two groups of one pair rest on the same words, read as different kinds or modalities."""
    if group.pair != other.pair:
        return False
    if group.kind != other.kind and not {group.kind, other.kind} <= TALKING:
        return False
    ours, theirs = group.members[0][1].cue.head, other.members[0][1].cue.head
    if group.kind == other.kind:
        return ours == theirs
    return ours in _heads(other) or theirs in _heads(group)


def _heads(group: Group) -> set[int]:
    """Where the cues of its strongest tellings stand."""
    return {candidate.cue.head for _, candidate, _ in group.members[:4]}


def claims(
    doc: Doc, parties: Parties, judge: Judge, weighed: Sequence[Weighed], title_end: int
) -> list[Claim]:
    """What the article asserts, in the order of the text."""
    found = groups(parties, weighed)
    kept = chosen(judge.thresholds, [(judge.claim.logit(group.features), group) for group in found])
    made = [_claim(doc, parties, judge, score, group, kept, title_end) for score, group in kept]
    return sorted(
        made,
        key=lambda claim: (
            claim.evidence,
            claim.a.code or "",
            claim.b.code or "",
            claim.kind,
            claim.modality,
        ),
    )


def _claim(  # noqa: PLR0913, PLR0917 - each is a fact of its own
    doc: Doc,
    parties: Parties,
    judge: Judge,
    score: float,
    group: Group,
    kept: Sequence[Scored],
    title_end: int,
) -> Claim:
    members = group.members
    best = _clearest(members)
    a_code, b_code, direction = *_order(parties, members), best.direction
    if group.kind == "call" and (placed := caller(doc, parties, group.pair, best.cue.head)):
        a_code, b_code, direction = placed, a_code if placed == b_code else b_code, "directed"
    related = [m for _, other in kept if other.pair == group.pair for m in other.members]
    verdict = next(v for _, c, v in members if c is best)
    return Claim(
        group.kind,
        _also(group),
        group.modality,
        direction,
        _representative(doc, parties, a_code, members, related),
        _representative(doc, parties, b_code, members, related),
        best.cue,
        evidence(doc, best, title_end),
        tuple(c for share, c, _ in members if share >= _TOLD * members[0][0]),
        judge.calibration(score),
        as_reasons(verdict.reasons),
    )


def _order(parties: Parties, members: Sequence[tuple[float, Candidate, Verdict]]) -> tuple[str, str]:
    """Codes of a contact's sides, first the one that most of its tellings put first."""
    weight: dict[tuple[str, str], float] = defaultdict(float)
    for share, candidate, _ in members:
        weight[code_of(parties, candidate.a), code_of(parties, candidate.b)] += share
    return max(weight, key=lambda order: weight[order])


def _clearest(members: Sequence[tuple[float, Candidate, Verdict]]) -> Candidate:
    """The telling to quote: the strongest, but one of the body and with both sides in it where as good."""
    limit = members[0][0] * 0.8
    near = [c for share, c, _ in members if share >= limit]
    return min(
        near, key=lambda c: ("in.title" in c.features, "carried" in c.features, c.sentence, c.cue.start)
    )


def _also(group: Group) -> tuple[Kind, ...]:
    if group.kind == "conversation":
        return ("call",)
    return ()


def _representative(
    doc: Doc,
    parties: Parties,
    code: str,
    members: Sequence[tuple[float, Candidate, Verdict]],
    related: Sequence[tuple[float, Candidate, Verdict]],
) -> Entity:
    """Lead representative of a side: the strongest person of its tellings, else a leader named there."""
    weight: dict[int, float] = defaultdict(float)
    for rank, pool in ((1.0, members), (0.01, related)):
        for share, candidate, _ in pool:
            for index in (candidate.a, candidate.b):
                if parties.entities[index].code == code:
                    weight[index] = max(weight[index], rank * share)
    ranked = sorted(weight, key=lambda i: (-weight[i], i))
    named = [i for i in ranked if parties.entities[i].name and not parties.entities[i].former]
    best = parties.entities[(named or ranked)[0]]
    return (best.kind == "state" and _leader_beside(doc, parties, code, members)) or best


def _leader_beside(
    doc: Doc, parties: Parties, code: str, members: Sequence[tuple[float, Candidate, Verdict]]
) -> Entity | None:
    """The leader of a state that is a side only by its name, where named next to the strongest telling."""
    cut, spot = sentences(doc), members[0][1].sentence
    near: list[tuple[int, int]] = []
    for mention in parties.mentions:
        away = abs(sentence_of(cut, mention.head) - spot)
        for index in mention.entities:
            entity = parties.entities[index]
            if entity.code == code and entity.name and entity.office in _LEADERS and not entity.former:
                near.append((away, index))
    return parties.entities[min(near)[1]] if near and min(near)[0] <= 1 else None


def evidence(doc: Doc, candidate: Candidate, title_end: int) -> tuple[int, int]:
    """The shortest stretch of tokens with the cue and both sides, in one field."""
    spans = [(candidate.cue.start, candidate.cue.end)]
    for mention in (candidate.a_mention, candidate.b_mention):
        at, cue = mention.start, candidate.cue.start
        same_field = (at < title_end) == (cue < title_end)
        if same_field and abs(at - cue) <= _MAX_EVIDENCE and _together(doc, at, cue):
            spans.append((mention.start, mention.end))
    return min(s for s, _ in spans), max(e for _, e in spans)


def _together(doc: Doc, one: int, other: int) -> bool:
    low, high = sorted((one, other))
    return not any(doc[i].is_sent_start or "\n" in doc[i].text for i in range(low + 1, high + 1))
