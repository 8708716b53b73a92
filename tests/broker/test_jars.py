from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from streams.broker import DownloadError, jars
from streams.broker.ports import HOST, free_port

CONTENT = b"the very bytes"
JAR = jars.Jar("org.example:thing:1.0", hashlib.sha256(CONTENT).hexdigest())


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://{HOST}:{free_port()}")
    for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(jars.time, "sleep", lambda _: None)


def downloading(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes) -> None:
    """Have the repository serve this content."""
    served = tmp_path / "served"
    served.write_bytes(content)
    monkeypatch.setattr(jars, "_download", lambda *_: served)


def test_the_lock_names_every_jar_once_with_its_digest() -> None:
    """The roots are in it, in the wanted versions."""
    locked = jars.read_lock()
    assert set(jars.ROOTS) <= {jar.coordinate for jar in locked}
    assert len({jar.filename for jar in locked}) == len(locked)
    assert all(len(bytes.fromhex(jar.sha256)) == 32 for jar in locked)


@pytest.mark.parametrize(
    ("environ", "parent"),
    [
        ({"XDG_CACHE_HOME": "/var/cache/me"}, "/var/cache/me"),
        ({"XDG_CACHE_HOME": "not/absolute"}, "~/.cache"),
        ({}, "~/.cache"),
    ],
)
def test_the_cache_is_the_users(environ: dict[str, str], parent: str) -> None:
    """As the XDG base directory specification has it."""
    assert jars.cache_dir(environ) == Path(parent).expanduser() / "contactwire" / "jars"


@pytest.mark.usefixtures("offline")
def test_offline_says_what_else_would_do(tmp_path: Path) -> None:
    """The message names the jar and both alternatives."""
    with pytest.raises(DownloadError) as raised:
        jars.fetch([JAR], tmp_path / "cache")
    message = str(raised.value)
    assert JAR.coordinate in message
    assert "KAFKA_BOOTSTRAP_SERVERS" in message
    assert "Docker" in message
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.usefixtures("offline")
def test_what_is_cached_needs_no_network(tmp_path: Path) -> None:
    """An intact jar is used as it is."""
    (tmp_path / JAR.filename).write_bytes(CONTENT)
    assert jars.fetch([JAR], tmp_path) == [tmp_path / JAR.filename]


def test_a_damaged_jar_is_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken cache mends itself."""
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / JAR.filename).write_bytes(CONTENT[:5])
    downloading(monkeypatch, tmp_path, CONTENT)
    assert jars.fetch([JAR], cache)[0].read_bytes() == CONTENT


def test_other_bytes_than_the_locked_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A jar that someone changed never reaches the cache."""
    downloading(monkeypatch, tmp_path, b"something else")
    with pytest.raises(DownloadError, match="not the locked jar"):
        jars.fetch([JAR], tmp_path / "cache")
    assert not (tmp_path / "cache" / JAR.filename).exists()
