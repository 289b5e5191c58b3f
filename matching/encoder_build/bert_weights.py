"""Read the sizes and weights of a plain BERT or XLM-RoBERTa encoder from a Hugging Face folder."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from kernel.errors import DomainError
from matching.encoder_build.build_tools import build_tool
from matching.encoder_build.packed_weights import BLOCK_SIZE

Weights = npt.NDArray[np.float32]
_PREFIXES = ("", "bert.", "roberta.")
_ROBERTA_KINDS = ("xlm-roberta", "roberta")


class NotPlainBertError(DomainError):
    """The model is none that can be written as a serving graph; sentence-transformers can still serve it."""

    code: ClassVar[str] = "not_plain_bert"


@dataclass(frozen=True)
class BertWeights:
    """Sizes and float32 weights under BERT's own names; linear layers as (outputs, inputs).

    `first_position` is the position of the first token: 0 for BERT, padding id + 1 for RoBERTa.
    """

    layers: int
    heads: int
    hidden_size: int
    layer_norm_epsilon: float
    first_position: int
    tensors: Mapping[str, Weights]

    def layer(self, index: int, name: str) -> Weights:
        """The tensor `name` of layer `index`, counted from 0."""
        return self.tensors[f"encoder.layer.{index}.{name}"]


def read_bert_folder(folder: Path) -> BertWeights:
    """Read `config.json` and `model.safetensors`.

    Raises:
        NotPlainBertError: another architecture, activation or position scheme, or weights in another form.
    """
    config = _read_config(folder)
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise NotPlainBertError("The model keeps its weights in no single model.safetensors.")
    stored = build_tool("safetensors.numpy").load_file(weights)
    roberta = config["model_type"] in _ROBERTA_KINDS
    return BertWeights(
        layers=int(config["num_hidden_layers"]),
        heads=int(config["num_attention_heads"]),
        hidden_size=int(config["hidden_size"]),
        layer_norm_epsilon=float(config["layer_norm_eps"]),
        first_position=int(config["pad_token_id"]) + 1 if roberta else 0,
        tensors=_encoder_tensors(stored),
    )


def _read_config(folder: Path) -> dict[str, Any]:
    config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    plain = (
        config.get("model_type") in ("bert", *_ROBERTA_KINDS)
        and config.get("hidden_act") == "gelu"
        and config.get("position_embedding_type", "absolute") == "absolute"
        and not config.get("is_decoder", False)
        and config["hidden_size"] % BLOCK_SIZE == 0
    )
    if not plain:
        raise NotPlainBertError("Only BERT and XLM-RoBERTa encoders with GELU and absolute positions are exported.")
    return config


def _encoder_tensors(stored: Mapping[str, npt.NDArray[Any]]) -> dict[str, Weights]:
    for prefix in _PREFIXES:
        if f"{prefix}embeddings.word_embeddings.weight" in stored:
            return {
                name.removeprefix(prefix): values.astype(np.float32)
                for name, values in stored.items()
                if name.startswith(prefix) and np.issubdtype(values.dtype, np.floating)
            }
    raise NotPlainBertError("The model has no BERT word embeddings.")
