"""The shipped pipeline: what it finds, that it is steady, and how other pipelines' labels are read."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, Span

from streams.coder import pipeline
from streams.coder.breaks import ContactwireBreaks, is_wrapped
from streams.coder.encoder import best_path, char_spans, moves_between
from streams.coder.pieces import Pieces, case_of, windows
from streams.coder.schemes import ContactwireSchemes

CALL = (
    "Emir of Qatar Tamim bin Hamad Al Thani received a phone call from the Kazakh president, Marat Seitov,"
    " the foreign ministry in Doha said. Seitov voiced concern about the strikes."
)


@pytest.fixture(scope="module")
def nlp() -> Language:
    """The shipped pipeline."""
    return pipeline.load()


@pytest.fixture(scope="module")
def blank() -> Language:
    """Only the tokenizer, for components that need nothing else."""
    return spacy.blank("en")


def breaks(doc: Doc) -> list[str]:
    """The words at which a sentence was said to begin."""
    return [token.text for token in ContactwireBreaks()(doc) if token.is_sent_start is True and token.i]


def forbidden(doc: Doc) -> list[str]:
    """The words at which no sentence may begin."""
    return [
        token.text
        for token in ContactwireBreaks()(doc)
        if token.is_sent_start is False and not token.is_space
    ]


def test_people_titles_and_states_are_found(nlp: Language) -> None:
    """The kinds of entity that the party rules live on."""
    found = {(span.text, span.label_) for span in nlp(CALL).ents}
    assert {
        ("Qatar", "GPE"),
        ("Tamim bin Hamad Al Thani", "PERSON"),
        ("Kazakh", "NORP"),
        ("president", "ROLE"),
        ("Marat Seitov", "PERSON"),
        ("Doha", "GPE"),
        ("Seitov", "PERSON"),
    } <= found


def test_syntax_lemma_and_sentences(nlp: Language) -> None:
    """A passive with its agent, a rare verb, and two sentences."""
    doc = nlp("The minister was received by President Lim in Oslo. She voiced concern.")
    words = {token.text: token for token in doc}
    assert len(list(doc.sents)) == 2
    assert words["minister"].dep_ == "nsubj:pass"
    assert words["received"].dep_ == "ROOT"
    assert (words["voiced"].pos_, words["voiced"].lemma_) == ("VERB", "voice")
    assert words["She"].head.text == "voiced"
    assert words["was"].lemma_ == "be"


def test_a_document_reads_the_same_alone_and_in_company(nlp: Language) -> None:
    """Batches never change an article's reading."""
    texts = [
        CALL,
        "A short one about Norway.",
        CALL + "\n\nKing Felipe will visit Rabat, officials said. " * 9,
    ]
    alone = [nlp(text).to_bytes() for text in texts]
    assert [doc.to_bytes() for doc in nlp.pipe(texts * 2, batch_size=4)] == alone * 2


@pytest.mark.parametrize("text", ["", " ", "\n\n", "x", "\u200b", "ЖЖ 你好", "A" * 5000, "Mr. " * 400])
def test_odd_texts_are_read_without_fault(nlp: Language, text: str) -> None:
    """Whatever comes, a document comes back with all its text."""
    assert nlp(text).text == text


def test_a_long_article_takes_bounded_windows(nlp: Language) -> None:
    """Names are still found far down a long text without sentence ends."""
    doc = nlp("and so on " * 1000 + "Angela Merkel met Emmanuel Macron in Paris")
    assert {"Angela Merkel", "Emmanuel Macron"} <= {span.text for span in doc.ents}


def test_torch_is_never_imported() -> None:
    """Training tools are no dependency of the running system."""
    code = "import sys, streams.coder.pipeline as p; p.load(); sys.exit('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": "."}, check=False)
    assert done.returncode == 0


def test_the_version_tells_the_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """Same files, same version; no files, another."""
    shipped = pipeline.model_version()
    pipeline.model_version.cache_clear()
    assert pipeline.model_version() == shipped
    pipeline.model_version.cache_clear()
    monkeypatch.setattr(pipeline, "MODEL", tmp_path)
    assert pipeline.model_version() != shipped
    pipeline.model_version.cache_clear()


