"""Fine-tune the entity tagger: `python -m training.entities --data ../shared/data`.

MiniLM reads word pieces and tags them B/I/O. Corpora that lack some of our labels teach only what they mark:
the loss of a piece is the probability of all tags that its corpus leaves possible.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from streams.coder.pieces import END, START, pieces_of
from training.corpora import LABELS, OUTSIDE, Marked, without_shared_text
from training.encoder_base import WIDTH, export_int8, load_minilm, load_tokenizer
from training.entity_data import filled, packed, parts, read_news, read_open, varied
from training.officials import World, read_world

TAGS = (OUTSIDE, *(f"{part}-{label}" for label in LABELS for part in "BI"))
LONGEST = 500
BATCH_PIECES = 1600
RATE, HEAD_RATE, WARM_UP = 1e-4, 1e-3, 60
TEMPLATES_A_PASS = 1500
Window = tuple[list[int], list[int], Tensor]


class Tagger(nn.Module):
    """The encoder with one linear layer: log probabilities of the tags of each piece."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = load_minilm()
        self.encoder.words.weight.requires_grad = False  # so that words the corpora lack stay near their like
        self.head = nn.Linear(WIDTH, len(TAGS))

    def forward(self, ids: Tensor, cases: Tensor, mask: Tensor | None = None) -> Tensor:
        """`(batch, length)` each, to `(batch, length, tags)`."""
        scores: Tensor = self.head(self.encoder(ids, cases, mask)).log_softmax(-1)
        return scores


def window(tokenizer: Tokenizer, item: Marked) -> Window:
    """Ids, cases and allowed tags `(length, tags)` of one text."""
    pieces = pieces_of(tokenizer, item.text)
    allowed = torch.zeros(len(pieces.ids) + 2, len(TAGS), dtype=torch.bool)
    allowed[0] = allowed[-1] = True
    allowed[1:-1, [number for number, tag in enumerate(TAGS) if tag.split("-")[-1] in item.elsewhere]] = True
    for start, end, labels in item.spans:
        inside = [index for index, (a, b) in enumerate(pieces.offsets) if a < end and b > start]
        for index in inside:
            part = "B" if index == inside[0] else "I"
            names = {label if label == OUTSIDE else f"{part}-{label}" for label in labels}
            allowed[index + 1] = torch.tensor([tag in names for tag in TAGS])
    return [START, *pieces.ids, END], [0, *pieces.cases, 0], allowed


def batches(windows: list[Window], chance: random.Random) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor]]:
    """Batches, padded, of windows of like length, in random order."""
    ordered = sorted(windows, key=lambda item: len(item[0]) + chance.random())
    groups: list[list[Window]] = [[]]
    for item in ordered:
        if (len(groups[-1]) + 1) * len(item[0]) > BATCH_PIECES:
            groups.append([])
        groups[-1].append(item)
    chance.shuffle(groups)
    for group in groups:
        if group:
            yield padded(group)


