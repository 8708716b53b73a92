"""The ledger: reports of many articles become contacts. Pure: no Kafka, no clock."""

from streams.ledger.copies import fingerprint
from streams.ledger.settle import Settled, expired, settle

__all__ = ["Settled", "expired", "fingerprint", "settle"]
