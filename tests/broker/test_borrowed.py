from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from streams.broker import BrokerError, borrowed_broker
from streams.broker.borrowed import LENDERS, Loan, from_docker, from_environment
from streams.broker.ports import HOST, free_port


def lend(address: str) -> Callable[[], Loan]:
    return lambda: nullcontext(address)


def lend_nothing() -> None:
    return None


def must_not_be_asked() -> Loan:
    raise AssertionError


@contextmanager
def broken() -> Iterator[str]:
    raise BrokerError("the engine has no image")
    yield ""


def test_the_order_is_environment_docker_embedded() -> None:
    """What the user named comes before what we can start, and Docker before the embedded one."""
    assert list(LENDERS) == ["environment", "docker", "embedded"]


def test_the_first_broker_on_offer_is_taken() -> None:
    """Lenders after the first that offers one are not even asked."""
    lenders = {"none": lend_nothing, "first": lend("a:1"), "second": must_not_be_asked}
    with borrowed_broker(lenders) as borrowed:
        assert (borrowed.bootstrap, borrowed.origin) == ("a:1", "first")


def test_a_lender_that_fails_gives_way_to_the_next(caplog: pytest.LogCaptureFixture) -> None:
    """An engine that answers but cannot run Kafka is no reason to give up, and is told."""
    with borrowed_broker({"docker": broken, "embedded": lend("b:2")}) as borrowed:
        assert borrowed.origin == "embedded"
    assert "the engine has no image" in caplog.text


def test_no_broker_at_all_is_an_error_that_says_why() -> None:
    """The last failure is what the user sees."""
    with pytest.raises(BrokerError, match="the engine has no image"), borrowed_broker({"docker": broken}):
        pass
    with pytest.raises(BrokerError, match="KAFKA_BOOTSTRAP_SERVERS"), borrowed_broker({"none": lend_nothing}):
        pass


@pytest.mark.parametrize(
    ("environ", "address"),
    [
        ({"KAFKA_BOOTSTRAP_SERVERS": "k:9", "CONTACTWIRE_BOOTSTRAP_SERVERS": "c:9"}, "k:9"),
        ({"CONTACTWIRE_BOOTSTRAP_SERVERS": "c:9"}, "c:9"),
        ({"KAFKA_BOOTSTRAP_SERVERS": ""}, None),
        ({}, None),
    ],
)
def test_the_environment_names_a_broker(environ: dict[str, str], address: str | None) -> None:
    """Both names of the setting count; an empty one does not."""
    loan = from_environment(environ)
    assert (loan.__enter__() if loan else None) == address


class Engine(BaseHTTPRequestHandler):
    """As much of a Docker engine as says that it is there."""

    def do_GET(self) -> None:
        body = b'{"ApiVersion": "1.44"}' if self.path.endswith("/version") else b"OK"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
        """Keep the test's output clean."""


def test_docker_is_on_offer_only_where_an_engine_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The offer itself starts no container."""
    monkeypatch.setenv("DOCKER_HOST", f"tcp://{HOST}:{free_port()}")
    assert from_docker() is None
    engine = HTTPServer((HOST, 0), Engine)
    Thread(target=engine.serve_forever, daemon=True).start()
    monkeypatch.setenv("DOCKER_HOST", f"tcp://{HOST}:{engine.server_port}")
    assert from_docker() is not None
    engine.shutdown()
    engine.server_close()
