import io
from pathlib import Path

import pytest
from rich.console import Console

from streams.settings import SettingsError, read
from streams.views import settings_table


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)


def test_the_kafka_name_of_the_brokers_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    """KAFKA_BOOTSTRAP_SERVERS is what other Kafka tools read, too."""
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:19092, localhost:19093")
    assert read().servers == ["127.0.0.1:19092", "localhost:19093"]


@pytest.mark.parametrize("server", ["10.0.0.5:9092", "kafka:9092", "192.168.1.1:9092", "[2001:db8::1]:9092"])
def test_brokers_beyond_loopback_need_tls(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing leaves the machine in clear unless the user says so."""
    with pytest.raises(SettingsError, match="CONTACTWIRE_TLS=1"):
        read(bootstrap_servers=server)
    monkeypatch.setenv("CONTACTWIRE_INSECURE", "1")
    assert read(bootstrap_servers=server).servers == [server]
    monkeypatch.delenv("CONTACTWIRE_INSECURE")
    assert read(bootstrap_servers=server, tls=True).client_options()["security_protocol"] == "SSL"


@pytest.mark.parametrize("server", ["127.0.0.1:9092", "localhost:9092", "[::1]:9092", "127.8.9.1:1"])
def test_loopback_needs_no_tls(server: str) -> None:
    assert read(bootstrap_servers=server).client_options()["security_protocol"] == "PLAINTEXT"


def test_sasl_needs_a_user_and_a_password() -> None:
    with pytest.raises(SettingsError, match="SASL_PASSWORD"):
        read(sasl_mechanism="PLAIN", sasl_username="wire")


def test_a_wrong_value_names_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTACTWIRE_PARTITIONS", "none")
    with pytest.raises(SettingsError, match="partitions"):
        read()


def test_secrets_are_masked_and_origins_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """`contactwire settings` can be pasted into a bug report."""
    monkeypatch.setenv("CONTACTWIRE_SASL_MECHANISM", "PLAIN")
    monkeypatch.setenv("CONTACTWIRE_SASL_USERNAME", "wire")
    monkeypatch.setenv("CONTACTWIRE_SASL_PASSWORD", "hunter2")
    Path(".env").write_text("CONTACTWIRE_PARTITIONS=7\n", encoding="utf-8")
    console = Console(width=250, record=True, file=io.StringIO())
    console.print(settings_table(read()))
    shown = console.export_text()
    rows = {row.split()[1]: row for row in shown.splitlines() if "CONTACTWIRE_" in row}
    assert "hunter2" not in shown
    assert "environment" in rows["CONTACTWIRE_SASL_USERNAME"]
    assert "7" in rows["CONTACTWIRE_PARTITIONS"]
    assert ".env" in rows["CONTACTWIRE_PARTITIONS"]
    assert "default" in rows["CONTACTWIRE_REPLICATION"]
