"""Write a packed model as an ordinary Hugging Face folder that `SentenceTransformer(folder)` loads.

From there on it is a model like any other: it can be fine-tuned, compared and exported with the usual tools.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.encoder_build.build_tools import build_tool
from matching.encoder_build.charsmap import precompiled_charsmap
from matching.encoder_build.packed_weights import PackedModel

QUERY_PREFIX = "query: "
PASSAGE_PREFIX = "passage: "
# `Precompiled` looks whole graphemes up, and the model was packed with a map of single code points. No
# character below U+0300 joins the one before it; ahead of every other one goes a control character that the
# map deletes again.
_MAY_JOIN = r"(?<=[\s\S])(?=[^\x{00}-\x{2FF}])"
_SEPARATOR = "\x01"
_MASK = "<mask>"


def write_hugging_face_folder(model: PackedModel, folder: Path) -> None:
    """Write configuration, float32 weights, tokenizer and the sentence-transformers modules into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    build_tool("safetensors.numpy").save_file(bert_tensors(model), folder / "model.safetensors", {"format": "pt"})
    build_tokenizer(model).save(str(folder / "tokenizer.json"))
    for name, content in _configurations(model).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def bert_tensors(model: PackedModel) -> dict[str, npt.NDArray[np.float32]]:
    """The weights under BERT's own tensor names, float32; linear layers as (outputs, inputs)."""
    hidden = model.hidden_size
    tensors = {
        "embeddings.word_embeddings.weight": model.values("emb.word", model.embedding_rows, hidden),
        "embeddings.position_embeddings.weight": model.values("emb.pos", model.positions, hidden),
        "embeddings.token_type_embeddings.weight": model.values("emb.type", model.token_types, hidden),
        "embeddings.LayerNorm.weight": model.values("emb.ln.w", hidden),
        "embeddings.LayerNorm.bias": model.values("emb.ln.b", hidden),
    }
    for layer in range(model.layers):
        tensors |= _layer_tensors(model, layer)
    return {name: np.ascontiguousarray(values) for name, values in tensors.items()}


def _layer_tensors(model: PackedModel, layer: int) -> dict[str, npt.NDArray[np.float32]]:
    hidden, wide = model.hidden_size, model.intermediate_size
    linear = {
        "q": ("attention.self.query", hidden, hidden),
        "k": ("attention.self.key", hidden, hidden),
        "v": ("attention.self.value", hidden, hidden),
        "ao": ("attention.output.dense", hidden, hidden),
        "fi": ("intermediate.dense", wide, hidden),
        "fo": ("output.dense", hidden, wide),
    }
    target = f"encoder.layer.{layer}."
    tensors = {}
    for short, (name, outputs, inputs) in linear.items():
        tensors[f"{target}{name}.weight"] = model.values(f"l{layer}.{short}.w", outputs, inputs)
        tensors[f"{target}{name}.bias"] = model.values(f"l{layer}.{short}.b", outputs)
    for short, name in {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}.items():
        tensors[f"{target}{name}.weight"] = model.values(f"l{layer}.{short}.w", hidden)
        tensors[f"{target}{name}.bias"] = model.values(f"l{layer}.{short}.b", hidden)
    return tensors


def build_tokenizer(model: PackedModel) -> Any:
    """A `tokenizers.Tokenizer` that cuts text exactly as the engine the model was packed for.

    Each code point is mapped on its own, runs of spaces become one, a space is put in front, and the most
    likely pieces are chosen. Each character outside the vocabulary becomes one unknown token of its own.
    """
    tokenizers = build_tool("tokenizers")
    vocabulary = [(piece, float(score)) for piece, score in zip(model.pieces, model.scores, strict=True)]
    tokenizer = tokenizers.Tokenizer(tokenizers.models.Unigram(vocabulary, model.unknown_id, False))
    tokenizer.normalizer = tokenizers.normalizers.Sequence(
        [
            tokenizers.normalizers.Replace(tokenizers.Regex(_MAY_JOIN), _SEPARATOR),
            tokenizers.normalizers.Precompiled(precompiled_charsmap(model.normalisation)),
            tokenizers.normalizers.Replace(tokenizers.Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Sequence(
        [
            tokenizers.pre_tokenizers.Metaspace("▁", prepend_scheme="always", split=True),
            tokenizers.pre_tokenizers.Split(tokenizers.Regex(_unknown_characters(model)), "isolated"),
        ]
    )
    tokenizer.decoder = tokenizers.decoders.Metaspace("▁", prepend_scheme="always", split=True)
    _add_special_tokens(tokenizers, tokenizer, model)
    return tokenizer


def _add_special_tokens(tokenizers: Any, tokenizer: Any, model: PackedModel) -> None:
    beginning, end = model.pieces[model.beginning_id], model.pieces[model.end_id]
    tokenizer.post_processor = tokenizers.processors.TemplateProcessing(
        single=f"{beginning} $A {end}",
        pair=f"{beginning} $A {end} {end} $B {end}",
        special_tokens=[(beginning, model.beginning_id), (end, model.end_id)],
    )
    tokenizer.add_special_tokens(
        [tokenizers.AddedToken(token, special=True) for token in _special_tokens(model).values()]
    )


def _special_tokens(model: PackedModel) -> dict[str, str]:
    return {
        "bos_token": model.pieces[model.beginning_id],
        "cls_token": model.pieces[model.beginning_id],
        "eos_token": model.pieces[model.end_id],
        "sep_token": model.pieces[model.end_id],
        "pad_token": model.pieces[model.padding_id],
        "unk_token": model.pieces[model.unknown_id],
    } | ({"mask_token": _MASK} if _MASK in model.pieces else {})


def _unknown_characters(model: PackedModel) -> str:
    """A regular expression for one character that stands in no piece."""
    known = sorted({ord(character) for piece in model.pieces for character in piece})
    ranges = "".join(rf"\x{{{first:X}}}-\x{{{last:X}}}" for first, last in _runs(known))
    return f"[^{ranges}]"


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Consecutive numbers joined to (first, last)."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _configurations(model: PackedModel) -> dict[str, Any]:
    transformer, pooling, normalise = (
        f"sentence_transformers.models.{n}" for n in ("Transformer", "Pooling", "Normalize")
    )
    prompts = {"query": QUERY_PREFIX, "passage": PASSAGE_PREFIX, "document": PASSAGE_PREFIX}
    return {
        "config.json": _bert_configuration(model),
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": model.positions,
            **_special_tokens(model),
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": transformer},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": pooling},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": normalise},
        ],
        "sentence_bert_config.json": {
            "max_seq_length": model.positions,
            "do_lower_case": False,
            "model_args": {"add_pooling_layer": False},
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": model.hidden_size,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_cls_token": False,
        },
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {"prompts": prompts, "similarity_fn_name": "cosine"},
    }


def _bert_configuration(model: PackedModel) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "vocab_size": model.embedding_rows,
        "hidden_size": model.hidden_size,
        "num_hidden_layers": model.layers,
        "num_attention_heads": model.heads,
        "intermediate_size": model.intermediate_size,
        "max_position_embeddings": model.positions,
        "type_vocab_size": model.token_types,
        "layer_norm_eps": model.layer_norm_epsilon,
        "hidden_act": "gelu",
        "position_embedding_type": "absolute",
        "pad_token_id": model.padding_id,
        "bos_token_id": model.beginning_id,
        "eos_token_id": model.end_id,
    }
