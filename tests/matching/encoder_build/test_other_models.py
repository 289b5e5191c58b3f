"""Models other than the default: exported when they are plain, served by sentence-transformers when not."""

from pathlib import Path

import numpy as np
import pytest

from matching.encoder_build.cache import ensure_encoder, verification_figures
from matching.encoder_build.loading import load_encoder
from matching.encoder_build.sources import EncoderSourceMissingError
from matching.encoder_build.verification import EncoderMismatchError, verify_encoder
from matching.engine.encoders import OnnxEncoder, SentenceTransformersEncoder
from tests.tiny_models import write_tiny_model

TEXTS = ["Vi søger en partner", "og", "hvem kan hjælpe med sårpleje, og hvornår?"]


def _quiet(_line: str) -> None:
    """Progress that nobody reads."""


def test_plain_bert_is_exported_and_agrees(tiny_model_folder: Path, built_tiny_folder: Path) -> None:
    built = load_encoder(built_tiny_folder)
    original = SentenceTransformersEncoder(tiny_model_folder)
    assert isinstance(built, OnnxEncoder)
    assert (built.encode_passages(TEXTS) * original.encode_passages(TEXTS)).sum(axis=1).min() > 0.997
    assert verification_figures(built_tiny_folder)["precision"] == "int8"


def test_own_prompts_are_kept(built_tiny_folder: Path) -> None:
    profile = OnnxEncoder(built_tiny_folder).profile
    assert (profile.query_prefix, profile.passage_prefix, profile.max_tokens) == ("spm: ", "tekst: ", 64)


def test_model_without_prompts_gets_none(tmp_path: Path) -> None:
    folder = write_tiny_model(tmp_path / "model", prompts={})
    encoder = load_encoder(ensure_encoder(str(folder), tmp_path / "cache", _quiet))
    assert np.array_equal(encoder.encode_queries(TEXTS), encoder.encode_passages(TEXTS))


def test_xlm_roberta_is_exported_with_its_shifted_positions(tmp_path: Path) -> None:
    folder = write_tiny_model(tmp_path / "model", kind="xlm-roberta")
    built = load_encoder(ensure_encoder(str(folder), tmp_path / "cache", _quiet))
    original = SentenceTransformersEncoder(folder)
    assert isinstance(built, OnnxEncoder)
    assert (built.encode_passages(TEXTS) * original.encode_passages(TEXTS)).sum(axis=1).min() > 0.997


def test_model_with_another_pooling_is_served_by_sentence_transformers(tmp_path: Path) -> None:
    folder = write_tiny_model(tmp_path / "model", pooling="cls")
    built = load_encoder(ensure_encoder(str(folder), tmp_path / "cache", _quiet))
    original = SentenceTransformersEncoder(folder)
    assert isinstance(built, SentenceTransformersEncoder)
    assert built.fingerprint != original.fingerprint
    assert np.allclose(built.encode_queries(TEXTS), original.encode_queries(TEXTS), atol=1e-5)


def test_other_weights_have_another_fingerprint(tmp_path: Path, built_tiny_folder: Path) -> None:
    folder = write_tiny_model(tmp_path / "model", seed=8)
    assert ensure_encoder(str(folder), tmp_path / "cache", _quiet).name != built_tiny_folder.name


def test_folder_without_a_model_says_what_to_check(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    with pytest.raises(EncoderSourceMissingError, match="VIDENBRO_ENCODER") as caught:
        ensure_encoder(str(tmp_path / "model"), tmp_path / "cache", _quiet)
    assert caught.value.code == "encoder_source_missing"
    assert not [path for path in (tmp_path / "cache/encoders").iterdir() if path.is_dir()]


def test_verification_refuses_an_encoder_of_other_weights(tmp_path: Path, built_tiny_folder: Path) -> None:
    other = SentenceTransformersEncoder(write_tiny_model(tmp_path / "model", seed=8))
    with pytest.raises(EncoderMismatchError, match=r"cosine of -?\d\.\d{4}") as caught:
        verify_encoder(load_encoder(built_tiny_folder), other.encode_passages, "another model")
    assert caught.value.details["cosine"] < 0.99


def test_verification_refuses_vectors_that_are_no_numbers(built_tiny_folder: Path) -> None:
    encoder = load_encoder(built_tiny_folder)
    with pytest.raises(EncoderMismatchError):
        verify_encoder(encoder, lambda texts: encoder.encode_passages(texts) * np.float32("nan"), "noise")
