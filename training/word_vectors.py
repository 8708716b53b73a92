"""Static word vectors for the syntax: each frequent word read alone by MiniLM, in fewer dimensions."""

import gzip
import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import torch

from training.corpora import read_conllu
from training.encoder_base import load_minilm, load_tokenizer

WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*|\d{1,4}")
BATCH = 256


def frequent_words(data: Path, size: int) -> list[str]:
    """Most frequent lower-case words of the open stream and the treebanks, the treebanks' counted tenfold."""
    counts: Counter[str] = Counter()
    with gzip.open(data / "stream_open.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            counts.update(WORD.findall(json.loads(line)["text"].lower()))
    for name in ("ud_ewt", "gum_open"):
        for sentence in read_conllu(data / name / "train.conllu.gz"):
            for word in sentence.words:
                counts[word.form.lower()] += 10
    return [word for word, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:size]]


def word_vectors(words: list[str], width: int) -> np.ndarray:
    """One vector per word, `(words, width)`: layers 0, 2 and 4 averaged over pieces, then reduced."""
    model, tokenizer = load_minilm().eval(), load_tokenizer()
    order = sorted(range(len(words)), key=lambda index: len(words[index]))
    rows = np.zeros((len(words), 3 * 384), dtype="float32")
    for start in range(0, len(order), BATCH):
        chosen = order[start : start + BATCH]
        encodings = tokenizer.encode_batch([words[index] for index in chosen])
        length = max(len(encoding.ids) for encoding in encodings)
        ids = torch.zeros(len(chosen), length, dtype=torch.int64)
        mask = torch.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = torch.tensor(encoding.ids)
            mask[row, : len(encoding.ids)] = 1
        rows[chosen] = averaged(model, ids, mask)
    rows = (rows - rows.mean(0)) / (rows.std(0) + 1e-6)
    _, _, axes = np.linalg.svd(rows[: 4 * rows.shape[1]], full_matrices=False)
    reduced = rows @ axes[:width].T
    result: np.ndarray = (reduced / reduced.std()).astype("float32")
    return result


@torch.no_grad()
def averaged(model: torch.nn.Module, ids: torch.Tensor, mask: torch.Tensor) -> np.ndarray:
    """States of three depths, averaged over each word's own pieces (its marks of start and end left out)."""
    states: list[torch.Tensor] = []
    hooks = [
        module.register_forward_hook(lambda _module, _inputs, output: states.append(output))
        for module in (model.norm, model.layers[1], model.layers[3])
    ]
    model(ids, torch.zeros_like(ids), mask)
    for hook in hooks:
        hook.remove()
    inside = mask.clone()
    inside[:, 0] = 0
    inside[torch.arange(len(mask)), mask.sum(1) - 1] = 0
    weights = inside[:, :, None] / inside.sum(1).clamp(min=1)[:, None, None]
    stacked: np.ndarray = torch.cat([(state * weights).sum(1) for state in states], dim=1).numpy()
    return stacked
