"""How far an office phrase reaches: modifiers, portfolio and state before it, state and posting after it."""

from __future__ import annotations

from streams.coder.layout import Layout, PlaceSpan
from streams.coder.lexicon import Words
from streams.coder.role_phrase import RolePhrase

_MAX_LEFT = 10
_MAX_RIGHT = 18
_DETERMINERS = frozenset(
    [
        "the",
        "a",
        "an",
        "this",
        "that",
        "both",
        "two",
        "three",
        "four",
        "five",
        "all",
        "each",
        "these",
        "any",
        "no",
        "another",
    ]
)
_OWNERS = frozenset(("his", "her", "their", "its", "our", "my", "your"))
_ADJECTIVAL = frozenset(("demonym", "state", "organisation", "capital", "seat"))
_ENUMERABLE = frozenset(("state", "organisation", "capital", "seat", "city"))
_NAMED_FOR = frozenset(("demonym", "state"))
_JOINTS = frozenset(("and", "&", ",", "-", "–", "/"))
_GLUE = frozenset(("and", "&", ",", "the", "for", "of", "-", "–", "/", "'s", "on", "in"))
_LEADING = frozenset(("and", "&", ",", "-", "–", "in", "at", "de", "some", "other"))
_WITHIN = frozenset(("government", "council", "cabinet", "state", "parliament", "presidency", "command"))
_NO_PORTFOLIO = frozenset(("group", "state", "heir", "royal"))
_WITH_PORTFOLIO = frozenset(("foreign", "minister", "defence", "deputy", "institution"))
_BODIES = frozenset(("state", "institution", "parliament", "envoy", "minister"))
_OF_BODIES = frozenset(("delegation", "group", "spokesperson", "official"))


def widen_left(layout: Layout, words: Words, phrase: RolePhrase, floor: int) -> None:
    """Take in what stands before the office, no further than the floor."""
    place: PlaceSpan | None = None
    lowest = max(floor, phrase.start - _MAX_LEFT)
    while phrase.start > lowest:
        if place is None:
            place = _state_before(layout, phrase, floor)
            if place is not None:
                phrase.start = _coordinated(layout, phrase, place.start, floor)
                continue
            if layout.is_possessive(phrase.start - 1):
                phrase.owner_end = phrase.start - 1
                break
        if not _modifies(layout, words, phrase, has_state=place is not None):
            break
        phrase.start -= 1
    if place is not None:
        phrase.codes = (*phrase.codes, place.code)
    while phrase.start < phrase.head and layout.word(phrase.start) in _LEADING:
        phrase.start += 1
    _note_determiner(layout, words, phrase, floor)


def _state_before(layout: Layout, phrase: RolePhrase, floor: int) -> PlaceSpan | None:
    """The state in "French president", "Qatar's emir" and "United Arab Emirates (UAE) President"."""
    k = phrase.start
    place: PlaceSpan | None = layout.place_at.get(k - 1)
    if place is None and layout.word(k - 1) == ")":
        place = _glossed(layout, k)
    elif place is None and layout.is_possessive(k - 1):
        place = layout.place_at.get(k - 2)
        if place is not None and place.form == "demonym":
            return None
        phrase.determiner = "the" if place is not None else phrase.determiner
    if place is None or place.start < floor or place.form not in _ADJECTIVAL:
        return None
    return place


