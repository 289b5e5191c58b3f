"""Taking the mean off: of each language where there is enough of it, of all where there is not."""

import numpy as np
import pytest

from matching.engine.centring import Centring
from matching.engine.stores import Vectors
from tests.matching.engine.index_rows import unit_vectors


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(8)


def test_fewer_than_a_hundred_texts_have_no_mean(generator: np.random.Generator) -> None:
    assert Centring.of(unit_vectors(generator, 99, 4), ["da"] * 99).means is None
    assert Centring.of(unit_vectors(generator, 100, 4), ["da"] * 100).means is not None


def test_no_mean_changes_nothing(generator: np.random.Generator) -> None:
    vectors = unit_vectors(generator, 3, 4)

    assert Centring().apply(vectors, ["da", "en", "da"]) is vectors


def test_each_language_loses_its_own_mean(generator: np.random.Generator) -> None:
    vectors = unit_vectors(generator, 120, 4)
    languages = ["da", "en"] * 60

    moved = Centring.of(vectors, languages).apply(vectors[:2], languages[:2])

    expected = [vectors[0] - vectors[::2].mean(axis=0), vectors[1] - vectors[1::2].mean(axis=0)]
    np.testing.assert_allclose(moved, [row / np.linalg.norm(row) for row in expected], atol=1e-5)


@pytest.mark.parametrize("english", [0, 49])
def test_rare_language_loses_the_mean_of_all(generator: np.random.Generator, english: int) -> None:
    vectors = unit_vectors(generator, 150, 4)
    languages = ["en"] * english + ["da"] * (150 - english)

    means = Centring.of(vectors, languages).means

    assert means is not None
    np.testing.assert_allclose(means[1], vectors.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(means[0], vectors[english:].mean(axis=0), atol=1e-6)


def test_unknown_language_is_taken_as_danish() -> None:
    centring = Centring(np.array([[1, 0], [0, 1]], dtype=np.float32))
    vector = np.array([[1, 1]], dtype=np.float32)

    assert centring.apply(vector, ["sv"]).tolist() == centring.apply(vector, ["da"]).tolist() == [[0, 1]]
    assert centring.apply(vector, ["en"]).tolist() == [[1, 0]]


def test_vector_on_the_mean_stays_finite() -> None:
    centring = Centring(np.full((2, 2), 0.5, dtype=np.float32))

    assert centring.apply(np.full((1, 2), 0.5, dtype=np.float32), ["da"]).tolist() == [[0, 0]]


def test_apply_to_nothing_is_nothing() -> None:
    centring = Centring(np.zeros((2, 4), dtype=np.float32))

    assert centring.apply(np.empty((0, 4), dtype=np.float32), []).shape == (0, 4)


def spoken(count: int, language_axis: int, generator: np.random.Generator) -> Vectors:
    """Random topics with a strong common component along one axis, as a language has."""
    vectors = generator.normal(size=(count, 16))
    vectors[:, language_axis] += 12.0
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def test_centring_takes_the_language_out_of_nearness(generator: np.random.Generator) -> None:
    danish, english = spoken(80, 0, generator), spoken(80, 1, generator)
    vectors, languages = np.concatenate([danish, english]), ["da"] * 80 + ["en"] * 80

    centred = Centring.of(vectors, languages).apply(vectors, languages)

    def gap(table: Vectors) -> float:
        return abs(float((table[:80] @ table[:80].T).mean() - (table[:80] @ table[80:].T).mean()))

    assert gap(vectors) > 0.5
    assert gap(centred) < 0.05
    np.testing.assert_allclose(np.linalg.norm(centred, axis=1), 1.0, atol=1e-5)
    assert centred.dtype == np.float32
