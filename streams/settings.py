"""Every setting in one place: environment variables with the prefix CONTACTWIRE_, and a `.env` file."""

from __future__ import annotations

import ipaddress
import ssl
from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import AliasChoices, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "CONTACTWIRE_"


class SettingsError(Exception):
    """A setting is missing or wrong; the message says which and what to do."""


class Settings(BaseSettings):
    """Settings of every command; each field can be set as CONTACTWIRE_<FIELD>."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    bootstrap_servers: str = Field(
        default="127.0.0.1:9092",
        validation_alias=AliasChoices(
            "KAFKA_BOOTSTRAP_SERVERS", f"{PREFIX}BOOTSTRAP_SERVERS", "bootstrap_servers"
        ),
        description="Kafka brokers as host:port, separated by commas (also KAFKA_BOOTSTRAP_SERVERS)",
    )
    tls: bool = Field(default=False, description="Speak TLS to the brokers")
    tls_ca_file: Path | None = Field(
        default=None, description="CA certificates (PEM); the system's where unset"
    )
    tls_cert_file: Path | None = Field(default=None, description="Client certificate (PEM)")
    tls_key_file: Path | None = Field(default=None, description="Client key (PEM)")
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] | None = Field(
        default=None, description="SASL mechanism; none where unset"
    )
    sasl_username: str | None = Field(default=None, description="SASL user")
    sasl_password: SecretStr | None = Field(default=None, description="SASL password")
    insecure: bool = Field(default=False, description="Allow brokers beyond loopback without TLS")

    app_id: str = Field(
        default="contactwire",
        pattern=r"^[A-Za-z0-9._-]+$",
        description="Consumer group and prefix of changelogs",
    )
    topic_prefix: str = Field(
        default="", pattern=r"^[A-Za-z0-9._-]*$", description="Put before every topic's name"
    )
    articles_topic: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9._-]+$",
        description="Topic to read articles from, whatever the prefix; else `articles` under the prefix",
    )
    partitions: int = Field(default=4, ge=1, le=1000, description="Partitions of every topic")
    replication: int = Field(default=1, ge=1, le=10, description="Replication factor of every topic")
    retention_days: float = Field(
        default=30, gt=0, description="How long articles, reports, contacts and dead letters are kept, days"
    )
    session_timeout: float = Field(
        default=20, ge=6, description="Seconds after which a dead worker's partitions move to another"
    )

    stall_timeout: float = Field(
        default=1200,
        ge=5,
        description="Seconds without progress, while records wait, after which a worker ends",
    )

    coder: str = Field(
        default="streams.coder.coder:Coder",
        pattern=r"^[\w.]+:\w+$",
        description="Coder as module:class; an instance has code(article) -> list of reports",
    )
    model: str | None = Field(default=None, description="spaCy pipeline to use instead of the shipped one")
    roster: Path | None = Field(
        default=None, description="More office holders (CSV) besides the shipped roster"
    )
    min_confidence: float = Field(
        default=0.0, ge=0, le=1, description="Reports below this confidence are dropped"
    )
    coder_processes: int = Field(default=1, ge=1, le=256, description="Processes that code articles")
    coder_batch: int = Field(
        default=16, ge=1, le=1000, description="Articles handed to a coder process at once"
    )
    coder_timeout: float = Field(
        default=60,
        gt=0,
        description="Seconds after which an article that is still being coded counts as poison",
    )
    coder_memory_mib: int = Field(
        default=4096,
        ge=256,
        description="Memory that a coder process may take, MiB; an article that wants more is poison",
    )
    max_article_bytes: int = Field(
        default=900_000, ge=1000, description="Larger articles go to the dead letters, bytes"
    )
    ledger_retention_days: int = Field(
        default=120, ge=31, description="How long the ledger remembers a contact, days of event time"
    )
    rollup_retention_days: int = Field(
        default=90,
        ge=31,
        description="How long hourly buckets are kept, and how late a contact may come to be counted in its "
        "hour, days of event time",
    )
    log_level: Literal["crit", "error", "warn", "info", "debug"] = Field(
        default="info", description="What the worker logs"
    )

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if self.sasl_mechanism and not (self.sasl_username and self.sasl_password):
            raise ValueError(f"{PREFIX}SASL_MECHANISM needs {PREFIX}SASL_USERNAME and {PREFIX}SASL_PASSWORD")
        if not self.tls and not self.insecure and not all(map(_is_loopback, self.servers)):
            raise ValueError(
                f"{self.bootstrap_servers} is beyond loopback: set {PREFIX}TLS=1, "
                f"or {PREFIX}INSECURE=1 to speak to it in clear"
            )
        return self

    @property
    def servers(self) -> list[str]:
        """The brokers as a list of host:port."""
        return [server.strip() for server in self.bootstrap_servers.split(",") if server.strip()]

    def ssl_context(self) -> ssl.SSLContext | None:
        """TLS context for the brokers; None where they are spoken to in clear."""
        if not self.tls:
            return None
        context = ssl.create_default_context(cafile=self.tls_ca_file)
        if self.tls_cert_file:
            context.load_cert_chain(self.tls_cert_file, self.tls_key_file)
        return context

    def client_options(self) -> dict[str, object]:
        """Give the connection options for kafka-python's clients."""
        options: dict[str, object] = {"bootstrap_servers": self.servers, "bootstrap_timeout_ms": 10_000}
        protocol = "SASL_" if self.sasl_mechanism else ""
        options["security_protocol"] = protocol + ("SSL" if self.tls else "PLAINTEXT")
        if self.tls:
            options["ssl_context"] = self.ssl_context()
        if self.sasl_mechanism and self.sasl_password:
            options |= {
                "sasl_mechanism": self.sasl_mechanism,
                "sasl_plain_username": self.sasl_username,
                "sasl_plain_password": self.sasl_password.get_secret_value(),
            }
        return options


def _is_loopback(server: str) -> bool:
    host = server.rpartition(":")[0].strip("[]") or server
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@cache
def load() -> Settings:
    """Read the settings once; raises SettingsError."""
    return read()


def read(**overrides: object) -> Settings:
    """Read the settings anew, with overrides by field name; raises SettingsError."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, e['loc'])) or 'settings'}: {e['msg'].removeprefix('Value error, ')}"
            for e in error.errors()
        )
        raise SettingsError(problems) from None