def _modifies(  # noqa: PLR0911 - one answer per case
    layout: Layout, words: Words, phrase: RolePhrase, *, has_state: bool
) -> bool:
    """Whether the word before belongs to the office."""
    k = phrase.start - 1
    word = layout.word(k)
    if k in layout.place_at:
        return False
    if word in words.former or word == "ex":
        phrase.former = True
        return True
    if word in words.modifiers or word in ("then", "then-"):
        return True
    if not has_state and _names_body(layout, phrase, k):
        return True
    if phrase.office in _NO_PORTFOLIO:
        return False
    written_alike = layout.is_capitalised(k) <= layout.is_capitalised(phrase.head) or layout.in_title(k)
    if word in words.portfolio:
        return written_alike
    known = words.portfolio | words.modifiers
    if word == "," and (k - 1) in layout.place_at:
        return False  # "In South Africa, Deputy Secretary A": the place is where, not whose
    joined = word in _JOINTS and layout.word(k - 1) in known and layout.word(k + 1) in known
    return joined and not has_state and layout.is_capitalised(k - 1) == layout.is_capitalised(phrase.head)


def _names_body(layout: Layout, phrase: RolePhrase, k: int) -> bool:
    """Whether the word before is a body: "government" of "government delegation"."""
    office = layout.office_at.get(k)
    return phrase.office in _OF_BODIES and office is not None and office.office in _BODIES


def _coordinated(layout: Layout, phrase: RolePhrase, k: int, floor: int) -> int:
    """Take "Russian and" of "Russian and Chinese presidents"."""
    while phrase.plural and k - 2 >= floor and layout.word(k - 1) in ("and", ",", "&", "-", "–"):
        place = layout.place_at.get(k - 2)
        if place is None or place.form not in _ADJECTIVAL:
            break
        phrase.codes = (place.code, *phrase.codes)
        k = place.start
    return k


def _glossed(layout: Layout, k: int) -> PlaceSpan | None:
    """The full name of a state that is followed by its abbreviation in brackets."""
    short = layout.place_at.get(k - 2)
    if short is None or layout.word(short.start - 1) != "(":
        return None
    full = layout.place_at.get(short.start - 2)
    return full if full is not None and full.code == short.code else None


def _note_determiner(layout: Layout, words: Words, phrase: RolePhrase, floor: int) -> None:
    before = layout.word(phrase.start - 1)
    if before in words.determiners and phrase.start - 1 >= floor:
        phrase.determiner = before
    elif before in _OWNERS:
        phrase.owner = before
    phrase.former |= before in words.former or layout.word(phrase.start - 2) == "ex"


def widen_right(layout: Layout, words: Words, phrase: RolePhrase) -> None:
    """Take in what stands after the office."""
    k = phrase.end
    dash = layout.word(k) in ("-", "–")
    if layout.word(k + dash) in words.elect:
        phrase.elect, k = True, k + dash + 1
    limit = min(len(layout), k + _MAX_RIGHT)
    while k < limit:
        step = _after(layout, words, phrase, k)
        if step == k:
            break
        k = step
    phrase.end = k


def _after(layout: Layout, words: Words, phrase: RolePhrase, k: int) -> int:
    word = layout.word(k)
    if word in ("of", "from", "for") or (word in ("to", "in", "at", "on") and phrase.office == "envoy"):
        return _after_preposition(layout, words, phrase, k)
    if word in ("and", "&", ",") and phrase.office in _WITH_PORTFOLIO and not phrase.codes:
        return _more_portfolio(layout, words, k)
    place = layout.place_at.get(k + 1)
    if word == "(" and place is not None and layout.word(place.end) == ")" and phrase.codes == (place.code,):
        return place.end + 1
    return k


def _after_preposition(layout: Layout, words: Words, phrase: RolePhrase, k: int) -> int:
    start = k + 1 + (layout.word(k + 1) in ("the", "its", "their"))
    place = layout.place_at.get(start)
    if place is None:
        return _portfolio(layout, words, k, start)
    if (end := _regional(layout, words, phrase, k, place)) > k:
        return end
    if place.start != start:
        return k
    if layout.word(k) in ("of", "from"):
        return _of_state(layout, words, phrase, place, k)
    return _posted(layout, phrase, place, k)


