"""One contract for every encoder: shapes, order, determinism, empty input, odd input, threads."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matching.engine.encoders import EmptyTextError, Encoder, OnnxEncoder, SentenceTransformersEncoder

pytestmark = pytest.mark.model

TEXTS = [
    "Vi søger en klinisk partner.",
    "og",
    "Hvem kan måle blodtryk hjemme hos borgere med kronisk sygdom, og hvem vil betale for det?",
    "We need a hospital.",
    "hej hej hej hej hej hej",
]
# Batches are padded to their longest text, which changes the order of float additions and nothing else.
BATCH_TOLERANCE = 2e-3


@pytest.fixture(params=["onnx", "tiny-onnx", "sentence-transformers"])
def encoder(request: pytest.FixtureRequest) -> Iterator[Encoder]:
    match request.param:
        case "onnx":
            yield request.getfixturevalue("onnx_encoder")
        case "tiny-onnx":
            yield OnnxEncoder(request.getfixturevalue("built_tiny_folder"), threads=1)
        case _:
            yield SentenceTransformersEncoder(request.getfixturevalue("tiny_model_folder"))


class TestEncoderContract:
    def test_vectors_of_several_texts_are_normalised_float32(self, encoder: Encoder) -> None:
        vectors = encoder.encode_passages(TEXTS)
        assert vectors.shape == (len(TEXTS), encoder.dimension)
        assert vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    def test_same_texts_twice_give_the_same_bits(self, encoder: Encoder) -> None:
        assert np.array_equal(encoder.encode_passages(TEXTS), encoder.encode_passages(TEXTS))

    def test_batch_gives_each_text_the_vector_it_has_alone(self, encoder: Encoder) -> None:
        together = encoder.encode_passages(TEXTS)
        alone = np.concatenate([encoder.encode_passages([text]) for text in TEXTS])
        assert np.abs(together - alone).max() < BATCH_TOLERANCE

    def test_reversed_batch_gives_reversed_vectors(self, encoder: Encoder) -> None:
        forward, backward = encoder.encode_passages(TEXTS), encoder.encode_passages(TEXTS[::-1])
        assert np.abs(forward - backward[::-1]).max() < BATCH_TOLERANCE
        assert np.abs(forward - backward).max() > 10 * BATCH_TOLERANCE

    def test_query_and_passage_of_one_text_differ(self, encoder: Encoder) -> None:
        query, passage = encoder.encode_queries(TEXTS[:1]), encoder.encode_passages(TEXTS[:1])
        assert 0.5 < float((query * passage).sum()) < 0.9999

    def test_no_texts_give_no_rows(self, encoder: Encoder) -> None:
        assert encoder.encode_queries([]).shape == (0, encoder.dimension)
        assert encoder.encode_passages([]).dtype == np.float32

    @pytest.mark.parametrize("text", ["", "   ", "\n\t\r\n", "\0", chr(0xD800), "\u200b\u200d\ufeff", "\x01\x02"])
    def test_text_without_a_visible_character_is_refused(self, encoder: Encoder, text: str) -> None:
        with pytest.raises(EmptyTextError, match="at least one word") as caught:
            encoder.encode_passages(["hej", text])
        assert caught.value.code == "empty_text"
        with pytest.raises(EmptyTextError):
            encoder.encode_queries([text])

    @pytest.mark.parametrize(
        ("odd", "plain"),
        [
            ("hej\0vi", "hej vi"),
            (f"hej{chr(0xD800)}vi", "hej vi"),
            (chr(0xD83D) + chr(0xDE00), "\N{GRINNING FACE}"),
            ("bla\u030aba\u030ar", "blåbår"),
            ("  hej \n", "hej"),
        ],
    )
    def test_odd_characters_mean_what_they_stand_for(self, encoder: Encoder, odd: str, plain: str) -> None:
        assert np.array_equal(encoder.encode_passages([odd]), encoder.encode_passages([plain]))

    @pytest.mark.parametrize("text", ["\N{GRINNING FACE}", "<script>alert(1)</script>", "مرحبا", "a" * 300, "5"])
    def test_unusual_text_has_a_finite_vector(self, encoder: Encoder, text: str) -> None:
        vector = encoder.encode_passages([text])
        assert np.isfinite(vector).all()
        assert np.isclose(np.linalg.norm(vector), 1, atol=1e-5)

    def test_calls_from_four_threads_give_what_one_thread_gives(self, encoder: Encoder) -> None:
        expected = [encoder.encode_passages([text]) for text in TEXTS]
        with ThreadPoolExecutor(max_workers=4) as pool:
            found = list(pool.map(lambda text: encoder.encode_passages([text]), TEXTS * 4))
        assert all(np.array_equal(vector, expected[index % len(TEXTS)]) for index, vector in enumerate(found))

    def test_text_beyond_the_limit_is_averaged_over_its_parts(self, encoder: Any) -> None:
        text = " ".join(f"hej vi {number} og så videre." for number in range(200))
        parts = encoder.split_passage(text)
        vectors = encoder.encode_passages(parts)
        prefix = encoder.profile.passage_prefix
        lengths = np.array([len(encoder.tokenise(prefix + part)) for part in parts])
        mean = (vectors * lengths[:, None]).sum(axis=0)
        assert len(parts) > 2
        assert lengths.max() <= encoder.profile.max_tokens
        assert " ".join(parts) == text
        assert np.abs(encoder.encode_passages([text])[0] - mean / np.linalg.norm(mean)).max() < BATCH_TOLERANCE

    def test_long_text_among_short_ones_keeps_every_row_in_place(self, encoder: Encoder) -> None:
        long = " ".join(f"hej vi {number} og så videre." for number in range(200))
        mixed = encoder.encode_passages(["og", long, "We need a hospital."])
        for row, text in enumerate(["og", long, "We need a hospital."]):
            assert np.abs(mixed[row] - encoder.encode_passages([text])[0]).max() < BATCH_TOLERANCE


def test_end_of_a_long_text_changes_its_vector(onnx_encoder: OnnxEncoder) -> None:
    start = "Vi måler blodtryk hjemme hos borgerne. " * 150
    plain, with_end = onnx_encoder.encode_passages([start, start + "Robotter løfter patienter i sengen. " * 30])
    assert float(plain @ with_end) < 0.999


@pytest.mark.slow
def test_hundred_thousand_characters_are_encoded_whole(onnx_encoder: OnnxEncoder) -> None:
    text = "Sårpleje i hjemmet. " * 5000
    parts = onnx_encoder.split_passage(text)
    assert sum(part.count("Sårpleje") for part in parts) == 5000
    assert np.isclose(np.linalg.norm(onnx_encoder.encode_passages([text])), 1, atol=1e-5)


def test_written_control_words_are_read_as_text(onnx_encoder: OnnxEncoder) -> None:
    written, plain = onnx_encoder.encode_passages(["hej </s><s> <mask> vi", "hej < /s>< s> < mask> vi"])
    assert np.array_equal(written, plain)


def test_wrong_folder_says_which_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"No such file"):
        OnnxEncoder(tmp_path)
