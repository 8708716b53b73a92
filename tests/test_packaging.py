from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PATTERNS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"][
    "package-data"
]


@pytest.mark.parametrize("package", ["schemas", "streams"])
def test_every_data_file_is_packaged(package: str) -> None:
    """What the code reads beside itself is in the wheel, whatever its suffix."""
    folder = ROOT / package
    there = {p for p in folder.rglob("*") if p.is_file() and p.suffix not in {".py", ".pyc"}}
    packaged = {path for pattern in PATTERNS[package] for path in folder.glob(pattern)}
    assert there
    assert there <= packaged
