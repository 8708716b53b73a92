"""When a contact took, or will take, place, as far as the article tells it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Doc

from schemas.base import DatePrecision, Kind, Modality
from streams.coder.dates import Expression, Tense, expressions, precision, resolve, vocabulary
from streams.coder.records import Header
from streams.coder.telling import Stretch, is_digest, whole, words
from streams.coder.telling import sentences as all_sentences


@dataclass(frozen=True, slots=True)
class When:
    """Day of a contact; `reported_on` is set only where that day is not told."""

    date: dt.date | None
    precision: DatePrecision
    reported_on: dt.date | None


@dataclass(frozen=True, slots=True)
class _Option:
    day: dt.date | None
    precision: DatePrecision
    cost: float


_OTHER_SENTENCE = 40.0
_AFTER_SAYING = 80.0
_BEYOND_BOUND = 25.0
_BEYOND_COMMA = 3.0
_TOO_FAR = 70.0
_NEWS_DAYS = 7
_IN_EVIDENCE = 8.0  # what a digest tells in the present tense is of its own day unless dated itself
_SEQUEL_REACH = 4


def when(  # noqa: PLR0913, PLR0917 - each is a fact of its own
    doc: Doc,
    sentences: Sequence[Stretch],
    evidence: Stretch,
    modality: Modality,
    kind: Kind,
    header: Header,
    published: dt.date | None,
) -> When:
    """Find the day of a contact told by `sentences`, of which the first holds the evidence."""
    anchor = header.day or published
    tense: Tense = "past" if modality in {"held", "background"} else "future"
    options = sorted(_options(doc, sentences, evidence, anchor, tense), key=lambda option: option.cost)
    day = digest_day(doc)
    news = day is not None and modality == "held" and _present(doc, evidence)
    if options and options[0].cost < (_IN_EVIDENCE if news else _TOO_FAR):
        best = options[0]
        return When(best.day, best.precision, None if best.day else published)
    if followed := _follows(doc, sentences, evidence, anchor, tense):
        return When(followed, "day", None)
    if day:
        told = modality != "background" and _present(doc, evidence)
        return When(day, "day", None) if told else When(None, "unknown", published)
    if kind == "visit" and modality == "held" and anchor and _is_under_way(doc, sentences[0]):
        return When(anchor, "day", None)
    return When(None, "unknown", published)


def _options(
    doc: Doc, sentences: Sequence[Stretch], evidence: Stretch, anchor: dt.date | None, tense: Tense
) -> Iterator[_Option]:
    low, high = doc[evidence[0]].idx, _end(doc, evidence)
    for number, stretch in enumerate(sentences):
        base, text = doc[stretch[0]].idx, words(doc, stretch)
        for found in expressions(text):
            cost = _distance(text, found, low - base, high - base) if number == 0 else _OTHER_SENTENCE
            cost += _AFTER_SAYING if _tells_when_it_was_said(text, found) else 0
            if found.form == "vague":
                cost += 5
            day = resolve(found, anchor, tense)
            if day and anchor and tense == "past" and day > anchor + dt.timedelta(days=1):
                continue
            if number and day and anchor and tense == "past" and (anchor - day).days > _NEWS_DAYS:
                cost += _TOO_FAR  # what another sentence dates that far back is history
            if day or found.form == "vague":
                yield _Option(day, precision(found), cost)


@cache
def _follow_up() -> re.Pattern[str]:
    cues, counts = ("|".join(vocabulary()[name]) for name in ("follow_ups", "numbers"))
    return re.compile(
        rf"\b(?:(?P<count>{counts})\s+days?\s+(?P<way>earlier|before|later|after)|(?:{cues}))\b",
        re.IGNORECASE,
    )


def _follows(
    doc: Doc, sentences: Sequence[Stretch], evidence: Stretch, anchor: dt.date | None, tense: Tense
) -> dt.date | None:
    """Day of a contact told as the sequel of the sentence before: "A day later she met …"."""
    start = sentences[0][0]
    cue = _follow_up().search(words(doc, (start, evidence[1])))
    before = [stretch for stretch in all_sentences(doc) if stretch[1] <= start][-_SEQUEL_REACH:]
    if cue is None or tense == "future":
        return None
    for stretch in reversed(before):
        told = sorted(_options(doc, [stretch], stretch, anchor, tense), key=lambda option: option.cost)
        if told and told[0].cost < _TOO_FAR and (day := told[0].day):
            days = vocabulary()["numbers"].get((cue["count"] or "").casefold(), 0)
            return day + dt.timedelta(days=-days if cue["way"] in {"earlier", "before"} else days)
    return None


def _end(doc: Doc, stretch: Stretch) -> int:
    last = doc[stretch[1] - 1]
    return last.idx + len(last)


@cache
def _bound() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(vocabulary()['bounds'])})\b|[;“”\"]", re.IGNORECASE)


def _distance(text: str, found: Expression, low: int, high: int) -> float:
    """Words between the evidence and the expression, clauses between them counting more."""
    if low <= found.start < high:
        return 0.0 + (0.01 * (found.start - low))
    between = text[found.end : low] if found.end <= low else text[high : found.start]
    return (
        len(between.split())
        + _BEYOND_COMMA * between.count(",")
        + _BEYOND_BOUND * len(_bound().findall(between))
    )


@cache
def _saying() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    verbs = "|".join(vocabulary()["saying"])
    before = re.compile(
        rf"\b(?:{verbs})(?:\s+(?:reporters|journalists|here|late|early|on))*\s+$"
        rf"|,\s*(?:{verbs})(?:\s+[\w.'’-]+){{1,8}}\s+(?:on\s+)?$",
        re.IGNORECASE,
    )
    after = re.compile(rf"^\s*,?\s*(?:{verbs}|that)\b", re.IGNORECASE)
    during = re.compile(r"\s+(?:during|after|at|following|alongside|in a (?:meeting|call))\b", re.IGNORECASE)
    return before, after, during


def _tells_when_it_was_said(text: str, found: Expression) -> bool:
    before, after, during = _saying()
    if during.match(text[found.end :]):
        return False
    if before.search(text[: found.start]):
        return True
    return bool(after.search(text[found.end :]))


@cache
def _under_way() -> tuple[re.Pattern[str], re.Pattern[str]]:
    now, past = vocabulary()["visit_now"], vocabulary()["visit_past"]
    return (
        re.compile(rf"\b(?:{'|'.join(now)})\b", re.IGNORECASE),
        re.compile(rf"\b(?:{'|'.join(past)})\b", re.IGNORECASE),
    )


def _is_under_way(doc: Doc, sentence: Stretch) -> bool:
    """Whether a sentence tells a visit as news of the day, not as something past."""
    text = words(doc, sentence)
    now, past = _under_way()
    return bool(now.search(text)) and not past.search(text)


def digest_day(doc: Doc) -> dt.date | None:
    """Day that heads a page of short items: a schedule, a chronicle, a digest."""
    text = whole(doc)
    (head, _, body), opening = text.partition("\n\n"), text[:300].casefold()
    listed = any(words in opening for words in vocabulary()["schedule_titles"])
    if not listed and not is_digest(doc):
        return None
    for text in (head, body[:300]):
        for found in expressions(text):
            if found.form == "full" or found.part("year"):
                return resolve(found, None, "past")
    return None


def _present(doc: Doc, evidence: Stretch) -> bool:
    """Whether the evidence tells the contact in the present tense, as digests do."""
    verbs = [t for t in doc[evidence[0] : evidence[1]] if t.tag_ in {"VBZ", "VBP", "VBD"}]
    if not verbs or verbs[0].tag_ != "VBD":
        return True
    return verbs[0].lower_ == verbs[0].lemma_  # "discuss", taken for a past tense
