"""Office phrases in full: "the former Deputy Minister of Foreign Affairs of Qatar", with state and posting.

An office is found by its words and widened to both sides: modifiers, portfolio and state before it, portfolio,
state and posting after it.
"""

from __future__ import annotations

from dataclasses import dataclass

from streams.coder.layout import Layout, OfficeSpan, PlaceSpan
from streams.coder.lexicon import Words, words

_MAX_LEFT = 10
_MAX_RIGHT = 18
_DETERMINERS = frozenset(("the", "a", "an", "this", "that", "both", "two", "three", "four", "five", "all", "each", "these", "any", "no", "another"))
_DEFINITE = frozenset(("the", "this", "that"))
_OWNERS = frozenset(("his", "her", "their", "its", "our", "my", "your"))
_POSTED = frozenset(("envoy",))
_OF_STATE_FORMS = frozenset(("state", "organisation", "capital", "seat", "city"))
_ADJECTIVAL = frozenset(("demonym", "state", "organisation", "capital", "seat"))
_GLUE = frozenset(("and", "&", ",", "the", "for", "of", "-", "–", "/", "'s", "on", "in"))
_WITHIN = frozenset(("government", "council", "cabinet", "state", "parliament", "presidency", "command"))


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
    owner_end: int | None = None  # token after a genitive that is no place: "Putin's" spokesman
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


