"""Three roads to one vector: the wheel's engine, sentence-transformers in float32, and what is served."""

from pathlib import Path
from typing import Any

import pytest

from matching.engine.encodable_text import clean_text
from matching.engine.encoders import MODEL_FOLDER, OnnxEncoder, SentenceTransformersEncoder, Vectors

pytestmark = pytest.mark.model

PASSAGES = [
    "Kommunen søger en partner til skærmbesøg hos borgere med KOL.",
    "Øjenafdelingen på Ærø afprøver en ny lampe: lys, der følger døgnet.",
    "Our lab prints scaffolds for cartilage and looks for surgeons who want to try them.",
    "ﬁlm, ĳs, ½ liter og １２３",
    "👩‍⚕️ tak for hjælpen 👍🏽",
    "Pris:\t1.200 kr.\n\nLevering:\tfire uger",
    "Bla\u030aba\u030ar og ro\u0308dbeder",
    "שלום, אנחנו מחפשים שותף",
    "Telemedicin",
    "Vi har i flere år arbejdet med at forebygge fald hos ældre. " * 6,
]
LONG = "Sygeplejersken måler, skriver og ringer, mens patienten venter på svar fra laboratoriet. " * 60


def _cosines(left: Vectors, right: Vectors) -> Vectors:
    return (left * right).sum(axis=1)


@pytest.fixture(scope="module")
def exact_encoder(encoder_folder: Path) -> SentenceTransformersEncoder:
    return SentenceTransformersEncoder(encoder_folder / MODEL_FOLDER)


@pytest.fixture(scope="module")
def wheel_passages(wheel_engine: Any) -> Vectors:
    return wheel_engine.passage([clean_text(text) for text in PASSAGES])


def test_unpacked_weights_give_the_wheels_vectors(
    exact_encoder: SentenceTransformersEncoder, wheel_passages: Vectors
) -> None:
    assert _cosines(exact_encoder.encode_passages(PASSAGES), wheel_passages).min() > 0.999


def test_unpacked_model_brings_its_own_prompts(exact_encoder: SentenceTransformersEncoder) -> None:
    profile = exact_encoder.profile
    assert (profile.query_prefix, profile.passage_prefix) == ("query: ", "passage: ")
    assert (profile.dimension, profile.max_tokens) == (384, 512)


def test_served_passages_agree_with_the_wheel(onnx_encoder: OnnxEncoder, wheel_passages: Vectors) -> None:
    assert _cosines(onnx_encoder.encode_passages(PASSAGES), wheel_passages).min() > 0.99


def test_served_queries_agree_with_the_wheel(onnx_encoder: OnnxEncoder, wheel_engine: Any) -> None:
    expected = wheel_engine.query([clean_text(text) for text in PASSAGES])
    assert _cosines(onnx_encoder.encode_queries(PASSAGES), expected).min() > 0.99


def test_served_passages_agree_with_float32(
    onnx_encoder: OnnxEncoder, exact_encoder: SentenceTransformersEncoder
) -> None:
    cosines = _cosines(onnx_encoder.encode_passages(PASSAGES), exact_encoder.encode_passages(PASSAGES))
    assert cosines.mean() > 0.997


def test_long_passage_agrees_with_the_wheel_that_cuts_elsewhere(onnx_encoder: OnnxEncoder, wheel_engine: Any) -> None:
    assert len(onnx_encoder.split_passage(LONG)) > 1
    cosine = _cosines(onnx_encoder.encode_passages([LONG]), wheel_engine.passage([LONG]))
    assert cosine[0] > 0.99


def test_wheel_agreement_would_notice_another_prefix(onnx_encoder: OnnxEncoder, wheel_passages: Vectors) -> None:
    assert _cosines(onnx_encoder.encode_queries(PASSAGES), wheel_passages).min() < 0.99
