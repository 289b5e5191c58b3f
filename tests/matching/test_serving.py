"""The process's encoder: each query once, in the order asked, and a clear word when it was never built."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from pytest_django import Settings

from kernel.errors import NotReady
from matching.serving import QueryEncoder, encoder_with, query_encoder, use_encoder
from tests.encoders import CountingEncoder, WordHashEncoder


def test_queries_come_in_the_order_asked_also_repeated_ones() -> None:
    inner = CountingEncoder()
    texts = ["sensor", "robot", "sensor", "app"]

    vectors = QueryEncoder(inner).encode_asking(texts)

    np.testing.assert_array_equal(vectors, WordHashEncoder().encode_queries(texts))
    assert inner.asked == ["sensor", "robot", "app"]


def test_known_queries_are_not_asked_again() -> None:
    inner = CountingEncoder()
    encoder = QueryEncoder(inner)
    encoder.encode_asking(["sensor"])

    vectors = encoder.encode_asking(["robot", "sensor"])

    np.testing.assert_array_equal(vectors, WordHashEncoder().encode_queries(["robot", "sensor"]))
    assert inner.asked == ["sensor", "robot"]


def test_a_few_words_are_asked_as_a_query_and_a_whole_statement_as_a_passage() -> None:
    inner = CountingEncoder()
    statement = "Vi søger en afdeling der vil afprøve vores sensor"

    vectors = QueryEncoder(inner).encode_asking([statement, "sensor til tryksår", statement])

    assert (inner.asked, inner.encoded) == (["sensor til tryksår"], [statement])
    np.testing.assert_array_equal(
        vectors, WordHashEncoder().encode_queries([statement, "sensor til tryksår", statement])
    )


def test_no_queries_give_an_empty_table() -> None:
    vectors = QueryEncoder(CountingEncoder()).encode_asking([])

    assert (vectors.shape, vectors.dtype) == ((0, 64), np.float32)


def test_oldest_queries_are_forgotten_but_answered() -> None:
    inner = CountingEncoder()
    encoder = QueryEncoder(inner, kept=2)

    assert encoder.encode_asking(["a", "b", "c"]).shape == (3, 64)
    encoder.encode_asking(["b", "c"])
    encoder.encode_asking(["a"])

    assert inner.asked == ["a", "b", "c", "a"]


def test_forget_asks_again() -> None:
    inner = CountingEncoder()
    encoder = QueryEncoder(inner)
    encoder.encode_asking(["a"])

    encoder.forget()
    encoder.encode_asking(["a"])

    assert inner.asked == ["a", "a"]


def test_threads_get_their_own_answers() -> None:
    encoder = QueryEncoder(WordHashEncoder(), kept=3)
    texts = [[f"ord{number % 7}", f"ord{number % 5}"] for number in range(200)]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(encoder.encode_asking, texts))

    for asked, vectors in zip(texts, answers, strict=True):
        np.testing.assert_array_equal(vectors, WordHashEncoder().encode_queries(asked))


def test_encoder_in_use_is_the_one_that_was_given(encoder: WordHashEncoder) -> None:
    assert query_encoder().encoder is encoder

    other = WordHashEncoder("other")
    use_encoder(other)

    assert query_encoder().encoder is other


def test_encoder_of_an_index_is_the_one_in_use_when_it_is_that(encoder: WordHashEncoder) -> None:
    assert encoder_with(encoder.fingerprint) is query_encoder()


@pytest.mark.usefixtures("english", "encoder")
def test_encoder_of_an_index_that_is_not_here_is_said(settings: Settings, tmp_path: Path) -> None:
    settings.VIDENBRO_CACHE_DIR = tmp_path

    with pytest.raises(NotReady, match="not on this machine"):
        encoder_with("some-other-model")


@pytest.mark.usefixtures("english")
def test_model_that_was_never_built_is_said(settings: Settings, tmp_path: Path) -> None:
    settings.VIDENBRO_CACHE_DIR = tmp_path
    use_encoder(None)

    with pytest.raises(NotReady, match="build_encoder"):
        query_encoder()
