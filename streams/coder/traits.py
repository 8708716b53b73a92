"""What the judge knows of a candidate: where its parties stand to the cue, and what surrounds them."""

from __future__ import annotations

import re

from spacy.tokens import Doc

from schemas.base import Kind
from streams.coder.cues import FoundCue
from streams.coder.modality import Told
from streams.coder.records import Parties
from streams.coder.rivals import Rivals
from streams.coder.sides import Side
from streams.coder.surroundings import Surroundings
from streams.coder.telling import Stretch

_SURE = 0.7
_BODIES = frozenset({"GCC", "LAS", "OIC", "OTS", "SCO", "CIS"})  # codes that look like a state's
_PHONE = frozenset({
    "phone", "telephone", "telephonic", "video", "videoconference", "virtual", "virtually", "call",
    "hotline", "teleconference", "videolink",
})  # fmt: skip
_WRITTEN = frozenset({
    "letter", "message", "telegram", "cable", "note", "wrote", "greetings", "condolences",
    "congratulations",
})  # fmt: skip
_IN_PERSON = frozenset({
    "met", "meeting", "talks", "summit", "visit", "received", "sidelines", "arrived", "trip", "hosted",
    "delegation", "palace",
})  # fmt: skip


def traits(  # noqa: PLR0913, PLR0917 - each is a fact of its own
    doc: Doc,
    parties: Parties,
    around: Surroundings,
    number: int,
    cue: FoundCue,
    kind: Kind,
    a: Side,
    b: Side,
    told: Told,
    rivals: Rivals,
) -> dict[str, float]:
    """Features of a candidate by name; a value is 1 but for the few that measure."""
    on: list[str] = []
    on += _of_cue(doc, around, number, cue)
    on += _of_frame(cue, a, b)
    on += _of_sides(parties, a, b)
    on += _of_words(doc, around, number, cue, a, b)
    on += _of_article(around, number, a, b)
    on += rivals.against(a, b)
    on += [f"m:{signal}" for signal in told.signals]
    if around.listed and any(
        _starts_with_clock(doc, s) for s in around.sentences[max(0, number - 1) : number + 1]
    ):
        on.append("m:timetable")
    on.append(f"told={told.modality}")
    on.append(f"kind={kind}")
    return dict.fromkeys(on, 1.0)


def _starts_with_clock(doc: Doc, stretch: Stretch) -> bool:
    """Whether a line of a timetable begins with an hour, or its item does."""
    return bool(_CLOCK.search(doc[stretch[0] : min(stretch[0] + 5, stretch[1])].text))


def _of_cue(doc: Doc, around: Surroundings, number: int, cue: FoundCue) -> list[str]:
    low, high = around.sentences[number]
    words = {token.lower_ for token in doc[low:high]}
    found = [f"cue={cue.base}/{cue.part[0]}", f"rule={cue.entry.rule}", f"tag={doc[cue.cue.head].tag_}"]
    found += [
        f"s:{name}"
        for name, some in (("phone", _PHONE), ("written", _WRITTEN), ("person", _IN_PERSON))
        if words & some
    ]
    if cue.cue.head in around.quoted:
        found.append("quoted")
    return found


def _of_frame(cue: FoundCue, a: Side, b: Side) -> list[str]:
    family = cue.entry.rule
    first = a.relation.label if a.relation else "carried"
    second = b.relation.label if b.relation else "carried"
    found = [
        f"frame={family}:{a.function}|{b.function}",
        f"frame={a.function}|{b.function}",
        f"a={first}",
        f"b={second}",
        f"{family}:b={b.function}",
        f"{family}:a={a.function}",
        f"link={a.relation.link if a.relation else ''}|{b.relation.link if b.relation else ''}",
    ]
    deep = max(side.relation.depth if side.relation else 1 for side in (a, b))
    found.append(f"depth={deep}")
    if a.relation and b.relation and a.relation.shared != b.relation.shared:
        found.append("apart")
    if not a.relation or not b.relation:
        found.append("carried")
    return found


def _of_sides(parties: Parties, a: Side, b: Side) -> list[str]:
    found = []
    for name, side in (("a", a), ("b", b)):
        entity = parties.entities[side.entity]
        found += [
            f"{name}.form={side.mention.form}",
            f"{name}.office={entity.office}",
            f"{name}.is={entity.kind}",
        ]
        found += [f"{name}.former"] if entity.former else []
        found += [f"{name}.unsure"] if side.mention.certainty < _SURE else []
        found += [] if _is_state(side.code) else [f"{name}.nostate"]
    offices = [parties.entities[side.entity].office for side in (a, b)]
    found.append(f"kinds={parties.entities[a.entity].kind}|{parties.entities[b.entity].kind}")
    if offices[0] and offices[0] == offices[1]:
        found.append("peers")
    found.append(f"forms={a.mention.form}|{b.mention.form}")
    return found


