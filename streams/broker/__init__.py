"""A Kafka broker for trying and testing: embedded, or borrowed where one is at hand."""

from streams.broker.borrowed import Borrowed, borrowed_broker
from streams.broker.embedded import EmbeddedKafka
from streams.broker.errors import BrokerError, DownloadError, StartError
from streams.broker.foreground import run_foreground

__all__ = [
    "Borrowed",
    "BrokerError",
    "DownloadError",
    "EmbeddedKafka",
    "StartError",
    "borrowed_broker",
    "run_foreground",
]
