"""The network that judges pairs of parties, in plain torch.

The lower layers stay as they are, so what they make of a sentence is worked out once. To the states they
give, an embedding is added that tells what a piece's mention is; the middle layers read the sentence again.
The last layer knows whose mentions are whose: it looks, for each pair, from three pieces only, and what it
looks at is told apart by the pair's sides. One linear layer then tells kinds, modality, who leads, and
whether the contact is directed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, linear, scaled_dot_product_attention

from streams.coder.pair_encoder import LABELS, MENTION_MARKS, SIDE_MARKS
from training.encoder_base import HEADS, WIDTH, MiniLM, load_minilm

FROZEN = 3
_FAR = -1e4


class PairJudge(nn.Module):
    """Logits `(pairs, labels)` of the pairs of sentences."""

    def __init__(self, encoder: MiniLM) -> None:
        super().__init__()
        self.encoder = encoder
        self.mentions = nn.Embedding(MENTION_MARKS, WIDTH)
        self.sides = nn.Embedding(SIDE_MARKS, WIDTH)
        for marks in (self.mentions, self.sides):
            nn.init.normal_(marks.weight, std=0.02)
        self.mixed = nn.Linear(3 * WIDTH, WIDTH)
        self.dropout = nn.Dropout(0.1)
        self.out = nn.Linear(WIDTH, len(LABELS))
        for part in (encoder.words, encoder.positions, encoder.cases, encoder.norm, *encoder.layers[:FROZEN]):
            part.requires_grad_(requires_grad=False)

    def forward(self, ids: Tensor, cases: Tensor, mentions: Tensor, sides: Tensor, spots: Tensor) -> Tensor:
        """One sentence `(1, length)`, its pairs `(pairs, length)` and `(pairs, 3)`."""
        return self.pairs(self.middle(self.lower(ids, cases), mentions, None), sides, spots, None)

    def lower(self, ids: Tensor, cases: Tensor) -> Tensor:
        """What the frozen layers make of sentences."""
        encoder = self.encoder
        places = torch.arange(ids.shape[1], device=ids.device)
        hidden: Tensor = encoder.norm(
            encoder.words(ids) + encoder.positions(places)[None] + encoder.cases(cases)
        )
        for layer in encoder.layers[:FROZEN]:
            hidden = layer(hidden, None)
        return hidden

    def middle(self, states: Tensor, mentions: Tensor, bias: Tensor | None) -> Tensor:
        """The layers that know what is mentioned."""
        hidden = states + self.mentions(mentions)
        for layer in self.encoder.layers[FROZEN:-1]:
            hidden = layer(hidden, bias)
        return hidden

    def pairs(
        self, hidden: Tensor, sides: Tensor, spots: Tensor, bias: Tensor | None, *, of: Tensor | None = None
    ) -> Tensor:
        """The last layer from three pieces of each pair, the start and both sides; `of` is its sentence."""
        layer = self.encoder.layers[-1]
        of = torch.zeros_like(spots[:, 0]) if of is None else of
        marked = self.sides.weight

        def split(part: Tensor) -> Tensor:
            return part.reshape(part.shape[0], -1, HEADS, WIDTH // HEADS).transpose(1, 2)

        key = layer.key(hidden)[of] + linear(marked, layer.key.weight)[sides]
        value = layer.value(hidden)[of] + linear(marked, layer.value.weight)[sides]
        chosen = hidden[of[:, None], spots] + marked[torch.gather(sides, 1, spots)]
        attended = scaled_dot_product_attention(
            split(layer.query(chosen)), split(key), split(value), attn_mask=None if bias is None else bias[of]
        ).transpose(1, 2)
        mixed = layer.mixed_norm(chosen + layer.dropout(layer.mixed(attended.reshape(-1, 3, WIDTH))))
        normed = layer.outer_norm(mixed + layer.dropout(layer.outer(gelu(layer.inner(mixed)))))
        three = gelu(self.mixed(self.dropout(normed.reshape(-1, 3 * WIDTH))))
        logits: Tensor = self.out(self.dropout(three))
        return logits


@dataclass(frozen=True)
class Batch:
    """Sentences of like length, padded, with all of their pairs."""

    states: Tensor  # (sentences, length, width)
    mentions: Tensor  # (sentences, length)
    bias: Tensor  # (sentences, 1, 1, length)
    sides: Tensor  # (pairs, length)
    spots: Tensor  # (pairs, 3)
    of: Tensor  # (pairs)

    def logits(self, judge: PairJudge) -> Tensor:
        """What the judge says of the pairs."""
        hidden = judge.middle(self.states, self.mentions, self.bias)
        return judge.pairs(hidden, self.sides, self.spots, self.bias, of=self.of)


def batch_of(parts: Sequence[tuple[Tensor, Tensor, Tensor, Tensor]]) -> Batch:
    """A batch from states, mentions, sides and spots of each sentence."""
    longest = max(len(states) for states, _, _, _ in parts)
    count = len(parts)
    states = torch.zeros(count, longest, WIDTH)
    mentions = torch.zeros(count, longest, dtype=torch.int64)
    bias = torch.full((count, 1, 1, longest), _FAR)
    sides = torch.zeros(sum(len(spots) for *_, spots in parts), longest, dtype=torch.int64)
    of = torch.repeat_interleave(torch.arange(count), torch.tensor([len(spots) for *_, spots in parts]))
    row = 0
    for k, (own, marks, whose, spots) in enumerate(parts):
        length = len(own)
        states[k, :length], mentions[k, :length], bias[k, :, :, :length] = own, marks, 0
        sides[row : row + len(spots), :length] = whose
        row += len(spots)
    return Batch(states, mentions, bias, sides, torch.cat([spots for *_, spots in parts]), of)


def started(tagger: Path | None) -> PairJudge:
    """The judge before training: the tagger's encoder where there is one."""
    encoder = load_minilm()
    if tagger is not None:
        state = torch.load(tagger, map_location="cpu", weights_only=True)
        own = {name: part for name, part in state.items() if name.startswith("encoder.")}
        encoder.load_state_dict({name.removeprefix("encoder."): part for name, part in own.items()})
    return PairJudge(encoder)
