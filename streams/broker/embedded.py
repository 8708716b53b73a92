"""Apache Kafka as a child process: one KRaft node on loopback, for trying and testing."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from streams.broker import jars, keeper
from streams.broker.errors import StartError
from streams.broker.home import (
    LOG,
    PORT_TAKEN,
    PROPERTIES,
    claimed,
    environment,
    format_once,
    log_tail,
    write_properties,
)
from streams.broker.java import find_java
from streams.broker.ports import HOST, answers_metadata, free_port, is_free

_JVM_OPTIONS = (
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "-Xmx512m",
    "-Djava.awt.headless=true",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
)


class EmbeddedKafka:
    """One Kafka node, from start to stop; it may be started again on the same data and port.

    The data is kept in `data_dir`, or in a temporary directory that goes with `stop` (not with `kill`).
    `properties` add to Kafka's server properties or replace them, as {"message.max.bytes": "2000000"}.
    """

    def __init__(
        self,
        data_dir: Path | None = None,
        port: int | None = None,
        properties: Mapping[str, str] | None = None,
        start_timeout: float = 120,
    ) -> None:
        self.data_dir = data_dir
        self.port = port
        self.properties = dict(properties or {})
        self.start_timeout = start_timeout
        self._temporary: Path | None = None
        self._keeper: subprocess.Popen[str] | None = None
        self._java: int | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def bootstrap(self) -> str:
        """The address for clients, as host:port."""
        if self.port is None:
            raise StartError("Kafka has no address before it is started")
        return f"{HOST}:{self.port}"

    @property
    def pid(self) -> int | None:
        """Process id of Kafka itself; None while it is not running."""
        return self._java if self.running else None

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._keeper is not None and self._keeper.poll() is None

    def start(self) -> str:
        """Start Kafka and give its address once it answers; raises StartError or DownloadError."""
        if self.running:
            raise StartError(f"Kafka is already running at {self.bootstrap}")
        classpath = os.pathsep.join(map(str, jars.fetch(jars.read_lock(), jars.cache_dir())))
        java = [str(find_java()), *_JVM_OPTIONS, "-cp", classpath]
        home = self._home()
        try:
            with claimed(home) as claim:
                self.port = self._start_on_a_port(home, java, claim)
        except BaseException:
            self.kill()
            self._remove_temporary()
            raise
        return self.bootstrap

    def stop(self, timeout: float = 30) -> None:
        """Stop Kafka cleanly (killing it after the timeout, seconds) and remove temporary data."""
        try:
            if self._keeper and self.running:
                self._keeper.terminate()
                self._keeper.wait(timeout)
        except subprocess.TimeoutExpired:
            pass
        finally:
            self.kill()
            self._remove_temporary()

    def kill(self) -> None:
        """Kill Kafka at once, as a crash would; the data stays, also where it is temporary."""
        if self._keeper is None:
            return
        if self.running and self._java:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._java, signal.SIGKILL)
        try:
            self._keeper.wait(10)
        except subprocess.TimeoutExpired:
            self._keeper.kill()
            self._keeper.wait()
        self._keeper = self._java = None

    def wait(self) -> None:
        """Block while Kafka runs; raises StartError when it ends by itself."""
        if self._keeper is None:
            raise StartError("Kafka is not running")
        self._keeper.wait()
        raise StartError(f"Kafka stopped by itself:\n{log_tail(self._home())}")

    def _home(self) -> Path:
        if self.data_dir is not None:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            return self.data_dir.resolve()
        if self._temporary is None:
            self._temporary = Path(tempfile.mkdtemp(prefix="contactwire-kafka-"))
        return self._temporary

    def _start_on_a_port(self, home: Path, java: list[str], claim: int) -> int:
        """Start on the port asked for or had before, else on a free one, until no port collides."""
        for last in (False, False, True):
            port = self.port or free_port()
            if not is_free(port):
                raise StartError(
                    f"port {port} on {HOST} is in use: stop what listens there, or choose another"
                )
            # The controller's port is drawn anew each time: other tries help a fixed port of clients, too.
            write_properties(home, port, self.properties)
            format_once(home, java)
            try:
                self._launch(home, java, claim)
                self._await_answer(home, port)
            except StartError as error:
                if last or PORT_TAKEN not in str(error):
                    raise
            else:
                return port
        raise AssertionError  # the last try returns or raises

    def _launch(self, home: Path, java: list[str], claim: int) -> None:
        kept_by = [sys.executable, "-I", "-S", keeper.__file__, str(os.getpid()), str(self._temporary or "")]
        with (home / LOG).open("wb") as log:
            self._keeper = subprocess.Popen(
                [*kept_by, *java, "kafka.Kafka", PROPERTIES],
                cwd=home,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                pass_fds=(claim,),
                # Ctrl-C is for the parent, which then stops Kafka in good order.
                start_new_session=True,
            )
        if self._keeper.stdout:
            with self._keeper.stdout as pipe:
                self._java = int(pipe.readline() or 0) or None

    def _await_answer(self, home: Path, port: int) -> None:
        deadline = time.monotonic() + self.start_timeout
        while time.monotonic() < deadline:
            if not self.running:
                raise StartError(f"Kafka did not start:\n{log_tail(home)}")
            if answers_metadata(port, deadline - time.monotonic()):
                return
            time.sleep(0.05)
        raise StartError(f"Kafka did not answer within {self.start_timeout:g} s:\n{log_tail(home)}")

    def _remove_temporary(self) -> None:
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)
            self._temporary = None
