"""What can go wrong with a broker, in words that say what to do."""

from __future__ import annotations


class BrokerError(Exception):
    """No broker can be had; the message says why and what to do."""


class DownloadError(BrokerError):
    """Kafka's jars cannot be fetched, or are not the locked ones."""


class StartError(BrokerError):
    """Kafka did not start, or stopped by itself."""
