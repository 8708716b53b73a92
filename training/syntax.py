"""Train the shipped syntax (tagger, parser, lemmas): `python -m training.syntax --data ../shared/data`.

Trained on the treebanks UD English EWT and GUM (genres with open texts); measured on UD English PUD.
"""

import argparse
import csv
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import spacy
from spacy.attrs import LOWER
from spacy.language import Language
from spacy.training import Example
from spacy.vectors import Vectors
from thinc.api import NumpyOps, Optimizer, set_current_ops

from training.corpora import read_conllu
from training.treebanks import testing_examples, training_examples

TREEBANKS = ("ud_ewt", "gum_open")
VECTORS = 16000
VECTOR_WIDTH = 64
RATE, FINAL_RATE, WARM_UP = 0.0015, 0.02, 300
DROPOUT = 0.15
# The lookup tables know verbs, but not those that the rules mark as auxiliaries.
AUXILIARIES = {
    "be": "am is are was were been being be 's 're 'm",
    "have": "has had having have 've",
    "do": "does did done doing do",
    "will": "will 'll wo would",
    "can": "can ca could",
    "shall": "shall should",
    "may": "may might",
    "get": "got gets getting get",
}


def tok2vec(width: int, depth: int, rows: list[int]) -> dict[str, object]:
    """Embedding and context layers of one component, of its own."""
    return {
        "@architectures": "spacy.Tok2Vec.v2",
        "embed": {
            "@architectures": "spacy.MultiHashEmbed.v2",
            "width": width,
            "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
            "rows": rows,
            "include_static_vectors": True,
        },
        "encode": {
            "@architectures": "spacy.MaxoutWindowEncoder.v2",
            "width": width,
            "depth": depth,
            "window_size": 1,
            "maxout_pieces": 3,
        },
    }


def blank_pipeline() -> Language:
    """Untrained pipeline; tagger and parser do not share layers, which cost 8 points when they did."""
    nlp = spacy.blank("en")
    tagger = {"@architectures": "spacy.Tagger.v2", "tok2vec": tok2vec(64, 2, [1500, 500, 1500, 300])}
    nlp.add_pipe("tagger", config={"model": tagger})
    parser = {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "parser",
        "extra_state_tokens": False,
        "hidden_width": 64,
        "maxout_pieces": 2,
        "use_upper": True,
        "tok2vec": tok2vec(96, 4, [2500, 1000, 2500, 500]),
    }
    # Without the cut, no oracle sequence is computed beforehand: training is twice as fast.
    nlp.add_pipe("parser", config={"model": parser, "update_with_oracle_cut_size": 0})
    return nlp


def give_vectors(nlp: Language, data: Path, cache: Path | None) -> None:
    """Put the word vectors into the vocabulary, from the cache where there is one."""
    import numpy as np  # noqa: PLC0415 - torch is heavy: neither is loaded when only `--help` is asked

    if cache is not None and cache.exists():
        stored = np.load(cache, allow_pickle=False)
        words, rows = [str(word) for word in stored["words"]], stored["rows"]
    else:
        from training.word_vectors import frequent_words, word_vectors  # noqa: PLC0415 - as above

        words = frequent_words(data, VECTORS)
        rows = word_vectors(words, VECTOR_WIDTH)
        if cache is not None:
            np.savez(cache, words=np.array(words), rows=rows)
    nlp.vocab.vectors = Vectors(
        strings=nlp.vocab.strings, data=rows, keys=words, attr="LOWER", name="contactwire"
    )


def write(nlp: Language, out: Path) -> None:
    """Write the pipeline, and that its vectors are looked up by lower-case words: spaCy forgets to say so."""
    nlp.to_disk(out)
    settings = {"mode": "default", "attr": LOWER}
    (out / "vocab" / "vectors.cfg").write_text(json.dumps(settings) + "\n", encoding="utf-8")


