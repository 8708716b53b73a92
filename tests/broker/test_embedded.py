from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kafka.admin import KafkaAdminClient

from streams.broker import EmbeddedKafka, StartError
from streams.broker.ports import HOST
from tests.broker.watching import listening

if TYPE_CHECKING:
    from tests.conftest import Consume, Produce


def test_a_taken_port_is_refused(tmp_path: Path) -> None:
    """Nothing is started, and the message says which port."""
    with socket.create_server((HOST, 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(StartError, match=f"port {port} on 127.0.0.1 is in use"):
            EmbeddedKafka(tmp_path, port).start()
    assert not (tmp_path / "data").exists()


@pytest.mark.integration
def test_a_failed_start_shows_what_kafka_said(tmp_path: Path) -> None:
    """A wrong property is told in Kafka's words."""
    with pytest.raises(StartError, match="Not a number"):
        EmbeddedKafka(tmp_path, properties={"node.id": "first"}).start()


@pytest.mark.integration
def test_data_and_port_outlive_stops_and_crashes(
    kafka: str, tmp_path: Path, to_broker: Callable[[str], tuple[Produce, Consume]]
) -> None:
    """A broker comes back where it was, ready when it says so, only on loopback, beside any other."""
    broker = EmbeddedKafka(tmp_path / "données, 1")
    with broker:
        produce, consume = to_broker(broker.bootstrap)
        assert broker.bootstrap != kafka
        create(broker.bootstrap, "kept")
        produce("kept", b"before the stop")
        assert broker.pid is not None
        assert listening(broker.pid) <= {HOST}
        with pytest.raises(StartError, match="another Kafka is using"):
            EmbeddedKafka(broker.data_dir).start()
        os.kill(broker.pid, signal.SIGSTOP)
        broker.stop()
        assert not broker.running
        port = broker.port
        assert broker.start() == f"{HOST}:{port}"
        produce("kept", b"before the crash")
        broker.kill()
        assert not broker.running
        broker.start()
        assert [record.value for record in consume("kept")] == [b"before the stop", b"before the crash"]


def create(bootstrap: str, topic: str) -> None:
    with KafkaAdminClient(bootstrap_servers=bootstrap) as admin:
        admin.create_topics({topic: {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
