"""Who holds the partitions of a consumer group."""

from __future__ import annotations

import time

import click
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from streams.settings import Settings


def wait_for_members(settings: Settings, members: int, *, patience: float = 120.0) -> None:
    """Wait until so many workers share the partitions."""
    deadline = time.monotonic() + patience
    with KafkaAdminClient(**settings.client_options()) as admin:
        while _members(admin, settings.app_id) != members:
            if time.monotonic() > deadline:
                raise click.ClickException(f"{members} workers did not come together in {patience:g} s")
            time.sleep(0.5)


def _members(admin: KafkaAdminClient, group: str) -> int | None:
    """Count the members; None during a rebalance, and before the first one has made the group."""
    try:
        found = admin.describe_groups([group])[group]
    except KafkaError:
        return None
    return len(found["members"]) if found["group_state"] == "Stable" else None
