"""Fine-tune the encoder that judges pairs of parties, and give its opinions to the judge's examples.

usage: python -m training.pair_encoder EXAMPLES.pkl READ.pkl --tagger TAGGER.pt --encoders FOLDER
           [--out streams/coder/model/pairs] [--passes N] [--parts N]

EXAMPLES.pkl comes from `training.judge_examples`, TAGGER.pt from `training.entities`, whose encoder knows
names and roles. The sources are parted; an encoder that has read all parts but one, as int8 in FOLDER, gives
its opinions on that one, and these stand in READ.pkl beside the candidates' own features: the judge must
learn from opinions on what was not read. Shipped is an encoder that has read them all. FOLDER/sources.json
says which encoder has not read which source.
"""

from __future__ import annotations

import argparse
import copy
import json
import pickle
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from streams.coder.pair_encoder import KINDS, LABELS, PairEncoder, as_features, with_opinions
from training.encoder_base import export_int8, load_tokenizer
from training.judge_data import Example
from training.pair_items import Item, items, renaming
from training.pair_model import FROZEN, PairJudge, batch_of, started

PIECES = 750  # in one step, padding counted
RATE, NEW_RATE, WARM_UP = 2e-4, 1e-3, 40
NEGATIVES, LIKELY = 0.8, 0.85  # sentences that tell nothing for each that does; the likelier ones among them
RENAMED = 0.35  # how often a sentence is read with other countries' names
MODALITIES_WEIGHT, SIDES_WEIGHT, CROWD = 0.5, 0.3, 5
FIRST_MODALITY, LEADS = len(KINDS), len(LABELS) - 2


