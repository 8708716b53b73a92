"""Kafka's jars: resolved by jgo, locked by SHA-256 in kafka.lock, kept in the user's cache.

`python -m streams.broker lock` resolves them anew and writes the lock; everything else only fetches what
the lock names and refuses any other bytes.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from streams.broker.errors import DownloadError

if TYPE_CHECKING:
    from jgo.maven import MavenContext

log = logging.getLogger(__name__)

KAFKA_VERSION = "4.4.0"
# Kafka logs through slf4j and brings no backend: without one a failed start says nothing.
ROOTS = (f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}", "org.slf4j:slf4j-simple:1.7.36")
LOCK = Path(__file__).with_name("kafka.lock")
ALTERNATIVES = (
    "Set KAFKA_BOOTSTRAP_SERVERS to a broker that runs already, or start one with Docker "
    "(`docker compose up kafka`)"
)


@dataclass(frozen=True, slots=True)
class Jar:
    """One locked jar: its coordinate group:artifact:version and the SHA-256 of its bytes."""

    coordinate: str
    sha256: str

    @property
    def filename(self) -> str:
        """Name of the file in the cache."""
        group, artifact, version = self.coordinate.split(":")
        return f"{group}-{artifact}-{version}.jar"


def cache_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the jars are kept between runs."""
    base = environ.get("XDG_CACHE_HOME", "")
    # The XDG specification says that relative paths are to be ignored.
    root = Path(base) if Path(base).is_absolute() else Path.home() / ".cache"
    return root / "contactwire" / "jars"


def read_lock(lock: Path = LOCK) -> list[Jar]:
    """Read the jars that the lock names, in the order of the classpath."""
    lines = (line.split("#")[0].split() for line in lock.read_text("utf-8").splitlines())
    return [Jar(coordinate, digest) for coordinate, digest in filter(None, lines)]


def write_lock(lock: Path = LOCK) -> list[Jar]:
    """Resolve Kafka's dependencies with jgo and write the lock."""
    with tempfile.TemporaryDirectory() as repository:
        context = _maven(Path(repository))
        inputs, transitive = context.resolver.resolve([context.create_dependency(root) for root in ROOTS])
        coordinates = sorted({f"{d.groupId}:{d.artifactId}:{d.version}" for d in [*inputs, *transitive]})
        jars = [Jar(name, _sha256(_download(context, name))) for name in coordinates]
    header = "# Written by `python -m streams.broker lock`: coordinate and SHA-256 of each jar.\n"
    lock.write_text(header + "".join(f"{jar.coordinate} {jar.sha256}\n" for jar in jars), "utf-8")
    return jars


def fetch(jars: Iterable[Jar], cache: Path) -> list[Path]:
    """Give the jars' paths, downloading what the cache lacks; raises DownloadError."""
    wanted = {cache / jar.filename: jar for jar in jars}
    missing = {path: jar for path, jar in wanted.items() if not _is_intact(path, jar)}
    if missing:
        log.info("fetching Apache Kafka %s, once: %d jars into %s", KAFKA_VERSION, len(missing), cache)
        try:
            _fetch_missing(missing, cache)
        except OSError as error:
            raise DownloadError(f"cannot keep Kafka's jars in {cache}: {error}. {ALTERNATIVES}") from error
    return list(wanted)


def _fetch_missing(missing: Mapping[Path, Jar], cache: Path) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    # Each process downloads beside the cache and moves whole, verified files into it: others may do the same.
    with tempfile.TemporaryDirectory(dir=cache, prefix=".fetch-") as repository:
        context = _maven(Path(repository))
        with ThreadPoolExecutor(4) as pool:
            downloads = pool.map(lambda jar: _download(context, jar.coordinate), missing.values())
            for (path, jar), download in zip(missing.items(), downloads, strict=True):
                found = _sha256(download)
                if found != jar.sha256:
                    raise DownloadError(
                        f"{jar.coordinate} is not the locked jar: SHA-256 {found} instead of {jar.sha256}. "
                        f"It was not used. {ALTERNATIVES}"
                    )
                download.replace(path)


def _maven(repository: Path) -> MavenContext:
    from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415 -- only a first start needs jgo

    return MavenContext(resolver=PythonResolver(), repo_cache=repository, local_repos=[], timeout=30)


def _download(context: MavenContext, coordinate: str) -> Path:
    """Fetch one jar, trying again when the network fails; raises DownloadError."""
    for pause in (1, 3, None):
        artifact = context.create_dependency(coordinate).artifact
        try:
            return Path(artifact.resolve())
        # jgo raises RuntimeError for what no repository has, and requests' errors, which are OSErrors.
        except (RuntimeError, OSError) as error:
            if artifact.cached_path:  # jgo would take a broken download for a whole one
                artifact.cached_path.unlink(missing_ok=True)
            failure = error
        if pause is not None:
            time.sleep(pause)
    raise DownloadError(
        f"cannot download {coordinate} for the embedded Kafka: {failure}. {ALTERNATIVES}"
    ) from failure


def _is_intact(path: Path, jar: Jar) -> bool:
    return path.is_file() and _sha256(path) == jar.sha256


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
