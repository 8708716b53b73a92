"""A TCP proxy between workers and broker, in a thread of its own, that disturbs what passes."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self

from streams.broker.ports import HOST


class _Connection:
    """One client's connection and ours to the broker; a dead one swallows all and never closes."""

    def __init__(self, *writers: asyncio.StreamWriter) -> None:
        self.writers = writers
        self.dead = False


class Proxy:
    """Passes bytes on, until told otherwise."""

    def __init__(self, port: int, target: int) -> None:
        self.delay = 0.0
        self._port, self._target = port, target
        self._open: set[_Connection] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._refusing = False
        self._flow = asyncio.Event()
        self._flow.set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def drop(self) -> None:
        """Close every connection, and every new one, until healed."""
        self._refusing = True
        self._do(self._cut())

    def blackhole(self) -> None:
        """Pass nothing on, and close nothing, until healed."""
        self._loop.call_soon_threadsafe(self._flow.clear)

    def half_open(self) -> None:
        """Let the connections that there are go silent for good, as when a peer vanishes; new ones pass."""
        for connection in list(self._open):
            connection.dead = True

    def heal(self) -> None:
        """Pass everything on again."""
        self._refusing = False
        self._loop.call_soon_threadsafe(self._flow.set)
        self.delay = 0.0

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, HOST, self._port)

    async def _close(self) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._cut()

    async def _cut(self) -> None:
        for connection in list(self._open):
            for writer in connection.writers:
                writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection(HOST, self._target)
        except OSError:
            writer.transport.abort()
            return
        connection = _Connection(writer, back)
        self._open.add(connection)
        pumps = [
            asyncio.create_task(self._pump(connection, reader, back)),
            asyncio.create_task(self._pump(connection, there, writer)),
        ]
        self._tasks.update(pumps)
        await asyncio.gather(*pumps, return_exceptions=True)
        self._tasks.difference_update(pumps)
        self._open.discard(connection)

    async def _pump(
        self, connection: _Connection, source: asyncio.StreamReader, sink: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                await asyncio.sleep(self.delay)
                await self._flow.wait()
                if not connection.dead:
                    sink.write(data)
                    await sink.drain()
        if not connection.dead:
            sink.close()
