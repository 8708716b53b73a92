from __future__ import annotations

from pathlib import Path

from streams.broker.home import PROPERTIES, write_properties


def test_properties_can_be_replaced(tmp_path: Path) -> None:
    """A proxy can stand before the broker."""
    write_properties(tmp_path, 20_001, {"advertised.listeners": "PLAINTEXT://127.0.0.1:20002"})
    lines = (tmp_path / PROPERTIES).read_text().splitlines()
    assert "advertised.listeners=PLAINTEXT://127.0.0.1:20002" in lines
    assert len(lines) == len({line.split("=")[0] for line in lines})
