"""Measure the shipped syntax on treebanks it was not trained on: `python -m training.score_syntax`.

Raw text in: tokens and sentences are those the pipeline finds.
"""

import argparse
from pathlib import Path

from streams.coder import pipeline
from training.corpora import read_conllu
from training.syntax import scores_of
from training.treebanks import testing_examples

TESTS = {
    "EWT test": ("ud_ewt/test.conllu.gz", ""),
    "GUM open test": ("gum_open/test.conllu.gz", ""),
    "PUD": ("ud_pud/test.conllu.gz", ""),
    "PUD news": ("ud_pud/test.conllu.gz", "n"),
}
RELATIONS = ("nsubj", "nsubj:pass", "obj", "obl", "nmod", "xcomp", "ccomp", "conj", "appos", "parataxis")


def main() -> None:
    """Read the arguments and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--model", type=Path, default=pipeline.MODEL)
    options = parser.parse_args()
    nlp = pipeline.shipped(options.model)
    nlp.remove_pipe("contactwire_entities")
    for title, (path, prefix) in TESTS.items():
        sentences = [item for item in read_conllu(options.data / path) if item.document.startswith(prefix)]
        examples = testing_examples(nlp, sentences)
        print(title, len(sentences), scores_of(nlp, examples))
        if title == "PUD news":
            by_relation = nlp.evaluate(examples)["dep_las_per_type"]
            print({name: round(100 * by_relation[name]["f"], 1) for name in RELATIONS if name in by_relation})


if __name__ == "__main__":
    main()
