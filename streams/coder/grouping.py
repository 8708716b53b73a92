"""Candidates gathered by pair, kind and modality, with what the claim model reads of each group."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from schemas.base import Kind, Modality
from streams.coder.judge import MODALITIES, Verdict
from streams.coder.records import Candidate, Parties

Weighed = tuple[Candidate, Verdict]
TALKING: frozenset[Kind] = frozenset({"call", "conversation", "meeting", "message"})
_FAINT = 0.02
_LIKELY, _TOLD, _LAST_RANK = 0.3, 0.2, 8
_NONE = -4.0  # log odds of a telling that is not there


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
        codes = sorted((code_of(parties, candidate.a), code_of(parties, candidate.b)))
        by_pair[codes[0], codes[1]].append((candidate, verdict))
    found: list[Group] = []
    for pair in sorted(by_pair):
        found += _of_pair(parties, pair, by_pair[pair])
    length = max((candidate.sentence for candidate, _ in weighed), default=0)
    return _beside(found, length)


def _beside(found: Sequence[Group], length: int) -> list[Group]:
    """Add to each group's features how it stands among the others, and where in the article."""
    strongest: dict[tuple[str, str], float] = defaultdict(float)
    for group in found:
        strongest[group.pair] = max(strongest[group.pair], group.members[0][0])
    order = {pair: k for k, pair in enumerate(sorted(strongest, key=lambda p: (-strongest[p], p)))}
    shared = {
        "pairs": math.log1p(sum(share > _LIKELY for share in strongest.values())),
        "length": math.log1p(length),
    }
    best = max((group.features["best"] for group in found), default=0.0)
    by_pair: dict[tuple[str, str], list[float]] = defaultdict(list)
    for group in found:
        by_pair[group.pair] = sorted((*by_pair[group.pair], group.features["best"]))[-2:]
    finished = []
    for group in found:
        own = group.features["best"]
        first, *others = reversed((_NONE, *by_pair[group.pair]))
        likely = {candidate.sentence for share, candidate, _ in group.members if share > _TOLD}
        finished.append(
            replace(
                group,
                features={
                    **group.features,
                    **shared,
                    "rank": float(min(order[group.pair], _LAST_RANK)),
                    "behind": own - best,
                    "ahead": own - (others[0] if own == first else first),
                    "members": math.log1p(len(group.members)),
                    "probability": group.members[0][2].probability,
                    "position": group.members[0][1].sentence / (length + 1),
                    "sentences": float(len(likely)),
                },
            )
        )
    return finished


def code_of(parties: Parties, index: int) -> str:
    """Code of one party, empty where it is open."""
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
        best[candidate.cue.head, candidate.kind in TALKING].append(verdict.probability)
    margins = []
    for candidate, verdict in weighed:
        rivals = sorted(best[candidate.cue.head, candidate.kind in TALKING], reverse=True)
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
    features |= _read(modality, top[1], [c for c, _, _ in own])
    for other in sorted(strongest):
        if other != kind:
            features[f"rival={other}"] = strongest[other]
            features[f"{kind}:rival={other}"] = strongest[other]
    return Group(pair, kind, modality, tuple((s, c, v) for s, c, v, _ in shares if s > _FAINT / 2), features)


def _read(modality: Modality, top: Candidate, own: Sequence[Candidate]) -> dict[str, float]:
    """What the pair encoder says of the tellings: of the strongest, and of that which it likes best."""
    if not any("enc:own" in c.features for c in own):
        return {}
    liked = max(own, key=lambda c: (c.features.get("enc:own", 0.0), -c.cue.start))
    first = top.features
    return {
        "enc.best": liked.features["enc:own"],
        "enc.best.rival": liked.features["enc:own"] - liked.features["enc:rival"],
        "enc.best.modal": liked.features[f"m:enc={modality}"],
        "enc.top": first.get("enc:own", 0.0),
        "enc.top.rival": first.get("enc:own", 0.0) - first.get("enc:rival", 0.0),
        "enc.top.modal": first.get(f"m:enc={modality}", 0.0),
        "enc.told": first.get("enc:told", 0.0),
    }


def _logit(p: float) -> float:
    p = min(max(p, 0.002), 0.998)
    return math.log(p / (1 - p))
