"""What is published of an article and of a contact."""

from __future__ import annotations

import pytest

from streams.inbox import RefusedError
from streams.outbox import require_room


def test_what_no_record_can_hold_is_refused_before_it_is_sent() -> None:
    """The broker would refuse it, the worker end, and the next one end at the same record."""
    fits = (b"KAZ-QAT", b"x" * 10, [])
    require_room([fits, fits], 10, "this")
    require_room([], 10, "nothing")
    require_room([(b"KAZ|2026-03-01T14", None, [])], 10, "a tombstone")
    with pytest.raises(RefusedError, match="this takes 10 bytes, where a record holds 9") as refused:
        require_room([(b"KAZ-QAT", b"x", []), fits], 9, "this")
    assert refused.value.reason == "oversize"