def part_of_speech_rules(nlp: Language) -> None:
    """Coarse parts of speech from tag and relation, and rule lemmas: neither costs a model."""
    path = Path(__file__).with_name("parts_of_speech.json")
    ruler = nlp.add_pipe("attribute_ruler")
    for rule in json.loads(path.read_text(encoding="utf-8")):
        ruler.add(patterns=[[rule["if"]]], attrs={"POS": rule["then"]})
    lemmatizer = nlp.add_pipe("lemmatizer", config={"mode": "rule"})
    lemmatizer.initialize()
    tables = {
        name: lemmatizer.lookups.get_table(name) for name in ("lemma_exc", "lemma_index", "lemma_rules")
    }
    tables["lemma_exc"]["aux"] = {
        form: [lemma] for lemma, forms in AUXILIARIES.items() for form in forms.split()
    }
    tables["lemma_index"]["aux"], tables["lemma_rules"]["aux"] = [], []


def roster_names(data: Path) -> list[str]:
    """Words of office holders' names from almost all states, to put in for the treebanks' names."""
    words = set()
    with (data / "roster" / "cabinets_cia_2019-06.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            words.update(
                part.capitalize() for part in row["name"].split() if part.isalpha() and len(part) > 3
            )
    return sorted(words)


def batches(examples: list[Example], size: int) -> Iterator[list[Example]]:
    """Batches of about `size` words."""
    batch: list[Example] = []
    count = 0
    for item in examples:
        batch.append(item)
        count += len(item.reference)
        if count >= size:
            yield batch
            batch, count = [], 0
    if batch:
        yield batch


def scores_of(nlp: Language, examples: list[Example]) -> dict[str, float]:
    """Accuracy of tags and syntax with the tokens and sentences the pipeline itself finds."""
    scores = nlp.evaluate(examples)
    return {name: round(100 * scores[name], 2) for name in ("tag_acc", "dep_uas", "dep_las", "sents_f")}


def fit(nlp: Language, options: argparse.Namespace) -> Optimizer:
    """Train for so many passes, or until the time is up, with the rate falling linearly; keep every pass."""
    data, passes, minutes = options.data, options.passes, options.minutes
    chance = random.Random(options.seed)
    names = roster_names(data)
    sentences = [item for name in TREEBANKS for item in read_conllu(data / name / "train.conllu.gz")]
    tests = testing_examples(nlp, list(read_conllu(data / "ud_pud" / "test.conllu.gz")))
    first = training_examples(nlp, sentences, names, chance)
    optimizer = nlp.initialize(lambda: first)
    started, step = time.monotonic(), 0
    for number in range(passes):
        examples = first if number == 0 else training_examples(nlp, sentences, names, chance)
        losses: dict[str, float] = {}
        for batch in batches(examples, 500 if number < 2 else 1000):
            done = max((number + 0.5) / passes, (time.monotonic() - started) / (60 * minutes))
            warm = min(1.0, (step + 1) / WARM_UP)
            optimizer.learn_rate = RATE * warm * max(FINAL_RATE, 1 - done)
            nlp.update(batch, sgd=optimizer, drop=DROPOUT, losses=losses)
            step += 1
            if time.monotonic() - started > 60 * minutes:
                break
        with nlp.use_params(optimizer.averages):
            print(
                number + 1, step, round(time.monotonic() - started), scores_of(nlp, tests), losses, flush=True
            )
            write(nlp, options.out)
        if time.monotonic() - started > 60 * minutes:
            break
    return optimizer


def main() -> None:
    """Read the arguments, train, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path("streams/coder/model/syntax"))
    parser.add_argument("--vectors", type=Path, default=None, help="keep the word vectors in this .npz file")
    parser.add_argument("--passes", type=int, default=22)
    parser.add_argument("--minutes", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    set_current_ops(NumpyOps(use_blis=False))  # three times as fast on the machine it was trained on
    spacy.util.fix_random_seed(options.seed)
    nlp = blank_pipeline()
    give_vectors(nlp, options.data, options.vectors)
    optimizer = fit(nlp, options)
    part_of_speech_rules(nlp)
    with nlp.use_params(optimizer.averages):
        write(nlp, options.out)


if __name__ == "__main__":
    main()
