from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.coder.text import compose, foreign_language


def test_headline_and_body_are_one_text() -> None:
    """The headline stands before the body, two line breaks between them."""
    source = compose("Talks in Oslo", "They met.")
    assert source.text == "Talks in Oslo\n\nThey met."
    assert source.text[source.body_start :] == "They met."


def test_without_a_headline_the_body_stands_alone() -> None:
    """No headline leaves no blank lines."""
    assert compose(None, "They met.").text == "They met."


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("<p>They <b>met</b>.</p>", "\nThey met.\n"),
        ("S&amp;P said &quot;no&quot;", 'S&P said "no"'),
        ("Trumpâ€™s cafÃ©", "Trump’s café"),
        ("Pu\u200btin\u00ad met", "Putin met"),
        ("a\u00a0b\r\nc", "a b\nc"),
        ("<script>var x = 1;</script>Ok<!-- no -->", "Ok"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
        ("naïve “Élysée” Ğ", "naïve “Élysée” Ğ"),
    ],
)
def test_noise_is_taken_out(raw: str, clean: str) -> None:
    """Markup, entities, invisible characters and wrongly decoded bytes go; everything else stays."""
    assert compose(None, raw).text == clean


def test_positions_lead_back_to_the_article() -> None:
    """A stretch of the text is found again in the article's own field."""
    title, body = "Call &amp; visit", "<p>The em\u200bir called.</p>"
    source = compose(title, body)
    start = source.text.index("emir")
    field, first, last = source.origin(start, start + 4)
    assert (field, body[first:last]) == ("text", "em\u200bir")
    start = source.text.index("visit")
    field, first, last = source.origin(start, start + 5)
    assert (field, title[first:last]) == ("title", "visit")


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=200))
def test_every_character_has_an_origin(title: str, body: str) -> None:
    """Positions rise with the text and stay within their field."""
    source = compose(title, body)
    fields = {"title": title, "text": body}
    for position in range(source.body_start, len(source.text)):
        field, first, last = source.origin(position, position + 1)
        assert field == "text"
        assert 0 <= first < last <= len(fields[field]) + 1


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "The two ministers met on Monday and spoke of trade, and they agreed to meet again soon.",
            None,
        ),
        ("THE TWO MINISTERS MET ON MONDAY AND SPOKE OF TRADE AND THEY AGREED TO MEET AGAIN", None),
        ("Les deux ministres se sont rencontrés lundi et ont parlé du commerce entre les deux pays.", "fr"),
        (
            "Die beiden Minister trafen sich am Montag und sprachen über den Handel zwischen den Ländern.",
            "de",
        ),
        ("Министры встретились в понедельник и обсудили торговлю.", "ru"),
        ("Putin meets Xi", None),
        ("", None),
    ],
)
def test_language(text: str, language: str | None) -> None:
    """Other languages are told, English and what is too short are let through."""
    assert foreign_language(text) == language
