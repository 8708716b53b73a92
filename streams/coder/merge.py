"""From weighed candidates to claims: one entry per contact, however often the article tells it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from schemas.base import Kind, Modality
from streams.coder.initiative import caller
from streams.coder.judge import MODALITIES, Judge, Verdict, as_reasons
from streams.coder.records import Candidate, Claim, Entity, Parties

Weighed = tuple[Candidate, Verdict]
_TALKING: frozenset[Kind] = frozenset({"call", "conversation", "meeting", "message"})
_FAINT = 0.02
_NONE = -4.0  # log odds of a telling that is not there
_MAX_EVIDENCE = 60


@dataclass(frozen=True, slots=True)
class Group:
    """All tellings that may be one contact: a pair, a kind and a modality."""

    pair: tuple[str, str]
    kind: Kind
    modality: Modality
    members: tuple[tuple[float, Candidate, Verdict], ...]  # strongest first, with its share of probability
    features: Mapping[str, float]


def groups(parties: Parties, weighed: Sequence[Weighed]) -> list[Group]:
    """Gather candidates by pair, kind and modality, with the features that the claim model reads."""
    by_pair: dict[tuple[str, str], list[Weighed]] = defaultdict(list)
    for candidate, verdict in weighed:
        codes = sorted((_code(parties, candidate.a), _code(parties, candidate.b)))
        by_pair[codes[0], codes[1]].append((candidate, verdict))
    found: list[Group] = []
    for pair in sorted(by_pair):
        found += _of_pair(parties, pair, by_pair[pair])
    return found


def _code(parties: Parties, index: int) -> str:
    return parties.entities[index].code or ""


def _of_pair(parties: Parties, pair: tuple[str, str], weighed: Sequence[Weighed]) -> list[Group]:
    margins = _margins(weighed)
    strongest: dict[Kind, float] = defaultdict(float)
    for candidate, verdict in weighed:
        strongest[candidate.kind] = max(strongest[candidate.kind], verdict.probability)
    found = []
    for kind in sorted(strongest):
        own = [(c, v, m) for (c, v), m in zip(weighed, margins, strict=True) if c.kind == kind]
        for modality in MODALITIES:
            group = _group(parties, pair, kind, modality, own, strongest)
            if group.members and group.members[0][0] >= _FAINT:
                found.append(group)
    return found


def _margins(weighed: Sequence[Weighed]) -> list[float]:
    """By how much each candidate's kind beats the other readings of its cue."""
    best: dict[tuple[int, bool], list[float]] = defaultdict(list)
    for candidate, verdict in weighed:
        best[candidate.cue.head, candidate.kind in _TALKING].append(verdict.probability)
    margins = []
    for candidate, verdict in weighed:
        rivals = sorted(best[candidate.cue.head, candidate.kind in _TALKING], reverse=True)
        top = rivals[0] if rivals[0] > verdict.probability else (rivals[1] if len(rivals) > 1 else 0.0)
        margins.append(verdict.probability - top)
    return margins


def _group(  # noqa: PLR0913, PLR0917 - the pair's context, worked out once for all its groups
    parties: Parties,
    pair: tuple[str, str],
    kind: Kind,
    modality: Modality,
    own: Sequence[tuple[Candidate, Verdict, float]],
    strongest: Mapping[Kind, float],
) -> Group:
    shares = sorted(
        ((v.probability * v.modality[modality], c, v, m) for c, v, m in own),
        key=lambda s: (-s[0], s[1].cue.start, s[1].a, s[1].b),
    )
    top = shares[0]
    odds = [s[0] for s in shares]
    second, third = ([_logit(s) for s in odds[1:3]] + [_NONE] * 2)[:2]
    missed = math.prod(1 - s for s in odds)
    mass = math.fsum(v.probability for _, v, _ in own)
    best, share = _logit(odds[0]), (math.fsum(odds) / mass if mass else 0.0)
    features = {
        "best": best,
        "second": second,
        "third": third,
        "any": _logit(1 - missed),
        "mass": math.log1p(math.fsum(odds)),
        "share": share,
        "margin": top[3],
        "modal": top[2].modality[modality],
        "plain": _logit(max(v.probability for _, v, _ in own)),
        f"kind={kind}": 1.0,
        f"modality={modality}": 1.0,
        f"kind={kind},{modality}": 1.0,
        f"best,{modality}": best,
        f"share,{modality}": share,
        "best.title": float("in.title" in top[1].features),
        "best.carried": float("carried" in top[1].features),
        "people": float(sum(parties.entities[i].kind == "person" for i in (top[1].a, top[1].b))),
    }
    for other in sorted(strongest):
        if other != kind:
            features[f"rival={other}"] = strongest[other]
            features[f"{kind}:rival={other}"] = strongest[other]
    return Group(pair, kind, modality, tuple((s, c, v) for s, c, v, _ in shares if s > _FAINT / 2), features)


def _logit(p: float) -> float:
    p = min(max(p, 0.002), 0.998)
    return math.log(p / (1 - p))


def chosen(judge: Judge, found: Sequence[Group]) -> list[tuple[float, Group]]:
    """The groups that the article asserts, strongest first, each cue spent on one reading."""
    scored = sorted(
        ((judge.claim.logit(group.features), group) for group in found),
        key=lambda s: (-s[0], s[1].pair, s[1].kind, s[1].modality),
    )
    kept: list[tuple[float, Group]] = []
    for score, group in scored:
        if score >= judge.thresholds[group.modality] and not any(_same_telling(group, k) for _, k in kept):
            kept.append((score, group))
    return kept


def _same_telling(group: Group, other: Group) -> bool:
    """Whether two groups of one pair rest on the same words, read as different kinds or modalities."""
    if group.pair != other.pair:
        return False
    if group.kind != other.kind and not {group.kind, other.kind} <= _TALKING:
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
    kept = chosen(judge, found)
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
    kept: Sequence[tuple[float, Group]],
    title_end: int,
) -> Claim:
    members = group.members
    best = _clearest(members)
    a_code, b_code, direction = _code(parties, best.a), _code(parties, best.b), best.direction
    if group.kind == "call" and (placed := caller(doc, parties, group.pair, best.cue.head)):
        a_code, b_code, direction = placed, a_code if placed == b_code else b_code, "directed"
    related = [m for _, other in kept if other.pair == group.pair for m in other.members]
    verdict = next(v for _, c, v in members if c is best)
    return Claim(
        group.kind,
        _also(group),
        group.modality,
        direction,
        _representative(parties, a_code, members, related),
        _representative(parties, b_code, members, related),
        best.cue,
        evidence(doc, best, title_end),
        tuple(c for _, c, _ in members),
        judge.calibration(score),
        as_reasons(verdict.reasons),
    )


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
    parties: Parties,
    code: str,
    members: Sequence[tuple[float, Candidate, Verdict]],
    related: Sequence[tuple[float, Candidate, Verdict]],
) -> Entity:
    """Lead representative of a side: the strongest person of its tellings, else the strongest entity."""
    weight: dict[int, float] = defaultdict(float)
    for rank, pool in ((1.0, members), (0.01, related)):
        for share, candidate, _ in pool:
            for index in (candidate.a, candidate.b):
                if parties.entities[index].code == code:
                    weight[index] = max(weight[index], rank * share)
    ranked = sorted(weight, key=lambda i: (-weight[i], i))
    named = [i for i in ranked if parties.entities[i].name and not parties.entities[i].former]
    return parties.entities[(named or ranked)[0]]


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
