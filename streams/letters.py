"""Dead letters that come back: listing them, and sending their original bytes again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from kafka import KafkaProducer

from schemas import DeadLetter
from streams.feed import connect_producer
from streams.follow import Follower, latest
from streams.settings import Settings
from streams.topics import Topics


def waiting(settings: Settings) -> list[DeadLetter]:
    """Give every dead letter that was not replayed, oldest first."""
    with Follower(Topics.of(settings).dead_letters, settings, from_beginning=True) as follower:
        values = latest(follower.to_end()).values()
    letters = [DeadLetter.model_validate_json(value) for value in values]
    return sorted(letters, key=lambda letter: (letter.topic, letter.partition, letter.offset))


def by_reason(letters: Iterable[DeadLetter]) -> dict[str, int]:
    """Count letters by reason, the most frequent first."""
    return dict(Counter(letter.reason for letter in letters).most_common())


def replay(letters: Iterable[DeadLetter], settings: Settings, *, done: Callable[[DeadLetter], None]) -> int:
    """Send each letter's original key, value and headers to its topic again, and take it off the list.

    A letter that is still unusable comes back as a new one. Sending twice does no harm: an article that was
    coded before is not coded again.
    """
    producer = connect_producer(settings, "contactwire-replay")
    count = 0
    try:
        for letter in letters:
            _again(producer, letter)
            producer.send(Topics.of(settings).dead_letters, key=letter.letter_id.encode(), value=None).get(60)
            done(letter)
            count += 1
    finally:
        producer.close()
    return count


def _again(producer: KafkaProducer, letter: DeadLetter) -> None:
    producer.send(letter.topic, key=letter.key, value=letter.value, headers=letter.headers).get(60)
