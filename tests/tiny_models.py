"""Very small random BERT models, written as sentence-transformers folders without any training library."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors

from matching.encoder_build.cache import ensure_encoder

HIDDEN, WIDE, LAYERS, HEADS, POSITIONS = 32, 64, 2, 4, 64
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
_LETTERS = "abcdefghijklmnopqrstuvwxyzæøå0123456789.,!?-:"
_MODULES = "sentence_transformers.models"


@pytest.fixture(scope="session")
def tiny_model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random BERT with mean pooling and prompts of its own."""
    return write_tiny_model(tmp_path_factory.mktemp("tiny-model"))


@pytest.fixture(scope="session")
def built_tiny_folder(tiny_model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model as it is served."""
    return ensure_encoder(str(tiny_model_folder), tmp_path_factory.mktemp("tiny-cache"), lambda _line: None)


def write_tiny_model(
    folder: Path,
    *,
    kind: str = "bert",
    pooling: str = "mean",
    prompts: dict[str, str] | None = None,
    seed: int = 7,
) -> Path:
    """Write a model of `kind` ("bert" or "xlm-roberta") with random weights into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = _tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    vocabulary_size = tokenizer.get_vocab_size()
    save_file(_random_tensors(vocabulary_size, seed), folder / "model.safetensors", {"format": "pt"})
    for name, content in _configurations(kind, pooling, vocabulary_size, prompts).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    return folder


def _tokenizer() -> Tokenizer:
    pieces = [
        *_SPECIAL,
        *_LETTERS,
        *(f"##{letter}" for letter in _LETTERS),
        "hej",
        "vi",
        "og",
        "##er",
        "##en",
    ]
    vocabulary = {piece: index for index, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(strip_accents=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in _SPECIAL])
    return tokenizer


def _random_tensors(vocabulary_size: int, seed: int) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(seed)

    def random(*shape: int) -> np.ndarray:
        return generator.normal(0, 0.3, shape).astype(np.float32)

    tensors = {
        "embeddings.word_embeddings.weight": random(vocabulary_size, HIDDEN),
        "embeddings.position_embeddings.weight": random(POSITIONS + 2, HIDDEN),
        "embeddings.token_type_embeddings.weight": random(2, HIDDEN),
        **_layer_norm("embeddings.LayerNorm", random),
    }
    for layer in range(LAYERS):
        prefix = f"encoder.layer.{layer}."
        for part in ("query", "key", "value"):
            tensors |= _dense(f"{prefix}attention.self.{part}", HIDDEN, HIDDEN, random)
        tensors |= _dense(f"{prefix}attention.output.dense", HIDDEN, HIDDEN, random)
        tensors |= _dense(f"{prefix}intermediate.dense", WIDE, HIDDEN, random)
        tensors |= _dense(f"{prefix}output.dense", HIDDEN, WIDE, random)
        tensors |= _layer_norm(f"{prefix}attention.output.LayerNorm", random)
        tensors |= _layer_norm(f"{prefix}output.LayerNorm", random)
    return tensors


def _dense(name: str, outputs: int, inputs: int, random: Any) -> dict[str, np.ndarray]:
    return {f"{name}.weight": random(outputs, inputs), f"{name}.bias": random(outputs)}


def _layer_norm(name: str, random: Any) -> dict[str, np.ndarray]:
    return {f"{name}.weight": 1 + random(HIDDEN), f"{name}.bias": random(HIDDEN)}


def _configurations(kind: str, pooling: str, vocabulary_size: int, prompts: dict[str, str] | None) -> dict[str, Any]:
    architecture = {"bert": "BertModel", "xlm-roberta": "XLMRobertaModel"}[kind]
    return {
        "config.json": {
            "architectures": [architecture],
            "model_type": kind,
            "vocab_size": vocabulary_size,
            "hidden_size": HIDDEN,
            "num_hidden_layers": LAYERS,
            "num_attention_heads": HEADS,
            "intermediate_size": WIDE,
            "max_position_embeddings": POSITIONS + 2,
            "type_vocab_size": 2,
            "layer_norm_eps": 1e-6,
            "hidden_act": "gelu",
            "pad_token_id": 0,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": POSITIONS,
            "pad_token": "[PAD]",
            "unk_token": "[UNK]",
            "cls_token": "[CLS]",
            "sep_token": "[SEP]",
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{_MODULES}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{_MODULES}.Pooling"},
        ],
        "sentence_bert_config.json": {
            "max_seq_length": POSITIONS,
            "model_args": {"add_pooling_layer": False},
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": HIDDEN,
            "pooling_mode_mean_tokens": pooling == "mean",
            "pooling_mode_cls_token": pooling == "cls",
        },
        "config_sentence_transformers.json": {
            "prompts": {"query": "spm: ", "document": "tekst: "} if prompts is None else prompts
        },
    }