@dataclass(frozen=True, eq=False)
class Sample:
    """One sentence, with what the frozen layers made of it, and of it with other countries' names."""

    item: Item
    states: Tensor
    renamed: Tensor | None

    def part(self, states: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """What a batch is made of."""
        read = self.item.input
        mentions, sides = torch.from_numpy(read.mentions[0]), torch.from_numpy(read.sides)
        return states.float(), mentions, sides, torch.from_numpy(read.spots)


def samples(judge: PairJudge, some: Sequence[Item]) -> list[Sample]:
    """Every sentence with its lower states."""
    judge.eval()
    chance = random.Random(5)
    rename = renaming(load_tokenizer().get_vocab())

    def states(item: Item, ids: Tensor) -> Tensor:
        return judge.lower(ids, torch.from_numpy(item.input.cases))[0].half()

    found = []
    with torch.inference_mode():
        for item in some:
            other = rename(item.input.ids, chance) if item.told else None
            renamed = None if other is None else states(item, torch.from_numpy(other))
            found.append(Sample(item, states(item, torch.from_numpy(item.input.ids)), renamed))
    return found


def grouped(chosen: Sequence[Sample], chance: random.Random) -> Iterator[list[Sample]]:
    """Groups of like length, in random order."""
    groups: list[list[Sample]] = []
    for sample in sorted(chosen, key=lambda s: len(s.states) + chance.random() * 8):
        longest = max(len(s.states) for s in (*(groups[-1] if groups else ()), sample))
        if not groups or (len(groups[-1]) + 1) * longest > PIECES:
            groups.append([])
        groups[-1].append(sample)
    chance.shuffle(groups)
    yield from groups


def loss_of(logits: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """Loss over what is known of each pair."""
    kinds, told = targets[:, :FIRST_MODALITY], targets[:, FIRST_MODALITY:LEADS]
    known = (kinds >= 0).float() * weights[:, None]
    of_kinds = logits[:, :FIRST_MODALITY]
    total: Tensor = binary_cross_entropy_with_logits(of_kinds, kinds.clamp(min=0), known, reduction="sum")
    has = told[:, 0] >= 0
    if has.any():
        spent = cross_entropy(logits[has, FIRST_MODALITY:LEADS], told[has], reduction="sum")
        total = total + MODALITIES_WEIGHT * spent
    sides = targets[:, LEADS:]
    sure = (sides >= 0).float()
    spent = binary_cross_entropy_with_logits(logits[:, LEADS:], sides.clamp(min=0), sure, reduction="sum")
    return total + SIDES_WEIGHT * spent


def weights_of(targets: Tensor) -> Tensor:
    """Pairs of a list count less, those of which something is told excepted."""
    told = (targets[:, :FIRST_MODALITY] > 0).any(1)
    return torch.where(told, 1.0, min(1.0, CROWD / len(targets)))


def train(judge: PairJudge, train_on: Sequence[Sample], passes: int, seed: int) -> PairJudge:
    """A copy of the judge, trained further."""
    judge = copy.deepcopy(judge)
    chance = random.Random(seed)
    torch.manual_seed(seed)
    nn.init.constant_(judge.out.bias[:FIRST_MODALITY], -3.0)
    positive = [s for s in train_on if s.item.told]
    empty = [
        s for s in train_on if not s.item.told and (s.item.targets[:, :FIRST_MODALITY] == 0).all(1).any()
    ]
    empty.sort(key=lambda s: (-s.item.likely, s.item.article, s.item.number))
    alike, other = empty[: len(empty) // 2], empty[len(empty) // 2 :]
    old = [p for layer in judge.encoder.layers[FROZEN:] for p in layer.parameters()]
    new = [p for part in (judge.mentions, judge.sides, judge.mixed, judge.out) for p in part.parameters()]
    optimizer = torch.optim.AdamW([{"params": old, "lr": RATE}, {"params": new, "lr": NEW_RATE}])
    step, start = 0, time.monotonic()
    wanted = int(NEGATIVES * len(positive))
    judge.train()
    for number in range(passes):
        some = chance.sample(alike, min(len(alike), int(LIKELY * wanted)))
        some += chance.sample(other, min(len(other), wanted - len(some)))
        groups = list(grouped([*positive, *some], chance))
        lost = 0.0
        for index, group in enumerate(groups):
            done = (number + index / len(groups)) / passes
            scale = min(1.0, (step + 1) / WARM_UP) * max(0.02, 1 - done)
            for part, full in zip(optimizer.param_groups, (RATE, NEW_RATE), strict=True):
                part["lr"] = full * scale
            loss = _loss(judge, group, chance)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_([*old, *new], 1.0)
            optimizer.step()
            lost, step = lost + loss.item(), step + 1
        spent = round(time.monotonic() - start)
        sys.stdout.write(
            f"pass {number + 1}: {len(groups)} steps, loss {lost / len(groups):.3f}, {spent} s\n"
        )
        sys.stdout.flush()
    return judge


def _loss(judge: PairJudge, group: Sequence[Sample], chance: random.Random) -> Tensor:
    read = [s.renamed if s.renamed is not None and chance.random() < RENAMED else s.states for s in group]
    batch = batch_of([s.part(states) for s, states in zip(group, read, strict=True)])
    targets = [torch.from_numpy(s.item.targets) for s in group]
    weights = torch.cat([weights_of(each) for each in targets])
    return loss_of(batch.logits(judge), torch.cat(targets), weights) / len(group)


def parts_of(some: Sequence[Item], count: int) -> dict[str, int]:
    """Number of the part that each source is in, the parts of like size."""
    sizes: dict[str, int] = {}
    for item in some:
        sizes[item.source] = sizes.get(item.source, 0) + 1
    load = [0] * count
    where: dict[str, int] = {}
    for source in sorted(sizes, key=lambda name: (-sizes[name], name)):
        where[source] = load.index(min(load))
        load[where[source]] += sizes[source]
    return where


def judged(example: Example, encoder: PairEncoder) -> Example:
    """The example with an encoder's opinions among its candidates' features."""
    said = as_features(example.parties, example.candidates, encoder.opinions(example.read))
    return replace(example, candidates=with_opinions(example.candidates, said), read={})


def cross_judged(examples: Sequence[Example], where: Mapping[str, int], folder: Path) -> list[Example]:
    """Every example with the opinions of the encoder that has not read its source."""
    encoders: dict[int, PairEncoder] = {}
    found = []
    for example in examples:
        part = where.get(example.source, 0)
        found.append(judged(example, encoders.setdefault(part, PairEncoder(folder / str(part)))))
    return found


def write(judge: PairJudge, folder: Path) -> None:
    """Write the judge as int8 ONNX with its labels."""
    of_sentence, of_pairs = {1: "length"}, {0: "pairs", 1: "length"}
    inputs = {
        **{name: torch.ones(1, 7, dtype=torch.int64) for name in ("ids", "cases", "mentions")},
        "sides": torch.ones(2, 7, dtype=torch.int64),
        "spots": torch.ones(2, 3, dtype=torch.int64),
    }
    axes = {
        **dict.fromkeys(("ids", "cases", "mentions"), of_sentence),
        "sides": of_pairs,
        "spots": {0: "pairs"},
        "logits": {0: "pairs"},
    }
    export_int8(judge, folder / "model.onnx", inputs, axes)
    (folder / "labels.json").write_text(json.dumps(LABELS) + "\n", encoding="utf-8")


def main() -> None:
    """Read the arguments, train, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("examples", type=Path)
    parser.add_argument("read", type=Path)
    parser.add_argument("--tagger", type=Path, required=True)
    parser.add_argument("--encoders", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("streams/coder/model/pairs"))
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--parts", type=int, default=3)
    options = parser.parse_args()
    torch.manual_seed(1)
    start = started(options.tagger)
    examples: list[Example] = pickle.loads(options.examples.read_bytes())  # noqa: S301 - made by ourselves
    prepared = samples(start, items(examples))
    where = parts_of([s.item for s in prepared], options.parts)
    for part in range(options.parts):
        rest = [s for s in prepared if where[s.item.source] != part]
        write(train(start, rest, options.passes, part), options.encoders / str(part))
    (options.encoders / "sources.json").write_text(json.dumps(where, sort_keys=True), encoding="utf-8")
    options.read.write_bytes(pickle.dumps(cross_judged(examples, where, options.encoders)))
    write(train(start, prepared, options.passes, options.parts), options.out)


if __name__ == "__main__":
    main()
