"""A shipped ONNX model with its tokenizer, as the encoders run them."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import onnxruntime
from tokenizers import Tokenizer

from streams.coder.pieces import load_tokenizer


class OnnxModel:
    """Folder with `model.onnx` and `tokenizer.json`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def session(self) -> onnxruntime.InferenceSession:
        """The model on one thread, loaded at its first use, so that a process may be forked before."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        return onnxruntime.InferenceSession(
            str(self.folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The word-piece tokenizer."""
        return load_tokenizer(self.folder / "tokenizer.json")
