"""What of an article surrounds its candidates: sentences, mentions, quotations, times."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from spacy.tokens import Doc

from streams.coder.dates import Expression, expressions, vocabulary
from streams.coder.lists import enumerated
from streams.coder.records import Mention, Parties
from streams.coder.telling import Stretch, quoted, sentences, whole

_SUBJECT_DEPS = frozenset({"nsubj", "nsubj:pass", "nsubjpass"})
_HEAD = 400  # characters in which a timetable says that it is one


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What of a document the candidates of all its sentences share."""

    sentences: tuple[Stretch, ...]
    mentions: tuple[tuple[Mention, ...], ...]
    quoted: frozenset[int]
    times: tuple[tuple[Expression, ...], ...]
    title_end: int
    anchor: dt.date | None
    codes: Counter[str]
    pairs: Counter[frozenset[str]]
    title_codes: frozenset[str]
    carried: tuple[tuple[tuple[int, Mention], ...], ...]
    listed: bool
    lists: tuple[dict[Mention, Mention], ...]  # by sentence: what goes on a list, with its first mention
    latest: int | None  # last year that the article names

    @classmethod
    def of(cls, doc: Doc, parties: Parties, anchor: dt.date | None, title_end: int) -> Surroundings:
        """Read the surroundings of a document; `title_end` is the first token of its body."""
        cut, head = sentences(doc), whole(doc)[:_HEAD].casefold()
        inside, times = _by_sentence(cut, parties), tuple(_times(doc, stretch) for stretch in cut)
        codes = [frozenset(c for m in ms for c in _codes(parties, m)) for ms in inside]
        return cls(
            cut,
            inside,
            quoted(doc),
            times,
            title_end,
            anchor,
            Counter(c for found in codes for c in found),
            Counter(frozenset((x, y)) for found in codes for x in found for y in found if x < y),
            frozenset(
                c for (start, _), found in zip(cut, codes, strict=True) if start < title_end for c in found
            ),
            _carried(doc, parties, inside, cut),
            any(words in head for words in vocabulary()["schedule_titles"]),
            tuple(enumerated(doc, parties, found) for found in inside),
            max(
                (int(y) for ts in times for t in ts if (y := t.part("year") or t.part("vague_year"))),
                default=None,
            ),
        )


def _codes(parties: Parties, mention: Mention) -> list[str]:
    return [code for i in mention.entities if (code := parties.entities[i].code)]


def _by_sentence(cut: tuple[Stretch, ...], parties: Parties) -> tuple[tuple[Mention, ...], ...]:
    inside: list[list[Mention]] = [[] for _ in cut]
    number = 0
    for mention in parties.mentions:
        while number + 1 < len(cut) and mention.head >= cut[number][1]:
            number += 1
        if cut and cut[number][0] <= mention.head < cut[number][1]:
            inside[number].append(mention)
    return tuple(tuple(found) for found in inside)


def _times(doc: Doc, stretch: Stretch) -> tuple[Expression, ...]:
    """Expressions of time of a sentence, at characters of the whole text."""
    base = doc[stretch[0]].idx
    found = expressions(doc[stretch[0] : stretch[1]].text)
    return tuple(Expression(e.start + base, e.end + base, e.form, e.parts) for e in found)


def _carried(
    doc: Doc, parties: Parties, inside: tuple[tuple[Mention, ...], ...], cut: tuple[Stretch, ...]
) -> tuple[tuple[tuple[int, Mention], ...], ...]:
    """Whom an ellipsis in each sentence may mean: the last subject, and the person named most so far."""
    result: list[tuple[tuple[int, Mention], ...]] = []
    seen: Counter[int] = Counter()
    latest: dict[int, Mention] = {}
    subject: int | None = None
    for number, _ in enumerate(cut):
        picks = [subject] if subject is not None else []
        people = [i for i in seen if parties.entities[i].kind == "person" and parties.entities[i].code]
        if people:
            picks.append(max(people, key=lambda i: (seen[i], -i)))
        result.append(tuple((i, latest[i]) for i in dict.fromkeys(picks)))
        for mention in inside[number]:
            if mention.form == "group":
                continue
            for i in mention.entities:
                if parties.entities[i].code is None:
                    continue
                seen[i] += 1
                latest[i] = mention
                if doc[mention.head].dep_ in _SUBJECT_DEPS and doc[mention.head].head.dep_.lower() == "root":
                    subject = i
    return tuple(result)
