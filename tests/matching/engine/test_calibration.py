"""A calibrated score says how far above chance it is: in each language, for each query, also where little is known."""

import numpy as np
import pytest

from matching.engine.calibration import (
    HIGHEST,
    HIGHEST_WORDS,
    LOWEST_MEANING,
    LOWEST_WORDS,
    MIN_SAMPLE,
    SAMPLE_A_LANGUAGE,
    Background,
    no_words,
    standardise_words,
)
from matching.engine.rows import DANISH, ENGLISH
from tests.matching.engine.index_rows import unit_vectors


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(5)


def languages(danish: int, english: int) -> np.ndarray:
    return np.array([DANISH] * danish + [ENGLISH] * english, np.int16)


def test_sample_is_at_most_so_many_of_each_language(generator: np.random.Generator) -> None:
    spoken = languages(SAMPLE_A_LANGUAGE + 40, 30)

    sample = Background.of(unit_vectors(generator, len(spoken), 4), spoken, generator)

    assert np.bincount(sample.languages).tolist() == [SAMPLE_A_LANGUAGE, 30]
    assert (sample.vectors.shape, sample.vectors.dtype) == ((SAMPLE_A_LANGUAGE + 30, 4), np.float32)


def test_sample_holds_each_text_once_with_its_own_language(generator: np.random.Generator) -> None:
    vectors, spoken = unit_vectors(generator, 60, 4), languages(25, 35)
    vectors[spoken == ENGLISH, 0] = 9.0

    sample = Background.of(vectors, spoken, generator)

    assert len(np.unique(sample.vectors, axis=0)) == 60
    assert ((sample.vectors[:, 0] == 9.0) == (sample.languages == ENGLISH)).all()


def test_sample_is_the_same_for_the_same_seed(generator: np.random.Generator) -> None:
    vectors, spoken = unit_vectors(generator, 900, 4), languages(450, 450)

    one, other, third = (Background.of(vectors, spoken, np.random.default_rng(seed)).vectors for seed in (1, 1, 2))

    np.testing.assert_array_equal(one, other)
    assert not np.array_equal(one, third)


def test_chance_has_mean_nought_and_deviation_one(generator: np.random.Generator) -> None:
    vectors = unit_vectors(generator, 400, 16)
    background = Background(vectors[:200], languages(100, 100))
    queries = unit_vectors(generator, 3, 16)

    itself = background.standardise(queries, queries @ background.vectors.T, background.languages)
    others = background.standardise(queries, queries @ vectors[200:].T, languages(100, 100))

    np.testing.assert_allclose(itself.mean(axis=1), 0.0, atol=1e-5)
    np.testing.assert_allclose(itself[:, :100].std(axis=1), 1.0, atol=1e-4)
    assert np.abs(others.mean(axis=1)).max() < 0.35
    assert np.abs(others.std(axis=1) - 1).max() < 0.25


def test_each_language_has_a_chance_of_its_own(generator: np.random.Generator) -> None:
    vectors = unit_vectors(generator, 200, 16)
    vectors[100:, 0] += 1.0
    background = Background(vectors, languages(100, 100))
    query = np.eye(1, 16, dtype=np.float32)

    (scores,) = background.standardise(query, query @ vectors.T, background.languages)

    assert abs(scores[:100].mean()) < 1e-4
    assert abs(scores[100:].mean()) < 1e-4


def test_each_query_has_a_chance_of_its_own(generator: np.random.Generator) -> None:
    vectors = unit_vectors(generator, 100, 8) + np.eye(1, 8, dtype=np.float32)
    background = Background(vectors, languages(100, 0))
    queries = np.eye(2, 8, dtype=np.float32)

    scores = background.standardise(queries, queries @ vectors.T, background.languages)

    np.testing.assert_allclose(scores.mean(axis=1), 0.0, atol=1e-4)


