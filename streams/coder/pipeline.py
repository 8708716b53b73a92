"""The spaCy pipeline the coder reads with: the shipped one, or another one by name.

>>> nlp = load()                                     # doctest: +SKIP
>>> doc = nlp("The French president called Emir Tamim.")  # doctest: +SKIP
"""

import hashlib
from functools import cache
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.pipeline import Lemmatizer

from streams.coder import breaks, encoder, schemes

MODEL = Path(__file__).with_name("model")
SYNTAX, ENTITIES, PAIRS = "syntax", "entities", "pairs"


def load(model: str | None = None) -> Language:
    """Shipped pipeline, or the spaCy pipeline of that name or path with its labels put into our terms."""
    return shipped(MODEL) if model is None else foreign(model)


def shipped(folder: Path) -> Language:
    """Sentence breaks, tagger, parser, lemmas and entities from a model folder."""
    if not (folder / SYNTAX).is_dir():
        raise FileNotFoundError(f"{folder} holds no trained pipeline; see training/README.md")
    nlp = spacy.load(folder / SYNTAX)
    nlp.add_pipe(breaks.FACTORY, first=True)
    _index_by_hash(nlp)
    nlp.add_pipe(encoder.FACTORY, config={"folder": str(folder / ENTITIES)})
    return nlp


def _index_by_hash(nlp: Language) -> None:
    """Make the lemmatizer's lists of known words sets: lists, as they come from disk, are slow to search."""
    lemmatizer = nlp.get_pipe("lemmatizer")
    if isinstance(lemmatizer, Lemmatizer):
        known = lemmatizer.lookups.get_table("lemma_index")
        for part in known:
            known[part] = frozenset(known[part])


def foreign(model: str) -> Language:
    """Another spaCy pipeline, its labels rewritten at the end where they may differ from ours."""
    nlp = spacy.load(model)
    nlp.add_pipe(schemes.FACTORY)
    return nlp


@cache
def model_version() -> str:
    """Twelve hexadecimal digits that tell the shipped weights apart, for the reports' provenance."""
    digest = hashlib.sha256()
    for path in (path for part in (SYNTAX, ENTITIES, PAIRS) for path in sorted(MODEL.glob(f"{part}/**/*"))):
        if path.is_file():
            digest.update(path.relative_to(MODEL).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