class RoleFinder:
    """Widens the office words of a text to whole phrases."""

    def __init__(self, lexicon: Words | None = None) -> None:
        self._words = lexicon or words()

    def find(self, layout: Layout) -> list[RolePhrase]:
        """Every office phrase, in order; phrases of one title ("Prime Minister and Foreign Minister") joined."""
        phrases: list[RolePhrase] = []
        for office in layout.offices:
            if phrases and office.start < phrases[-1].end:
                continue
            floor = phrases[-1].end if phrases else 0
            if phrases and phrases[-1].end == office.start and phrases[-1].office in ("state", "institution", "envoy", "minister", "parliament") and office.office in ("delegation", "group", "spokesperson", "official"):
                floor = phrases.pop().start
            phrase = self._phrase(layout, office, floor)
            if phrases and not phrase.codes and phrase.owner_end == phrases[-1].end:
                phrase.codes = phrases[-1].codes
            if phrases and self._is_second_title(layout, phrases[-1], phrase):
                self._join(phrases[-1], phrase)
            else:
                phrases.append(phrase)
        return phrases

    def _phrase(self, layout: Layout, office: OfficeSpan, floor: int) -> RolePhrase:
        phrase = RolePhrase(office.start, office.end, office.end - 1, office.office, office.phrase, office.plural, office.start)
        phrase.head = _head(layout, office)
        self._widen_left(layout, phrase, floor)
        self._widen_right(layout, phrase)
        return phrase

    def _widen_left(self, layout: Layout, phrase: RolePhrase, floor: int) -> None:
        k = phrase.start
        limit = max(floor, k - _MAX_LEFT)
        found: PlaceSpan | None = None
        while k > limit:
            word = layout.word(k - 1)
            place = layout.place_at.get(k - 1)
            if place is not None:
                if found is not None or place.form not in _ADJECTIVAL or place.start < floor:
                    break
                found = place
                k = self._coordinated_left(layout, phrase, place.start, floor)
            elif word == ")" and found is None and (named := _glossed(layout, k)) is not None and named.start >= floor:
                found, k = named, named.start
            elif layout.is_possessive(k - 1) and found is None:
                owner = layout.place_at.get(k - 2)
                if owner is None or owner.start < floor:
                    phrase.owner_end = k - 1
                    break
                if owner.form == "demonym":
                    break
                found, k = owner, owner.start
                phrase.determiner = "the"
            elif word in self._words.former or word == "ex":
                phrase.former, k = True, k - 1
            elif word in self._words.modifiers or (found is None and self._is_collective_part(layout, phrase, k - 1)):
                k -= 1
            elif word in self._words.portfolio and self._takes_portfolio(phrase) and (layout.is_capitalised(k - 1) <= layout.is_capitalised(phrase.head) or layout.in_title(k)):
                k -= 1
            elif word in ("and", "&", ",", "-", "–", "/") and self._joins_portfolio(layout, k, phrase, found):
                k -= 1
            elif word == "then" or word == "then-":
                k -= 1
            else:
                break
        phrase.start = k
        if found is not None:
            phrase.codes = (*phrase.codes, found.code)
        self._trim_left(layout, phrase)
        before = layout.word(phrase.start - 1)
        if before in _DETERMINERS and phrase.start - 1 >= floor:
            phrase.determiner = before
        elif before in _OWNERS:
            phrase.owner = before
        if layout.word(phrase.start - 1) in self._words.former or layout.word(phrase.start - 2) == "ex":
            phrase.former = True

    def _is_collective_part(self, layout: Layout, phrase: RolePhrase, k: int) -> bool:
        """Whether the word before belongs to a body: "government" of "government delegation"."""
        office = layout.office_at.get(k)
        return phrase.office in ("delegation", "group", "spokesperson", "official") and office is not None and office.office in ("state", "institution", "state", "parliament", "envoy", "minister")

    def _coordinated_left(self, layout: Layout, phrase: RolePhrase, k: int, floor: int) -> int:
        """Take "Russian and" of "Russian and Chinese presidents"."""
        if not phrase.plural:
            return k
        while k - 2 >= floor and layout.word(k - 1) in ("and", ",", "&", "-", "–"):
            place = layout.place_at.get(k - 2)
            if place is None or place.form not in _ADJECTIVAL:
                break
            phrase.codes = (place.code, *phrase.codes)
            k = place.start
        return k

    def _takes_portfolio(self, phrase: RolePhrase) -> bool:
        return phrase.office not in ("group", "state", "heir", "royal")

    def _joins_portfolio(self, layout: Layout, k: int, phrase: RolePhrase, found: PlaceSpan | None) -> bool:
        if found is not None or not self._takes_portfolio(phrase):
            return False
        if layout.is_capitalised(k - 2) != layout.is_capitalised(phrase.head):
            return False
        before, after = layout.word(k - 2), layout.word(k)
        known = self._words.portfolio | self._words.modifiers
        return before in known and after in known

    def _trim_left(self, layout: Layout, phrase: RolePhrase) -> None:
        while phrase.start < phrase.head and layout.word(phrase.start) in ("and", "&", ",", "-", "–", "in", "at", "de", "some", "other"):
            phrase.start += 1

    def _widen_right(self, layout: Layout, phrase: RolePhrase) -> None:
        k = phrase.end
        if layout.word(k) in ("-", "–") and layout.word(k + 1) in self._words.elect:
            phrase.elect, k = True, k + 2
        elif layout.word(k) in self._words.elect:
            phrase.elect, k = True, k + 1
        limit = min(len(layout), k + _MAX_RIGHT)
        while k < limit:
            step = self._right_step(layout, phrase, k)
            if step == k:
                break
            k = step
        phrase.end = k

    def _right_step(self, layout: Layout, phrase: RolePhrase, k: int) -> int:
        word = layout.word(k)
        if word in ("of", "from") or (word in ("to", "in", "at") and phrase.office in _POSTED) or word == "for":
            return self._after_preposition(layout, phrase, k)
        if word in ("and", "&", ",") and phrase.office in ("foreign", "minister", "defence", "deputy", "institution") and not phrase.codes:
            return self._more_portfolio(layout, k)
        if word == "(" and layout.place_at.get(k + 1) is not None and layout.word(layout.place_at[k + 1].end) == ")":
            place = layout.place_at[k + 1]
            if phrase.codes == (place.code,):
                return place.end + 1
        return k

    def _more_portfolio(self, layout: Layout, k: int) -> int:
        """Take "and International Cooperation" after "Minister of Foreign Affairs"."""
        end = k + 1
        while layout.word(end) in self._words.portfolio and end not in layout.place_at and end not in layout.office_at:
            end += 1
        return end if end > k + 1 and layout.is_capitalised(k + 1) else k

    def _after_preposition(self, layout: Layout, phrase: RolePhrase, k: int) -> int:
        word = layout.word(k)
        start = k + 1 + (layout.word(k + 1) in ("the", "its", "their"))
        place = layout.place_at.get(start)
        if place is not None and place.start == start:
            return self._of_place(layout, phrase, word, place, k)
        if place is None and word in ("of", "for", "from", "to"):
            return self._portfolio_right(layout, phrase, k, start)
        return k

    def _of_place(self, layout: Layout, phrase: RolePhrase, word: str, place: PlaceSpan, k: int) -> int:
        if place.form == "demonym" and layout.word(place.end) not in self._words.portfolio | _WITHIN:
            return k
        if word in ("of", "from"):
            if not phrase.codes or phrase.codes == (place.code,):
                phrase.codes = (place.code,)
                end = self._more_states(layout, phrase, place) if phrase.plural else place.end
                return self._within(layout, place, end)
            return k
        if phrase.office in _POSTED and word in ("to", "in", "at", "for"):
            if word == "in" and phrase.phrase != "ambassador" and not phrase.phrase.startswith("charg"):
                return k
            phrase.postings = (*phrase.postings, place.code)
            return place.end
        if word == "for":
            phrase.postings = (*phrase.postings, place.code)
            return place.end
        return k

    def _within(self, layout: Layout, place: PlaceSpan, end: int) -> int:
        """Take "Government" of "minister of Libya's Government", "junta" of "head of Guinea's junta"."""
        if place.form != "demonym" and not layout.is_possessive(end):
            return end
        possessive = layout.is_possessive(end)
        k = end + possessive
        while layout.word(k) in self._words.portfolio | _WITHIN or (layout.word(k) in ("and", "of", "for", "&") and layout.word(k + 1) in self._words.portfolio | _WITHIN):
            k += 1
        if possessive and k == end + 1 and k < len(layout) and layout.texts[k].islower() and layout.texts[k].isalpha():
            k += 1
        return k

    def _more_states(self, layout: Layout, phrase: RolePhrase, place: PlaceSpan) -> int:
        end = place.end
        while layout.word(end) in (",", "and", "&"):
            k = end + 1
            k += layout.word(k) in ("and", "&")
            k += layout.word(k) == "the"
            following = layout.place_at.get(k)
            if following is None or following.form not in _OF_STATE_FORMS:
                break
            phrase.codes = (*phrase.codes, following.code)
            end = following.end
        return end

    def _portfolio_right(self, layout: Layout, phrase: RolePhrase, k: int, start: int) -> int:
        end = start
        while end < len(layout):
            word = layout.word(end)
            if word in self._words.portfolio:
                end += 1
            elif word in _GLUE and end > start and layout.word(end - 1) != "of" and self._glues(layout, end):
                end += 1
            elif layout.is_possessive(end) and layout.word(end - 1) in self._words.portfolio:
                end += 1
            else:
                break
        while end > start and layout.word(end - 1) in _GLUE:
            end -= 1
        return end if end > start else k

    def _glues(self, layout: Layout, k: int) -> bool:
        following = layout.word(k + 1)
        if layout.word(k) in ("of", "in") and (following not in self._words.portfolio or layout.word(k) == "in"):
            return False
        if following in ("and", "the", "for", "&") and layout.word(k) != following:
            following = layout.word(k + 2)
        return following in self._words.portfolio and (k + 1) not in layout.place_at

    def _is_second_title(self, layout: Layout, first: RolePhrase, second: RolePhrase) -> bool:
        """Whether two phrases are one person's titles: "Prime Minister and Minister of Foreign Affairs"."""
        between = [layout.word(i) for i in range(first.end, second.start)]
        if between not in (["and"], [","], ["&"], [], [",", "and"]) or first.plural or second.plural:
            return False
        if first.office in ("group", "state", "institution", "delegation", "side") or second.office in ("group", "state", "institution", "delegation", "side"):
            return False
        if first.codes and second.codes and first.codes != second.codes:
            return False
        if between == [","]:
            return bool(first.codes) and not second.codes and layout.is_capitalised(second.start) and layout.is_capitalised(second.end)
        if between == [] :
            return True
        return first.office in ("government", "deputy", "head", "heir", "minister") and second.office in ("foreign", "minister", "defence", "government", "head", "secretary") and not (second.codes and not first.codes and between == ["and"] and layout.place_at.get(second.start) is not None)

    def _join(self, first: RolePhrase, second: RolePhrase) -> None:
        first.end = second.end
        first.codes = first.codes or second.codes
        first.postings += second.postings
        first.former |= second.former


def _glossed(layout: Layout, k: int) -> PlaceSpan | None:
    """The state in "United Arab Emirates (UAE) President", with its abbreviation."""
    short = layout.place_at.get(k - 2)
    if short is None or layout.word(short.start - 1) != "(":
        return None
    full = layout.place_at.get(short.start - 2)
    return full if full is not None and full.code == short.code else None


def _head(layout: Layout, office: OfficeSpan) -> int:
    for i in range(office.start, office.end):
        if layout.word(i) in ("of", "for", "to"):
            return max(office.start, i - 1)
    return office.end - 1