def _regional(layout: Layout, words: Words, phrase: RolePhrase, k: int, place: PlaceSpan) -> int:
    """Take "for Korean Peninsula Peace and Security Affairs", a portfolio that begins with a people."""
    end = place.end
    if layout.word(k) not in ("for", "on") or phrase.office != "envoy" or place.form not in _NAMED_FOR:
        return k
    while end < len(layout) and (
        layout.word(end) in words.portfolio or layout.word(end) in ("peninsula", "and", "&")
    ):
        end += 1
    return end if layout.word(end - 1) in words.portfolio else k


def _of_state(layout: Layout, words: Words, phrase: RolePhrase, place: PlaceSpan, k: int) -> int:
    within = words.portfolio | _WITHIN
    if place.form == "demonym" and layout.word(place.end) not in within:
        return k
    if phrase.codes and phrase.codes != (place.code,):
        return k
    phrase.codes = (place.code,)
    end = _more_states(layout, phrase, place) if phrase.plural else place.end
    if place.form != "demonym" and not layout.is_possessive(end):
        return end
    return _body_of(layout, within, end)


def _body_of(layout: Layout, within: frozenset[str], end: int) -> int:
    """Take "Government" of "minister of Libya's Government", "junta" of "head of Guinea's junta"."""
    possessive = layout.is_possessive(end)
    k = end + possessive
    while layout.word(k) in within or (
        layout.word(k) in ("and", "of", "for", "&") and layout.word(k + 1) in within
    ):
        k += 1
    if (
        possessive
        and k == end + 1
        and k < len(layout)
        and layout.texts[k].islower()
        and layout.texts[k].isalpha()
    ):
        return k + 1
    return k


def _posted(layout: Layout, phrase: RolePhrase, place: PlaceSpan, k: int) -> int:
    """Take the posting of "ambassador to Chad" and "envoy for Syria", which is nobody's own state."""
    word = layout.word(k)
    if word == "in" and not phrase.phrase.startswith(("ambassador", "charg")):
        return k
    if word == "on" or (word in ("to", "in", "at") and phrase.office != "envoy"):
        return k
    phrase.postings = (*phrase.postings, place.code)
    return place.end


def _more_states(layout: Layout, phrase: RolePhrase, place: PlaceSpan) -> int:
    """Take "B and C" of "presidents of A, B and C"."""
    end = place.end
    while layout.word(end) in (",", "and", "&"):
        k = end + 1
        k += layout.word(k) in ("and", "&")
        k += layout.word(k) == "the"
        following = layout.place_at.get(k)
        if following is None or following.form not in _ENUMERABLE:
            break
        phrase.codes = (*phrase.codes, following.code)
        end = following.end
    return end


def _more_portfolio(layout: Layout, words: Words, k: int) -> int:
    """Take "and International Cooperation" after "Minister of Foreign Affairs"."""
    end = k + 1
    while layout.word(end) in words.portfolio and end not in layout.place_at and end not in layout.office_at:
        end += 1
    return end if end > k + 1 and layout.is_capitalised(k + 1) else k


def _portfolio(layout: Layout, words: Words, k: int, start: int) -> int:
    """Take a portfolio of several words, up to where a name begins."""
    end = start
    while end < len(layout):
        word = layout.word(end)
        takes = word in words.portfolio or (
            end > start
            and (
                (word in _GLUE and layout.word(end - 1) != "of" and _glues(layout, words, end))
                or (layout.is_possessive(end) and layout.word(end - 1) in words.portfolio)
            )
        )
        if not takes:
            break
        end += 1
    while end > start and layout.word(end - 1) in _GLUE:
        end -= 1
    return end if end > start else k


def _glues(layout: Layout, words: Words, k: int) -> bool:
    following = layout.word(k + 1)
    if layout.word(k) == "in" or (layout.word(k) == "of" and following not in words.portfolio):
        return False
    if following in ("and", "the", "for", "&") and layout.word(k) != following:
        following = layout.word(k + 2)
    return following in words.portfolio and (k + 1) not in layout.place_at
