from __future__ import annotations

import socket

from streams.broker.ports import HOST, answers_metadata, free_port


def test_silence_is_no_answer() -> None:
    """A port that accepts connections is not yet a broker."""
    with socket.create_server((HOST, 0)) as mute:
        assert not answers_metadata(mute.getsockname()[1], timeout=1)
    assert not answers_metadata(free_port(), timeout=1)