def _is_state(code: str) -> bool:
    return len(code) == len("KAZ") and code not in _BODIES


def _of_words(  # noqa: PLR0913, PLR0917 - each is a fact of its own
    doc: Doc, around: Surroundings, number: int, cue: FoundCue, a: Side, b: Side
) -> list[str]:
    """Order and distance, and the words right before each side: they hold where the tree is wrong."""
    found = []
    spots = sorted([("a", a.mention.start), ("b", b.mention.start), ("c", cue.cue.head)], key=lambda s: s[1])
    order = "".join(name for name, _ in spots)
    found.append(f"order={order}")
    for name, side in (("a", a), ("b", b)):
        if side.relation is None:
            continue
        gap = max(side.place.start - cue.cue.end, cue.cue.start - side.mention.end, 0)
        found.append(f"{name}.gap={_bucket(gap)}")
        where = "after" if side.place.start > cue.cue.head else "before"
        found.append(f"{cue.entry.rule}:{name}.at={where}:{_lead_word(doc, around, number, side)}")
        between = range(*sorted((min(side.place.end, cue.cue.end), max(side.place.start, cue.cue.start))))
        found += [f"{name}.listed"] if side.place is not side.mention else []
        found += [f"{name}.past={word}" for word in sorted({doc[i].lower_ for i in between} & _FENCES)]
    codes = len({m.entities for m in around.mentions[number]})
    found.append(f"crowd={_bucket(codes)}")
    between_sides = doc[min(a.mention.end, b.mention.end) : max(a.mention.start, b.mention.start)]
    if len(between_sides) == 1:
        found.append(f"{cue.entry.rule}:joined={between_sides[0].lower_}")
    return found


_MOST, _HALF = 0.6, 0.3  # shares of the sentences on the rarer side
_TOP, _MIDDLE = 3, 8  # sentences from the first of the body
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d{2}\b|\b\d{1,2}\s*[ap]\.?m\b", re.IGNORECASE)
_FENCES = frozenset({
    ",", ";", "that", "which", "who", "and", "but", "said", "about", "on", "against", "after", "while",
    "when", "as", "because", "over", "if", "where", ":", "(", "with", "to", "of", "from", "between",
})  # fmt: skip


def _lead_word(doc: Doc, around: Surroundings, number: int, side: Side) -> str:
    """The nearest preposition or verb before a mention, over its determiners and adjectives."""
    low = around.sentences[number][0]
    at = side.place.start - 1
    for _ in range(4):
        if at < low:
            return "^"
        if doc[at].tag_ in {"DT", "JJ", "PRP$", "NNP", "NN", "HYPH", "VBG"}:
            at -= 1
            continue
        break
    if at < low:
        return "^"
    token = doc[at]
    return token.lower_ if token.tag_ in {"IN", "TO", "CC", ",", "POS"} or not token.is_alpha else token.tag_


def _of_article(around: Surroundings, number: int, a: Side, b: Side) -> list[str]:
    pair = frozenset((a.code, b.code))
    start = around.sentences[number][0]
    rarer = min(around.codes[a.code], around.codes[b.code]) or 1
    share = around.pairs[pair] / rarer  # of the sentences on the rarer side, those with both: also in digests
    found = [f"together={'most' if share > _MOST else 'half' if share > _HALF else 'few'}"]
    found.append(f"rarer={_bucket(rarer)}")
    found.append(f"at={_place(around, number)}")
    if pair <= around.title_codes:
        found.append("title.pair")
    elif pair & around.title_codes:
        found.append("title.one")
    if start < around.title_end:
        found.append("in.title")
    if around.listed:
        found.append("schedule")
    if around.anchor is None:
        found.append("undated")
    return found


def _place(around: Surroundings, number: int) -> str:
    body = [n for n, (start, _) in enumerate(around.sentences) if start >= around.title_end]
    if not body or number < body[0]:
        return "title"
    offset = number - body[0]
    return "lead" if offset == 0 else "top" if offset < _TOP else "middle" if offset < _MIDDLE else "late"


def _bucket(value: int) -> str:
    for limit in (0, 1, 2, 3, 5, 8, 13, 21, 34):
        if value <= limit:
            return f"≤{limit}"
    return "more"
