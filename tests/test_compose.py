"""docker-compose.yml and the Dockerfile name only what exists; they run where there is Docker."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from streams.broker import jars
from streams.cli import main
from streams.settings import Settings

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


def setting_names() -> set[str]:
    """Every environment variable that a setting is read from."""
    prefix = Settings.model_config["env_prefix"]
    names = {f"{prefix}{field}".upper() for field in Settings.model_fields}
    for field in Settings.model_fields.values():
        names |= {str(alias).upper() for alias in getattr(field.validation_alias, "choices", ())}
    return names


def test_the_services_are_those_that_were_meant() -> None:
    """Four of them start by themselves; the UI only when asked for."""
    assert set(SERVICES) == {"kafka", "topics", "worker", "feed", "ui"}
    assert set(OURS) == {"topics", "worker", "feed"}
    assert [name for name, service in SERVICES.items() if service.get("profiles")] == ["ui"]


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_one_of_ours(name: str) -> None:
    """Its name and its arguments are accepted by the command line."""
    command, *arguments = OURS[name]["command"]
    assert command in main.commands
    with click.Context(main) as parent:
        main.commands[command].make_context(command, arguments, parent=parent)


def test_a_wrong_command_would_be_seen() -> None:
    """The check above does not accept just anything."""
    with click.Context(main) as parent, pytest.raises(click.UsageError):
        main.commands["topics"].make_context("topics", ["--no-such-option"], parent=parent)


@pytest.mark.parametrize("name", OURS)
def test_every_environment_name_is_a_setting(name: str) -> None:
    """A misspelt variable would be ignored in silence."""
    environment = OURS[name]["environment"]
    assert set(environment) <= setting_names()
    assert "KAFKA_BOOTSTRAP_SERVERS" in environment


def test_the_settings_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker starts with them, although Kafka is spoken to in clear."""
    for variable, value in OURS["worker"]["environment"].items():
        monkeypatch.setenv(variable, value)
    assert Settings().servers == [OURS["worker"]["environment"]["KAFKA_BOOTSTRAP_SERVERS"]]


@pytest.mark.parametrize(
    ("service", "variable"),
    [("worker", "KAFKA_BOOTSTRAP_SERVERS"), ("ui", "KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS")],
)
def test_kafka_is_where_it_is_looked_for(service: str, variable: str) -> None:
    """What it advertises is what the others are told, by a name that the network resolves."""
    listeners = _listeners("KAFKA_ADVERTISED_LISTENERS")
    address = SERVICES[service]["environment"][variable]
    assert address == listeners["CONTAINERS"]
    assert address.rpartition(":")[0] in SERVICES


def test_kafkas_listeners_agree() -> None:
    """Each has a protocol, each advertised one is listened on at its port, and the host's is published."""
    listeners, advertised = _listeners("KAFKA_LISTENERS"), _listeners("KAFKA_ADVERTISED_LISTENERS")
    environment = SERVICES["kafka"]["environment"]
    protocols = dict(
        pair.split(":") for pair in environment["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(",")
    )
    assert set(protocols) == set(listeners)
    assert set(advertised) == set(listeners) - {environment["KAFKA_CONTROLLER_LISTENER_NAMES"]}
    assert all(_port(address) == _port(listeners[name]) for name, address in advertised.items())
    assert [f"{advertised['HOST']}:{_port(listeners['HOST'])}"] == SERVICES["kafka"]["ports"]
    assert Settings.model_fields["bootstrap_servers"].default == advertised["HOST"]


def test_kafka_is_the_version_that_is_embedded() -> None:
    """One version is tested, so the same one is run."""
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{jars.KAFKA_VERSION}"


@pytest.mark.parametrize("name", [name for name, service in SERVICES.items() if service.get("ports")])
def test_ports_are_published_on_loopback_only(name: str) -> None:
    """Docker publishes on every interface unless told otherwise."""
    for published in SERVICES[name]["ports"]:
        assert ipaddress.ip_address(published.split(":")[0]).is_loopback


def test_the_worker_can_be_scaled() -> None:
    """Neither a container's name nor a host port can be had twice."""
    assert not {"container_name", "ports"} & set(SERVICES["worker"])


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_waits_for_what_can_be_waited_for(name: str) -> None:
    """A healthy one has a check; one that completes is not restarted for ever."""
    for other, how in SERVICES[name].get("depends_on", {}).items():
        needed = SERVICES[other]
        if how["condition"] == "service_healthy":
            assert needed["healthcheck"]["test"]
        else:
            assert how["condition"] == "service_completed_successfully"
            assert needed.get("restart", "no") == "no"


def test_volumes_are_declared() -> None:
    """Every named volume that is mounted is declared, and the other way round."""
    mounted = {volume.split(":")[0] for s in SERVICES.values() for volume in s.get("volumes", ())}
    assert mounted == set(COMPOSE["volumes"])


def test_the_image_has_what_its_commands_read() -> None:
    """What is fed is copied into the image; what is copied exists and is not ignored."""
    copied = re.findall(r"^COPY (?!--from)(.+) (\S+)$", DOCKERFILE, re.MULTILINE)
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for sources, _ in copied:
        for source in sources.split():
            assert (ROOT / source).exists()
            assert Path(source).parts[0] in kept
    assert SERVICES["feed"]["command"][1] in {target for _, target in copied}
    assert 'ENTRYPOINT ["contactwire"]' in DOCKERFILE
    assert re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE) == ["contactwire"]


def _listeners(variable: str) -> dict[str, str]:
    listed = SERVICES["kafka"]["environment"][variable].split(",")
    return dict(listener.split("://") for listener in listed)


def _port(address: str) -> str:
    return address.rpartition(":")[2]