def test_no_break_inside_names_and_after_titles(blank: Language) -> None:
    """Abbreviated titles, initials and lower-case words never begin a sentence."""
    doc = blank("Gen. Ali met Lt. Col. J. Smith of the U.S. and Sen. Paul.")
    assert set(forbidden(doc)) >= {"Ali", "Col", "Smith", "and", "Paul"}


def test_a_sentence_may_begin_with_a_quote_but_not_behind_it(blank: Language) -> None:
    """Straight quotes open where a space stands before them, and close where none does."""
    doc = ContactwireBreaks()(blank('Lim agreed. "We will go." He left.'))
    undecided = [token.i for token in doc if token.is_sent_start is None]
    assert [doc[i].text for i in undecided] == ['"', "He"]


def test_paragraphs_always_break(blank: Language) -> None:
    """A headline without a full stop is a sentence of its own."""
    assert breaks(blank("Lim to visit Rabat\n\nPresident Lim will go.")) == ["President"]


def test_wrapped_lines_do_not_break(blank: Language) -> None:
    """Lines cut at a fixed width run on, also before a capital."""
    text = (
        "The talks between the two sides in\nthe capital were led by Prime\nMinister Lim and lasted\nan hour."
    )
    assert is_wrapped(text)
    assert breaks(blank(text)) == []
    assert "Minister" in forbidden(blank(text))


def test_case_of_pieces() -> None:
    """Lower, Capitalised, UPPER, miXed, none."""
    assert [case_of(piece) for piece in ("visit", "Visit", "U", "UAE", "McD", "12")] == [1, 2, 2, 3, 4, 0]


@given(st.lists(st.integers(0, 400), max_size=30), st.integers(0, 200), st.integers(1, 20))
def test_windows_cover_every_piece_once(cuts: list[int], length: int, longest: int) -> None:
    """Windows follow each other without gap or overlap, none longer than allowed."""
    pieces = Pieces([1] * length, [0] * length, [(2 * i, 2 * i + 1) for i in range(length)])
    ranges = list(windows(pieces, cuts, longest))
    assert [i for begin, end in ranges for i in range(begin, end)] == list(range(length))
    assert all(0 < end - begin <= longest for begin, end in ranges)


def test_an_entity_never_continues_another_label() -> None:
    """The best allowed path is taken, not the best tag of each piece."""
    import numpy as np  # noqa: PLC0415 - only here

    tags = ["O", "B-PERSON", "I-PERSON", "B-GPE", "I-GPE"]
    scores = np.log(np.array([[0.1, 0.6, 0.1, 0.1, 0.1], [0.1, 0.1, 0.3, 0.1, 0.4]], dtype="float32"))
    path = [tags[index] for index in best_path(scores, moves_between(tags))]
    assert path == ["B-PERSON", "I-PERSON"]
    assert list(char_spans(path, [(0, 3), (4, 8)])) == [(0, 8, "PERSON")]


def test_other_pipelines_are_put_into_our_terms(blank: Language) -> None:
    """Prepositions mark their noun, relations and entities take our names."""
    words = ["Lim", "was", "received", "by", "Haddad", "in", "Rabat", "yesterday"]
    deps = ["nsubjpass", "auxpass", "ROOT", "agent", "pobj", "prep", "pobj", "npadvmod"]
    doc = Doc(blank.vocab, words=words, heads=[2, 2, 2, 2, 3, 2, 5, 2], deps=deps)
    doc.set_ents([Span(doc, 0, 1, label="PER"), Span(doc, 7, 8, label="DATE")])
    read = ContactwireSchemes()(doc)
    assert [token.dep_ for token in read] == [
        "nsubj:pass", "aux:pass", "ROOT", "case", "obl:agent", "case", "obl", "obl:unmarked",
    ]  # fmt: skip
    assert [token.head.text for token in read][3:7] == ["Haddad", "received", "Rabat", "received"]
    assert [(span.text, span.label_) for span in read.ents] == [("Lim", "PERSON")]
