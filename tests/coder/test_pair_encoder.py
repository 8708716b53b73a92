"""The pair encoder reads a sentence by itself, knows whose mentions are whose, and always says the same."""

from __future__ import annotations

import numpy as np
import pytest
from spacy.tokens import Doc

from streams.coder.pair_encoder import (
    BOTH,
    KINDS,
    LABELS,
    ONE,
    OTHER,
    Marked,
    Opinions,
    as_features,
    read,
    shipped_pair_encoder,
)
from streams.coder.pieces import shipped_tokenizer
from streams.coder.records import Candidate, Cue, Mention, Parties
from streams.coder.telling import sentences
from tests.coder.marked import found

MET = "Chile met Jordan in Amman on Monday."
PHONED = "Chile spoke with Jordan by telephone on Monday, while Kenya hosted a trade fair."


def mention_of(doc: Doc, parties: Parties, words: str) -> Mention:
    """The mention that has these words."""
    return next(m for m in parties.mentions if doc[m.start : m.end].text == words)


def candidate(doc: Doc, parties: Parties, one: str, other: str, kind: str = "meeting") -> Candidate:
    """A candidate between the parties named so."""
    a, b = mention_of(doc, parties, one), mention_of(doc, parties, other)
    number = next(k for k, (first, last) in enumerate(sentences(doc)) if first <= a.start < last)
    cue = Cue(a.end, a.end + 1, a.end, "test")
    return Candidate(kind, "held", "mutual", a.entities[0], b.entities[0], a, b, cue, number)  # type: ignore[arg-type]


def item_of(text: str, one: str, other: str) -> Marked:
    """The encoder's input for one pair."""
    doc, parties = found(text)
    (item,) = read(shipped_tokenizer(), doc, parties, [candidate(doc, parties, one, other)]).values()
    return item


def opinions(doc: Doc, parties: Parties, *candidates: Candidate) -> Opinions:
    """What the shipped encoder says."""
    return shipped_pair_encoder().opinions(read(shipped_tokenizer(), doc, parties, candidates))


def pieces(item: Marked, side: int) -> list[str]:
    """Words that are marked as a side's."""
    token = shipped_tokenizer().id_to_token
    return [token(int(k)) for k, mark in zip(item.ids[0], item.sides[0], strict=True) if mark == side]


def test_sides_are_marked_in_the_order_of_the_text() -> None:
    """The first side is the one that stands first, whatever its code."""
    item = item_of("Jordan met Chile in Santiago on Monday.", "Chile", "Jordan")
    assert item.pairs == (("CHL", "JOR"),)
    assert item.firsts == ("JOR",)
    assert pieces(item, ONE) == ["jordan"]
    assert pieces(item, OTHER)[0] == "chile"
    assert not pieces(item, BOTH)


def test_what_precedes_a_short_sentence_is_read_with_it() -> None:
    """The mentions there are told from those of the sentence."""
    alone = item_of(MET, "Chile", "Jordan")
    item = item_of(f"Kenya was absent. {MET}", "Chile", "Jordan")
    assert item.ids.shape[1] > alone.ids.shape[1]
    assert set(item.mentions[0]) > set(alone.mentions[0]) - {0}


def test_another_sentence_changes_no_opinion_of_a_long_one() -> None:
    """A sentence is run by itself."""
    more = "that was, by all accounts, the largest that the east of the continent had ever seen, with many"
    long = f"{PHONED[:-1]} {more} guests and as many tents."
    doc, parties = found(long)
    alone = opinions(doc, parties, candidate(doc, parties, "Chile", "Jordan", "call"))
    doc, parties = found(f"{long} {MET}")
    both = opinions(doc, parties, candidate(doc, parties, "Chile", "Jordan", "call"))
    assert alone == both


def test_it_says_the_same_each_time() -> None:
    """One thread, one sentence a run: no sum changes its order."""
    item = item_of(PHONED, "Chile", "Jordan")
    encoder = shipped_pair_encoder()
    first = encoder.logits(item)
    assert all(np.array_equal(first, encoder.logits(item)) for _ in range(3))


def test_a_pair_is_read_alike_beside_others() -> None:
    """What else is asked of a sentence changes an opinion by no more than rounding to eight bits may."""
    doc, parties = found(PHONED)
    own = candidate(doc, parties, "Chile", "Jordan", "call")
    other = candidate(doc, parties, "Chile", "Kenya", "call")
    alone = opinions(doc, parties, own)
    beside = opinions(doc, parties, own, other)
    place = own.sentence, ("CHL", "JOR")
    assert beside[place][1] == pytest.approx(alone[place][1], abs=0.5)


def test_it_knows_a_call_from_a_meeting_and_who_took_part() -> None:
    """Sentences of a kind that any wire prints."""
    doc, parties = found(PHONED)
    said = opinions(
        doc, parties, candidate(doc, parties, "Chile", "Jordan"), candidate(doc, parties, "Chile", "Kenya")
    )
    phoned = dict(zip(LABELS, said[0, ("CHL", "JOR")][1], strict=True))
    absent = dict(zip(LABELS, said[0, ("CHL", "KEN")][1], strict=True))
    assert max(KINDS, key=phoned.__getitem__) == "call"
    assert phoned["call"] > absent["call"] + 1


def test_features_tell_the_kind_apart() -> None:
    """A candidate's own kind, its rivals, and the best telling of the pair."""
    doc, parties = found(PHONED)
    phoned = candidate(doc, parties, "Chile", "Jordan", "call")
    wrote = candidate(doc, parties, "Chile", "Jordan", "message")
    call, message = shipped_pair_encoder().features(doc, parties, [phoned, wrote])
    assert call["enc:own"] > message["enc:own"]
    assert call["enc:any"] == message["enc:any"] == message["enc:rival"] == call["enc:own"]
    assert call["enc:told"] == call["enc:own"]


def test_without_an_opinion_nothing_is_made_up() -> None:
    """A pair of a list that is too long to be read."""
    doc, parties = found(MET)
    assert as_features(parties, [candidate(doc, parties, "Chile", "Jordan")], {}) == [{"enc:none": 1.0}]
