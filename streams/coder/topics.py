"""What a contact was about: a closed list of topics, from the words of its telling and of the article."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import cast

from spacy.tokens import Doc

from schemas.base import Kind, Modality, Topic
from streams.coder.telling import Stretch, Telling

_LEAD_WORDS = 250
_SHORTEST_STEM, _SHORTEST_WORD = 4, 3
_ENDINGS = re.compile(r"(?:'s|’s|ies|es|s|ing|ed|ly)$")


@dataclass(frozen=True, slots=True)
class Weights:
    """A linear model per topic: bias, threshold and weights of features."""

    bias: Mapping[str, float]
    threshold: Mapping[str, float]
    features: Mapping[str, Mapping[str, float]]  # feature → topic → weight


@cache
def weights() -> Weights:
    """Weights learned by training/content.py, from data/topics_weights.json."""
    table = json.loads(
        files("streams.coder").joinpath("data/topics_weights.json").read_text(encoding="utf-8")
    )
    return Weights(table["bias"], table["threshold"], table["features"])


@cache
def lexicon() -> Mapping[str, re.Pattern[str]]:
    """One pattern per topic, from data/topics_lexicon.json."""
    table = json.loads(
        files("streams.coder").joinpath("data/topics_lexicon.json").read_text(encoding="utf-8")
    )
    return {topic: _any_word_of(words) for topic, words in table.items()}


def _any_word_of(words: Iterable[str]) -> re.Pattern[str]:
    forms = "|".join(word.replace("*", r"[\w-]*") for word in words)
    return re.compile(rf"\b(?:{forms})\b", re.IGNORECASE)


def _mentions(doc: Doc, stretches: Iterable[Stretch]) -> dict[str, float]:
    """Damped count of each topic's words."""
    return _counted(" \n ".join(doc[start:end].text for start, end in stretches))


@lru_cache(maxsize=4)  # the contacts of one article share its lead
def _counted(text: str) -> dict[str, float]:
    counts = {topic: len(pattern.findall(text)) for topic, pattern in lexicon().items()}
    return {topic: math.log2(1 + min(count, 7)) for topic, count in counts.items() if count}


def stem(word: str) -> str:
    """Cut the commonest endings, so that forms of one word count together."""
    lower = word.casefold()
    return _ENDINGS.sub("", lower) if len(lower) > _SHORTEST_STEM else lower


def _common_words(doc: Doc, stretches: Iterable[Stretch]) -> set[str]:
    """Stems of the words that are no names."""
    found = set()
    for start, end in stretches:
        for token in doc[start:end]:
            text = token.text
            if not token.is_alpha or len(text) < _SHORTEST_WORD or token.is_stop:
                continue
            if text[0].isupper() and not text.isupper() and token.i != start:
                continue
            found.add(stem(text))
    return found


def features(doc: Doc, told: Telling, kind: Kind, modality: Modality) -> dict[str, float]:
    """Features of one contact: words of its sentences, of what continues them, and of the article."""
    core = _common_words(doc, told.core)
    after = _common_words(doc, told.own) - core
    article = _common_words(doc, _lead(doc)) - core - after
    found = {f"core {word}": 1.0 for word in core}
    found |= {f"near {word}": 1.0 for word in after | core}
    found |= {f"article {word}": 1.0 for word in article | after | core}
    for where, stretches in (("said", told.core), ("told", told.own), ("about", _lead(doc))):
        found |= {f"{where} {topic}": count for topic, count in _mentions(doc, stretches).items()}
    found[f"kind {kind}"] = 1.0
    found[f"modality {modality}"] = 1.0
    return found


def _lead(doc: Doc) -> Sequence[Stretch]:
    return [(0, min(len(doc), _LEAD_WORDS))]


def scores(found: Mapping[str, float]) -> dict[str, float]:
    """Probability of each topic."""
    model = weights()
    totals = dict(model.bias)
    for feature, value in found.items():
        for topic, weight in model.features.get(feature, {}).items():
            totals[topic] += weight * value
    return {topic: 1 / (1 + math.exp(-total)) for topic, total in totals.items()}


def topics(doc: Doc, told: Telling, kind: Kind, modality: Modality) -> list[Topic]:
    """Topics of a contact, the likeliest first; at least one."""
    model = weights()
    ranked = sorted(scores(features(doc, told, kind, modality)).items(), key=lambda item: (-item[1], item[0]))
    chosen = [topic for topic, score in ranked if score >= model.threshold[topic]]
    return [cast("Topic", topic) for topic in chosen or [ranked[0][0]]]
