import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from schemas import Article
from streams.pool import CoderPool, Coding, Poison
from streams.settings import Settings, read

ROOT = Path(__file__).parents[1]


def article(number: int, text: str = "KAZ QAT call held") -> Article:
    return Article(uri=f"urn:{number}", text=text)


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.syspath_prepend(str(ROOT))
    return read(
        bootstrap_servers="127.0.0.1:1",
        coder="tests.line_coder:LineCoder",
        coder_processes=2,
        coder_batch=8,
        coder_timeout=3,
        coder_memory_mib=1024,
    )


@pytest_asyncio.fixture
async def pool(settings: Settings) -> AsyncIterator[CoderPool]:
    pool = CoderPool(settings)
    await pool.start()
    yield pool
    pool.stop()


async def test_codings_come_in_the_order_of_the_articles(pool: CoderPool) -> None:
    kinds = ["call", "meeting", "visit", "message", "conversation"] * 7
    codings = await pool.code([article(i, f"KAZ QAT {kind} held") for i, kind in enumerate(kinds)])
    assert [c.reports[0].kind for c in codings if isinstance(c, Coding)] == kinds


@pytest.mark.parametrize("poison", ["KILL", "HANG", "GROW", "FAIL"])
async def test_poison_is_found_and_everything_else_is_coded(pool: CoderPool, poison: str) -> None:
    """A document that kills, hangs or blows up its process costs itself only."""
    texts = ["KAZ QAT call held"] * 12
    texts[5] = poison
    codings = await pool.code([article(i, text) for i, text in enumerate(texts)])
    assert [i for i, c in enumerate(codings) if isinstance(c, Poison)] == [5]
    assert all(len(c.reports) == 1 for c in codings if isinstance(c, Coding))
    (again,) = await pool.code([article(99)])
    assert isinstance(again, Coding)


async def test_a_stopped_pool_leaves_no_process(settings: Settings) -> None:
    pool = CoderPool(settings)
    await pool.start()
    pool.stop()
    assert [p for p in multiprocessing.active_children() if p.is_alive()] == []


def test_coder_processes_end_with_a_killed_parent() -> None:
    """A worker killed with -9 leaves no orphans that hold memory."""
    script = (
        "import asyncio, os\n"
        "from streams.pool import CoderPool\n"
        "from streams.settings import read\n"
        "async def main():\n"
        "    pool = CoderPool(read(bootstrap_servers='127.0.0.1:1', coder='tests.line_coder:LineCoder'))\n"
        "    await pool.start()\n"
        "    print(*pool._executor._processes, flush=True)\n"
        "    await asyncio.sleep(600)\n"
        "if __name__ == '__main__':\n"
        "    asyncio.run(main())\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    )
    assert parent.stdout is not None
    children = [int(pid) for pid in parent.stdout.readline().split()]
    assert children
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 20
    while any(Path(f"/proc/{pid}").exists() for pid in children):
        assert time.monotonic() < deadline, "coder processes outlive their parent"
        time.sleep(0.1)