def padded(group: list[Window]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Ids, cases, mask and allowed tags of a group as tensors."""
    length = max(len(ids) for ids, _, _ in group)
    ids, cases, mask = (torch.zeros(len(group), length, dtype=torch.int64) for _ in range(3))
    allowed = torch.ones(len(group), length, len(TAGS), dtype=torch.bool)
    for row, (item_ids, item_cases, item_allowed) in enumerate(group):
        ids[row, : len(item_ids)] = torch.tensor(item_ids)
        cases[row, : len(item_ids)] = torch.tensor(item_cases)
        mask[row, : len(item_ids)] = 1
        allowed[row, : len(item_ids)] = item_allowed
    return ids, cases, mask, allowed


def loss_of(scores: Tensor, allowed: Tensor) -> Tensor:
    """Mean surprise at what the corpora leave possible; pieces with every tag possible teach nothing."""
    possible = scores.masked_fill(~allowed, -1e4).logsumexp(-1)
    told = ~allowed.all(-1)
    return -possible[told].mean()


def one_pass(
    news: list[Marked], others: list[Marked], templates: list[str], world: World, chance: random.Random
) -> list[Marked]:
    """Texts of one pass: all news, half of the rest, and filled templates a few at a time."""
    sentences = [
        varied(filled(chance.choice(templates), world, chance), world, chance)
        for _ in range(TEMPLATES_A_PASS)
    ]
    made = list(packed(sentences, chance.choice((150, 300))))
    return [
        *(varied(item, world, chance) for item in news),
        *(varied(item, world, chance) for item in others if chance.random() < 0.5),
        *made,
    ]


def fit(model: Tagger, options: argparse.Namespace) -> None:
    """Train for so many passes or until the time is up; write the model after each pass."""
    chance = random.Random(options.seed)
    tokenizer, world = load_tokenizer(), read_world(options.data)
    lines = Path(__file__).with_name("templates.txt").read_text(encoding="utf-8").splitlines()
    templates = [line for line in lines if line and not line.startswith("#")]
    news = [item for document in kept_news(options) for item in parts(document, LONGEST)]
    others = list(packed(read_open(options.data), LONGEST))
    groups = [
        {"params": [p for p in model.encoder.parameters() if p.requires_grad], "lr": RATE},
        {"params": model.head.parameters(), "lr": HEAD_RATE},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    rates = [group["lr"] for group in optimizer.param_groups]
    started, step = time.monotonic(), 0
    for number in range(options.passes):
        texts = one_pass(news, others, templates, world, chance)
        made = list(batches([window(tokenizer, item) for item in texts], chance))
        total = 0.0
        for index, (ids, cases, mask, allowed) in enumerate(made):
            spent = (time.monotonic() - started) / (60 * options.minutes)
            done = min(1.0, max((number + index / len(made)) / options.passes, spent))
            scale = min(1.0, (step + 1) / WARM_UP) * max(0.02, 1 - done)
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * scale
            loss = loss_of(model(ids, cases, mask), allowed)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            total, step = total + loss.item(), step + 1
            if step % 50 == 0:
                print(
                    step,
                    f"{index}/{len(made)}",
                    round(total / (index + 1), 4),
                    round(time.monotonic() - started),
                    flush=True,
                )
            if spent > 1:
                break
        write(model, options.out)
        print("pass", number + 1, round(time.monotonic() - started), flush=True)
        model.train()
        if time.monotonic() - started > 60 * options.minutes:
            break


def kept_news(options: argparse.Namespace) -> list[Marked]:
    """News documents to train on: without those whose text is in the file kept apart for measuring."""
    documents = read_news(options.data)
    if options.apart is None or not options.apart.exists():
        return documents
    lines = options.apart.read_text(encoding="utf-8").splitlines()
    return without_shared_text(documents, [json.loads(line)["text"] for line in lines])


def write(model: Tagger, folder: Path) -> None:
    """Write the model as int8 ONNX with labels and tokenizer, and its weights for more training beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), folder.with_suffix(".pt"))
    example = torch.ones(2, 7, dtype=torch.int64)
    axes = {name: {0: "batch", 1: "length"} for name in ("ids", "cases", "scores")}
    export_int8(model, folder / "model.onnx", {"ids": example, "cases": example.clone()}, axes)
    (folder / "labels.json").write_text(json.dumps(TAGS) + "\n", encoding="utf-8")
    load_tokenizer().save(str(folder / "tokenizer.json"), pretty=False)


def main() -> None:
    """Read the arguments, train, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--apart", type=Path, default=Path("../shared/gold/dev.jsonl"))
    parser.add_argument("--out", type=Path, default=Path("streams/coder/model/entities"))
    parser.add_argument("--passes", type=int, default=6)
    parser.add_argument("--minutes", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    model = Tagger()
    model.train()
    fit(model, options)


if __name__ == "__main__":
    main()
