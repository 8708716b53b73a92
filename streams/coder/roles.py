"""Office phrases in full, with state and posting: "the former Deputy Minister of Trade of Qatar"."""

from __future__ import annotations

from streams.coder.layout import Layout, OfficeSpan
from streams.coder.lexicon import Words, words
from streams.coder.role_edges import widen_left, widen_right
from streams.coder.role_phrase import RolePhrase

__all__ = ["RoleFinder", "RolePhrase"]

_BODIES = frozenset(("state", "institution", "envoy", "minister", "parliament"))
_OF_BODIES = frozenset(("delegation", "group", "spokesperson", "official"))
_COLLECTIVE = frozenset(("group", "state", "institution", "delegation", "side"))
_FIRST_TITLES = frozenset(("government", "deputy", "head", "heir", "minister"))
_SECOND_TITLES = frozenset(("foreign", "minister", "defence", "government", "head", "secretary"))


class RoleFinder:
    """Widens the office words of a text to whole phrases."""

    def __init__(self, lexicon: Words | None = None) -> None:
        self._words = lexicon or words()

    def find(self, layout: Layout) -> list[RolePhrase]:
        """Every office phrase, in order; one person's two titles in a row are one phrase."""
        phrases: list[RolePhrase] = []
        for office in layout.offices:
            last = phrases[-1] if phrases else None
            if last is not None and office.start < last.end:
                continue
            floor = last.end if last is not None else 0
            if last is not None and _is_body_of(last, office):
                floor = phrases.pop().start
                last = phrases[-1] if phrases else None
            phrase = self._phrase(layout, office, floor)
            if last is not None and not phrase.codes and phrase.owner_end == last.end:
                phrase.codes = last.codes
            if last is not None and _is_second_title(layout, last, phrase):
                _join(last, phrase)
            else:
                phrases.append(phrase)
        return phrases

    def _phrase(self, layout: Layout, office: OfficeSpan, floor: int) -> RolePhrase:
        phrase = RolePhrase(
            start=office.start,
            end=office.end,
            head=_head(layout, office),
            office=office.office,
            phrase=office.phrase,
            plural=office.plural,
            core=office.start,
        )
        widen_left(layout, self._words, phrase, floor)
        widen_right(layout, self._words, phrase)
        return phrase


def _is_body_of(last: RolePhrase, office: OfficeSpan) -> bool:
    """Whether a phrase is the body in "government delegation", "foreign ministry spokesman"."""
    return last.end == office.start and last.office in _BODIES and office.office in _OF_BODIES


def _is_second_title(layout: Layout, first: RolePhrase, second: RolePhrase) -> bool:
    """Whether two phrases are one person's titles: "Prime Minister and Minister of Foreign Affairs"."""
    between = [layout.word(i) for i in range(first.end, second.start)]
    if first.plural or second.plural or {first.office, second.office} & _COLLECTIVE:
        return False
    if first.codes and second.codes and first.codes != second.codes:
        return False
    if between == [","]:
        named = layout.is_capitalised(second.start) and layout.is_capitalised(second.end)
        return bool(first.codes) and not second.codes and named
    if between in (["and"], ["&"], [",", "and"]):
        own_state = bool(second.codes) and not first.codes and layout.place_at.get(second.start) is not None
        return first.office in _FIRST_TITLES and second.office in _SECOND_TITLES and not own_state
    return between == []


def _join(first: RolePhrase, second: RolePhrase) -> None:
    first.end = second.end
    first.codes = first.codes or second.codes
    first.postings += second.postings
    first.former |= second.former


def _head(layout: Layout, office: OfficeSpan) -> int:
    for i in range(office.start, office.end):
        if layout.word(i) in ("of", "for", "to"):
            return max(office.start, i - 1)
    return office.end - 1
