"""Bytes → articles: one module per format."""

from streams.wires.files import Refusal, articles_in

__all__ = ["Refusal", "articles_in"]
