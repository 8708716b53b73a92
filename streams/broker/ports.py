"""Ports on loopback: free ones, and whether a broker answers on one."""

from __future__ import annotations

import random
import socket

from streams.broker.errors import StartError

HOST = "127.0.0.1"
# Below the ports that systems give to outgoing connections: a client that retries a stopped broker's port
# could otherwise be given that very port, connect to itself and keep the broker from coming back.
PORTS = range(20_000, 32_000)


def free_port(but: int | None = None) -> int:
    """Find a port that nothing listens on."""
    for port in random.sample(PORTS, 200):
        if port != but and is_free(port):
            return port
    raise StartError(f"no free port on {HOST} from {PORTS.start} to {PORTS.stop}")


def is_free(port: int) -> bool:
    """Whether a server could listen on the port."""
    with socket.socket() as probe:
        # As Kafka does: connections of an earlier broker that are still closing do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def answers_metadata(port: int, timeout: float) -> bool:
    """Whether a broker answers a metadata request on the port within the timeout, seconds."""
    from kafka.admin import KafkaAdminClient  # noqa: PLC0415 -- importing it takes longer than most commands
    from kafka.errors import KafkaError  # noqa: PLC0415 -- as above

    try:
        # The client would log each refused attempt, and leave a thread behind.
        socket.create_connection((HOST, port), timeout=1).close()
        KafkaAdminClient(
            bootstrap_servers=f"{HOST}:{port}", bootstrap_timeout_ms=max(1, int(min(timeout, 5) * 1000))
        ).close()
    except (OSError, KafkaError):
        return False
    return True
