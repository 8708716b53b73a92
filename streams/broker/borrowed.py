"""A broker for a demo or a test: the one the environment names, else one in Docker, else the embedded one."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Protocol

from streams.broker.embedded import EmbeddedKafka
from streams.broker.errors import BrokerError

log = logging.getLogger(__name__)

ENVIRONMENT = ("KAFKA_BOOTSTRAP_SERVERS", "CONTACTWIRE_BOOTSTRAP_SERVERS")
Loan = AbstractContextManager[str]


class Lender(Protocol):
    """Offers a broker: a context that gives its address, or None where it has none to lend."""

    def __call__(self) -> Loan | None:
        """Make the offer; quick, and without starting anything."""


@dataclass(frozen=True, slots=True)
class Borrowed:
    """A broker's address and where it came from: environment, docker or embedded."""

    bootstrap: str
    origin: str


def from_environment(environ: Mapping[str, str] = os.environ) -> Loan | None:
    """Offer the broker that the environment names; it is not ours to start or stop."""
    named = next((environ[name] for name in ENVIRONMENT if environ.get(name)), None)
    return nullcontext(named) if named else None


def from_docker() -> Loan | None:
    """Offer a Kafka container, where a Docker engine answers and testcontainers is installed."""
    try:
        import docker  # type: ignore[import-untyped]  # noqa: PLC0415 -- comes with testcontainers
        import testcontainers.community.kafka  # noqa: F401, PLC0415 -- a dependency of the tests only
    except ImportError:
        return None
    try:
        docker.from_env(timeout=3).ping()
    except docker.errors.DockerException:
        return None
    return _container()


def from_embedded() -> Loan:
    """Offer the embedded Kafka."""
    return _embedded()


LENDERS: Mapping[str, Lender] = {
    "environment": from_environment,
    "docker": from_docker,
    "embedded": from_embedded,
}


@contextmanager
def borrowed_broker(lenders: Mapping[str, Lender] = LENDERS) -> Iterator[Borrowed]:
    """Give the first broker that can be had, until the end of the block; raises BrokerError."""
    with ExitStack() as stack:
        yield _borrow(lenders, stack)


def _borrow(lenders: Mapping[str, Lender], stack: ExitStack) -> Borrowed:
    failure = BrokerError("no Kafka broker is at hand: set KAFKA_BOOTSTRAP_SERVERS")
    for origin, lender in lenders.items():
        loan = lender()
        if loan is None:
            continue
        try:
            return Borrowed(stack.enter_context(loan), origin)
        except BrokerError as error:
            log.warning("no broker from %s: %s", origin, error)
            failure = error
    raise failure


@contextmanager
def _container() -> Iterator[str]:
    from testcontainers.community.kafka import KafkaContainer  # noqa: PLC0415 -- as above

    container = KafkaContainer().with_kraft().with_env("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
    try:
        container.start()
    # An engine fails in many ways: no image, no space, no network, a container that dies.
    except Exception as error:
        container.stop()
        raise BrokerError(f"Docker cannot run Kafka: {error}") from error
    try:
        yield container.get_bootstrap_server()
    finally:
        container.stop()


@contextmanager
def _embedded() -> Iterator[str]:
    with EmbeddedKafka() as kafka:
        yield kafka.bootstrap
