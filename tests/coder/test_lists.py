"""Enumerations of parties."""

from __future__ import annotations

import pytest

from streams.coder.lists import enumerated
from tests.coder.marked import found


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("She met President Ana Lim of Chile, King Omar of Jordan and Premier Jan Bos of Belgium.", 2),
        ("She flew to Chile and Peru.", 1),
        # two with a comma alone may be anything
        ("In Chile, Peru was praised.", 0),
        # a verb between them ends the list
        ("She met President Ana Lim of Chile and thanked King Omar of Jordan.", 0),
    ],
)
def test_what_goes_on_a_list(text: str, members: int) -> None:
    """All but the first member go on the list, and lead back to it."""
    doc, parties = found(text)
    inside = [mention for mention in parties.mentions if mention.form != "pronoun"]
    listed = enumerated(doc, parties, inside)
    assert len(listed) == members
    assert all(first.start < member.start for member, first in listed.items())
