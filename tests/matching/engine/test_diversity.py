"""Maximal marginal relevance, checked against a slow reference; its two ends; vectors that are not numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.diversity import diversify
from tests.matching.engine.index_rows import unit_vectors


def slow(scores: np.ndarray, vectors: np.ndarray, novelty: float, length: int) -> list[int]:
    relevance = (scores - scores.mean()) / max(scores.std(), 1e-9)
    chosen: list[int] = []
    while len(chosen) < min(length, len(scores)):
        best, best_gain = -1, -np.inf
        for place in range(len(scores)):
            if place in chosen:
                continue
            nearest = max((float(vectors[place] @ vectors[other]) for other in chosen), default=0.0)
            gain = (1 - novelty) * relevance[place] - novelty * nearest if chosen else relevance[place]
            if gain > best_gain + 1e-7:
                best, best_gain = place, gain
        chosen.append(best)
    return chosen


@given(st.integers(0, 10_000), st.integers(1, 12), st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]), st.integers(1, 14))
def test_order_is_that_of_a_slow_reference(seed: int, count: int, novelty: float, length: int) -> None:
    generator = np.random.default_rng(seed)
    scores, vectors = generator.normal(size=count), unit_vectors(generator, count, 6)

    assert diversify(scores, vectors, novelty=novelty, length=length) == slow(scores, vectors, novelty, length)


def test_no_novelty_is_the_order_of_scores() -> None:
    scores = np.array([1.0, 5.0, 3.0, 5.0])

    assert diversify(scores, np.ones((4, 1), np.float32), novelty=0.0, length=9) == [1, 3, 2, 0]


def test_novelty_alone_begins_with_the_best_and_goes_on_with_the_least_alike() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1], [-1, 0]], np.float32)

    assert diversify(np.array([4.0, 3.0, 2.0, 1.0]), vectors, novelty=1.0, length=4) == [0, 3, 2, 1]


def test_twin_of_the_best_gives_way_to_something_else() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
    scores = np.array([3.0, 2.9, 2.8, -9.0])

    assert diversify(scores, np.vstack([vectors, -vectors[:1]]), novelty=0.5, length=2) == [0, 2]


def test_equal_ones_stand_in_their_order() -> None:
    assert diversify(np.full(5, 2.0), np.ones((5, 3), np.float32), novelty=0.3, length=5) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("length", [0, -1])
def test_none_wanted_are_none(length: int) -> None:
    assert diversify(np.array([1.0]), np.ones((1, 1), np.float32), novelty=0.3, length=length) == []


def test_nobody_is_an_empty_list() -> None:
    assert diversify(np.empty(0), np.empty((0, 4), np.float32), novelty=0.3, length=3) == []


@pytest.mark.parametrize("novelty", [-0.1, 1.1, float("nan")])
def test_novelty_outside_its_range_is_refused(novelty: float) -> None:
    with pytest.raises(ValueError, match="novelty"):
        diversify(np.array([1.0]), np.ones((1, 1), np.float32), novelty=novelty, length=1)


@pytest.mark.parametrize("broken", [0, 1, 3])
def test_vector_that_is_no_number_loses_nobody(broken: int) -> None:
    vectors = unit_vectors(np.random.default_rng(3), 4, 5)
    vectors[broken] = np.nan

    found = diversify(np.array([4.0, 3.0, 2.0, 1.0]), vectors, novelty=0.4, length=4)

    assert sorted(found) == [0, 1, 2, 3]
    assert found[0] == 0
