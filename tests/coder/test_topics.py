from typing import get_args

import pytest

from schemas.base import Topic
from streams.coder.topics import lexicon, scores, topics, weights
from tests.coder.contents import claim, parties, read, told


def about(text: str) -> list[Topic]:
    doc = read(f"President Lima met King Amund. {text}")
    known = parties(doc, ("CHL", "Ana Lima", "Lima"), ("NOR", "Amund", "Amund"))
    made = claim(doc, "President Lima met King Amund", known, kind="meeting")
    return topics(doc, told(doc, made), "meeting", "held")


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("They discussed the ceasefire and the fighting along the front line of the war.", "conflict"),
        ("They discussed oil, gas and a new pipeline.", "energy"),
        ("They discussed trade, tariffs and investment by companies of both countries.", "economy"),
        ("They discussed vaccines against the pandemic and hospitals.", "health"),
        ("They discussed climate change and carbon emissions.", "environment"),
        ("They spoke of defence, missiles and joint military drills.", "security"),
        ("They spoke of bilateral relations and friendship between the two countries.", "bilateral"),
    ],
)
def test_a_topic_is_told_by_its_words(text: str, topic: Topic) -> None:
    """Plain talk of one subject gives that topic."""
    assert topic in about(text)


def test_there_is_always_a_topic_and_never_one_outside_the_list() -> None:
    """Even a bare meeting is about something of the closed list."""
    found = about("")
    assert found
    assert set(found) <= set(get_args(Topic))


def test_lexicon_and_weights_cover_the_closed_list() -> None:
    """Every topic has words and a model."""
    assert set(lexicon()) == set(get_args(Topic)) == set(weights().bias) == set(weights().threshold)


def test_probabilities_are_probabilities() -> None:
    """Scores stay between 0 and 1."""
    assert all(0 <= score <= 1 for score in scores({"said energy": 3.0, "no such feature": 9.0}).values())