def test_scores_are_those_of_a_slow_loop(generator: np.random.Generator) -> None:
    background = Background(unit_vectors(generator, 70, 8), languages(40, 30))
    queries, vectors, spoken = unit_vectors(generator, 2, 8), unit_vectors(generator, 5, 8), languages(3, 2)

    scores = background.standardise(queries, queries @ vectors.T, spoken)

    for q, query in enumerate(queries):
        for n, vector in enumerate(vectors):
            chance = [query @ other for other in background.vectors[background.languages == spoken[n]]]
            expected = (query @ vector - np.mean(chance)) / np.std(chance)
            assert scores[q, n] == pytest.approx(min(expected, HIGHEST), abs=1e-4)


def test_rare_language_takes_all_texts_together(generator: np.random.Generator) -> None:
    vectors = unit_vectors(generator, 60, 8)
    spoken = languages(60 - MIN_SAMPLE + 1, MIN_SAMPLE - 1)
    query = unit_vectors(generator, 1, 8)

    ((score,),) = Background(vectors, spoken).standardise(query, np.array([[0.5]], np.float32), languages(0, 1))

    chance = vectors @ query[0]
    assert score == pytest.approx((0.5 - chance.mean()) / chance.std(), abs=1e-4)


@pytest.mark.parametrize("known", [0, 1, MIN_SAMPLE - 1])
def test_hub_with_too_few_texts_takes_what_is_usual(generator: np.random.Generator, known: int) -> None:
    background = Background(unit_vectors(generator, known, 8), languages(known, 0))

    scores = background.standardise(unit_vectors(generator, 1, 8), np.array([[0.0, 0.24]], np.float32), languages(1, 1))

    np.testing.assert_allclose(scores, [[0.0, 2.0]], atol=1e-5)


def test_no_background_and_nothing_found_is_an_empty_table() -> None:
    background = Background.none(8)

    assert background.standardise(np.empty((0, 8), np.float32), np.empty((0, 0), np.float32), languages(0, 0)).size == 0
    assert background.vectors.shape == (0, 8)


def test_texts_that_are_all_alike_stay_within_bounds() -> None:
    same = np.tile(np.eye(1, 4, dtype=np.float32), (30, 1))
    query = np.eye(1, 4, dtype=np.float32)

    ((far, equal, near),) = Background(same, languages(30, 0)).standardise(
        query, np.array([[-1.0, 1.0, 1.1]], np.float32), languages(3, 0)
    )

    assert (far, equal, near) == (LOWEST_MEANING, 0.0, HIGHEST)


def test_words_of_all_statements_have_mean_nought_and_deviation_one() -> None:
    hits, documents = np.array([9.0, 5.0, 1.0], np.float32), 40

    all_scores = [*standardise_words(hits, documents), *[no_words(hits, documents)] * (documents - 3)]

    assert np.mean(all_scores) == pytest.approx(0.0, abs=1e-5)
    assert np.std(all_scores) == pytest.approx(1.0, abs=1e-5)


def test_words_that_few_have_count_for_more_than_words_that_many_have() -> None:
    few, many = np.full(2, 3.0, np.float32), np.full(40, 3.0, np.float32)

    assert standardise_words(few, 100).min() > standardise_words(many, 100).max() > 0


def test_words_that_stand_nowhere_count_nothing() -> None:
    assert no_words(np.empty(0, np.float32), 100) == 0.0
    assert standardise_words(np.empty(0, np.float32), 100).shape == (0,)
    assert no_words(np.empty(0, np.float32), 0) == 0.0


@pytest.mark.parametrize("share", [0.5, 0.81, 0.99, 1.0])
def test_words_that_nearly_all_have_count_little(share: float) -> None:
    scores = np.linspace(3.0, 3.001, round(100 * share)).astype(np.float32)

    hits, missing = standardise_words(scores, 100), no_words(scores, 100)

    assert np.abs(hits).max() <= 1.01
    assert LOWEST_WORDS - 1e-6 <= missing < hits.min()


def test_very_rare_word_stays_below_the_highest() -> None:
    assert standardise_words(np.array([30.0], np.float32), 100_000).tolist() == [HIGHEST_WORDS]
