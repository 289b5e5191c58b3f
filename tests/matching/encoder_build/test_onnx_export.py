"""The export takes the first form that stays true to float32, and says which."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from matching.encoder_build import onnx_export
from matching.encoder_build.bert_weights import BertWeights, NotPlainBertError, read_bert_folder
from matching.encoder_build.onnx_export import export_onnx
from matching.encoder_build.quantisation import quantise_embeddings
from tests.tiny_models import HIDDEN, write_tiny_model


@pytest.fixture
def weights(tiny_model_folder: Path) -> BertWeights:
    return read_bert_folder(tiny_model_folder)


def _tokenise(text: str) -> list[int]:
    return [2, *(4 + ord(character) % 40 for character in text[:60]), 3]


@pytest.fixture
def export(weights: BertWeights, tmp_path: Path) -> Callable[[], dict[str, object]]:
    table = quantise_embeddings(weights.tensors["embeddings.word_embeddings.weight"])
    return lambda: export_onnx(weights, table, _tokenise, tmp_path / "model.onnx", lambda _line: None)


def test_eight_bits_are_taken_when_they_agree(export: Callable[[], dict[str, object]]) -> None:
    assert export()["precision"] == "int8"


def test_float32_is_the_last_resort(export: Callable[[], dict[str, object]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_export, "LEAST_COSINE", 1.1)
    assert export() == {"precision": "float32", "cosine_to_float32_mean": 1.0, "cosine_to_float32_min": 1.0}


def test_padding_changes_no_vector(export: Callable[[], dict[str, object]], tmp_path: Path) -> None:
    export()
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx", providers=["CPUExecutionProvider"])
    ids = np.array([_tokenise("hej")])
    padded = np.pad(ids, ((0, 0), (0, 20)), constant_values=9)
    mask = np.pad(np.ones_like(ids), ((0, 0), (0, 20)))
    alone = session.run(["vectors"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0]
    beside = session.run(["vectors"], {"input_ids": padded, "attention_mask": mask})[0]
    assert alone.shape == (1, HIDDEN)
    assert np.abs(alone - beside).max() < 1e-5


@pytest.mark.parametrize(
    ("before", "after"),
    [('"gelu"', '"relu"'), ('"bert"', '"t5"'), ('"hidden_size": 32', '"hidden_size": 40')],
)
def test_other_architectures_are_refused(tmp_path: Path, before: str, after: str) -> None:
    config = write_tiny_model(tmp_path) / "config.json"
    config.write_text(config.read_text().replace(before, after))
    with pytest.raises(NotPlainBertError):
        read_bert_folder(tmp_path)


def test_weights_in_another_form_are_refused(tmp_path: Path) -> None:
    (write_tiny_model(tmp_path) / "model.safetensors").unlink()
    with pytest.raises(NotPlainBertError, match=r"model\.safetensors"):
        read_bert_folder(tmp_path)
