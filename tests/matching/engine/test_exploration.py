"""Lists break no cap, their probabilities are those of what the policy does, and ties keep the order of candidates."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.exploration import choose_list, examination_offset, propensities


def drawn(count: int, draws: int = 50, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Expected values, and values under draws that spread around them."""
    generator = np.random.default_rng(seed)
    values = generator.random(count)
    return values, values + generator.normal(size=(draws, count)) * 0.3


def test_without_exploring_the_best_stand_in_order() -> None:
    values = np.array([0.1, 0.9, 0.5, 0.9, 0.2])

    found = choose_list(values, np.empty((0, 5)), length=4, explore=0, generator=np.random.default_rng(1))

    assert found.order.tolist() == [1, 3, 2, 4]
    assert found.explored.tolist() == [False] * 4


def test_explored_places_are_the_last_and_follow_one_draw() -> None:
    values = np.array([5.0, 4.0, 3.0, 2.0, 1.0])
    sampled = np.array([[0.0, 9.0, 0.0, 7.0, 8.0]])

    found = choose_list(values, sampled, length=3, explore=2, generator=np.random.default_rng(1))

    assert found.order.tolist() == [0, 1, 4]
    assert found.explored.tolist() == [False, True, True]


def test_equal_draws_keep_the_order_of_candidates() -> None:
    found = choose_list(np.zeros(5), np.zeros((3, 5)), length=4, explore=2, generator=np.random.default_rng(1))

    assert found.order.tolist() == [0, 1, 2, 3]


def test_uncertain_candidate_is_tried_and_a_hopeless_one_is_not() -> None:
    values = np.array([1.0, 0.9, 0.5, 0.1])
    spread = np.array([0.0, 0.01, 0.6, 0.01])
    sampled = values + np.random.default_rng(1).normal(size=(500, 4)) * spread

    found = propensities(values, sampled, length=2, explore=1)

    assert found.shown[0] == 1.0
    assert 0.15 < found.shown[2] < 0.35
    assert found.shown[1] == pytest.approx(1.0 - found.shown[2])
    assert found.shown[3] == 0.0


@given(
    st.integers(0, 10_000), st.integers(0, 15), st.integers(0, 12), st.integers(0, 4), st.integers(1, 30), st.booleans()
)
@settings(max_examples=80)
def test_list_and_its_probabilities_agree(
    seed: int, count: int, length: int, explore: int, draws: int, capped: bool
) -> None:
    generator = np.random.default_rng(seed)
    values = generator.integers(0, 4, count).astype(float)
    sampled = generator.integers(0, 4, (draws, count)).astype(float)
    allowed = generator.random(count) < 0.6 if capped else np.ones(count, np.bool_)

    found = choose_list(values, sampled, length=length, explore=explore, generator=generator, allowed=allowed)
    chance = propensities(values, sampled, length=length, explore=explore, allowed=allowed)

    places = min(length, int(allowed.sum()))
    assert len(found.order) == len(set(found.order.tolist())) == places
    assert found.explored.sum() == min(explore, places)
    assert allowed[found.order].all()
    assert (chance.shown[~allowed] == 0).all()
    assert (chance.shown[found.order[~found.explored]] == 1.0).all()
    assert (chance.shown[found.order] >= 1 / draws - 1e-12).all()
    assert (chance.at[found.order, np.arange(places)] >= 1 / draws - 1e-12).all()
    assert chance.shown.max(initial=0.0) <= 1.0
    np.testing.assert_allclose(chance.at.sum(axis=0), 1.0)
    np.testing.assert_allclose(chance.at.sum(axis=1), chance.shown)


def test_probabilities_are_the_frequencies_of_many_lists() -> None:
    values, sampled = drawn(8)
    generator = np.random.default_rng(5)
    counts = np.zeros((8, 4))

    for _ in range(8_000):
        order = choose_list(values, sampled, length=4, explore=2, generator=generator).order
        counts[order, np.arange(4)] += 1

    np.testing.assert_allclose(counts / 8_000, propensities(values, sampled, length=4, explore=2).at, atol=0.025)


def test_list_repeats_with_its_seed() -> None:
    values, sampled = drawn(30)

    lists = [
        choose_list(values, sampled, length=10, explore=3, generator=np.random.default_rng(seed)).order.tolist()
        for seed in (4, 4, *range(20))
    ]

    assert lists[0] == lists[1]
    assert len({tuple(each) for each in lists}) > 2


def test_input_is_left_alone() -> None:
    values, sampled = drawn(6)
    before = values.copy(), sampled.copy()

    choose_list(values, sampled, length=4, explore=2, generator=np.random.default_rng(1))
    propensities(values, sampled, length=4, explore=2)

    np.testing.assert_array_equal(values, before[0])
    np.testing.assert_array_equal(sampled, before[1])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"values": np.array([1.0, np.nan])}, "not a finite"),
        ({"sampled": np.array([[1.0, np.inf]])}, "not a finite"),
        ({"sampled": np.zeros((1, 3))}, "same candidates"),
        ({"sampled": np.zeros(2)}, "same candidates"),
        ({"allowed": np.ones(3, np.bool_)}, "same candidates"),
        ({"values": np.zeros((2, 2))}, "same candidates"),
        ({"length": -1}, "negative"),
        ({"explore": -1}, "negative"),
        ({"sampled": np.empty((0, 2))}, "at least one draw"),
    ],
)
def test_list_that_cannot_be_is_refused(change: dict[str, object], message: str) -> None:
    asked = {"values": np.zeros(2), "sampled": np.zeros((1, 2)), "length": 2, "explore": 1} | change

    with pytest.raises(ValueError, match=message):
        choose_list(**asked, generator=np.random.default_rng(1))
    with pytest.raises(ValueError, match=message):
        propensities(**asked)


def test_places_further_down_are_looked_at_less() -> None:
    found = examination_offset(np.arange(10))

    assert found[0] == 0.0
    assert np.exp(found[[3, 8]]) == pytest.approx([1 / 2, 1 / 3])
    assert (np.diff(found) < 0).all()


def test_place_before_the_first_is_refused() -> None:
    with pytest.raises(ValueError, match="from 0"):
        examination_offset(np.array([0, -1]))
