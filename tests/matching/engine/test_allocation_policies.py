"""Ranking policies: the published figures, doubly stochastic lists, envy by a second implementation, bad input."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.allocation.frank_wolfe import (
    PUBLISHED_SCHEDULE,
    Schedule,
    nash_social_welfare,
    social_welfare,
)
from matching.engine.allocation.market import Market, pair_values
from matching.engine.allocation.outcomes import count_envies, expected_matches
from matching.engine.allocation.policies import naive, product, tu_masses, tu_matching
from matching.engine.allocation.rankings import RankingPolicy
from tests.matching.engine.markets import published_market, random_market, slow_left_envies, slow_matches

Policy = Callable[..., RankingPolicy]
ALL = [naive, product, tu_matching, social_welfare, nash_social_welfare]
sizes = st.integers(1, 6)


@pytest.mark.parametrize(
    ("policy", "matches", "envies"),
    [(naive, 6.098, (383, 172)), (product, 13.215, (211, 81)), (tu_matching, 15.448, (63, 10))],
)
def test_fixed_rankings_reach_published_figures(policy: Policy, matches: float, envies: tuple[int, int]) -> None:
    market = published_market()

    shown = policy(market)

    assert expected_matches(market, shown) == pytest.approx(matches, abs=0.001)
    assert count_envies(market, shown) == envies


@pytest.mark.parametrize(
    ("policy", "matches", "envies"), [(social_welfare, 16.510, (28, 7)), (nash_social_welfare, 15.762, (0, 0))]
)
def test_published_schedule_reaches_published_figures(policy: Policy, matches: float, envies: tuple[int, int]) -> None:
    market = published_market()

    shown = policy(market, schedule=PUBLISHED_SCHEDULE)

    assert expected_matches(market, shown) == pytest.approx(matches, abs=0.001)
    assert count_envies(market, shown) == envies


def test_our_schedule_brings_more_matches_than_published_without_envy() -> None:
    market = published_market()

    fair, total = nash_social_welfare(market), social_welfare(market)

    assert count_envies(market, fair) == (0, 0)
    assert expected_matches(market, fair) > 16.1
    assert expected_matches(market, total) > 16.59


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), n=sizes, m=sizes)
@pytest.mark.parametrize("policy", ALL)
def test_lists_are_doubly_stochastic(policy: Policy, seed: int, n: int, m: int) -> None:
    shown = policy(random_market(seed, n, m))

    for side, owners, members in ((shown.left, n, m), (shown.right, m, n)):
        tables = side.matrices()
        assert tables.shape == (owners, members, members)
        assert tables.min() >= 0
        assert np.abs(tables.sum(axis=1) - 1).max() < 1e-6
        assert np.abs(tables.sum(axis=2) - 1).max() < 1e-6


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), n=sizes, m=sizes)
@pytest.mark.parametrize("policy", ALL)
def test_outcomes_agree_with_pair_by_pair_sums(policy: Policy, seed: int, n: int, m: int) -> None:
    market = random_market(seed, n, m)

    shown = policy(market)

    assert expected_matches(market, shown) == pytest.approx(slow_matches(market, shown))
    assert count_envies(market, shown)[0] == slow_left_envies(market, shown)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(3, 6), m=st.integers(3, 6))
@pytest.mark.parametrize("policy", ALL)
def test_renumbered_agents_get_the_same_lists(policy: Policy, seed: int, n: int, m: int) -> None:
    market = random_market(seed, n, m)
    generator = np.random.default_rng(seed + 1)
    rows, columns = generator.permutation(n), generator.permutation(m)
    renumbered = Market(market.left_to_right[rows][:, columns], market.right_to_left[columns][:, rows])
    schedule = {"schedule": Schedule(rounds=20)} if policy in (social_welfare, nash_social_welfare) else {}

    before, after = policy(market, **schedule), policy(renumbered, **schedule)

    assert np.allclose(after.left.matrices(), before.left.matrices()[rows][:, columns])


def test_swapped_sides_swap_envies_of_product() -> None:
    market = random_market(4, 7, 5)
    mirrored = Market(market.right_to_left, market.left_to_right)

    assert count_envies(mirrored, product(mirrored)) == count_envies(market, product(market))[::-1]


def test_equal_preferences_are_shown_by_number() -> None:
    shown = product(Market(np.full((2, 3), 0.5), np.full((3, 2), 0.5)))

    assert shown.left.places[0].tolist() == [[0, 1, 2], [0, 1, 2]]


def test_drawn_orders_follow_the_matrices() -> None:
    shown = nash_social_welfare(random_market(3, 4, 3), schedule=Schedule(rounds=5)).left
    generator = np.random.default_rng(1)
    counts = np.zeros((4, 3, 3))

    for _draw in range(4000):
        orders = shown.draw(generator)
        counts[np.arange(4)[:, None], orders, np.arange(3)] += 1

    assert np.abs(counts / 4000 - shown.matrices()).max() < 0.04


def test_tu_masses_leave_each_agent_at_most_one_match() -> None:
    masses = tu_masses(random_market(5, 40, 25))

    assert masses.min() > 0
    assert masses.sum(axis=1).max() < 1
    assert masses.sum(axis=0).max() < 1


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan"), 1e-9])
def test_tu_matching_refuses_impossible_temperature(temperature: float) -> None:
    with pytest.raises(ValueError, match="temperature"):
        tu_matching(random_market(1, 3, 3), temperature=temperature)


@pytest.mark.parametrize("level", [0.0, 1.0, 0.5])
@pytest.mark.parametrize("policy", ALL)
def test_all_equal_preferences_give_finite_matches(policy: Policy, level: float) -> None:
    market = Market(np.full((3, 4), level), np.full((4, 3), level))

    matches = expected_matches(market, policy(market))

    assert 0 <= matches < 12
    assert (matches == 0) == (level == 0)


@pytest.mark.parametrize("policy", ALL)
def test_one_agent_each_meets_with_its_probability(policy: Policy) -> None:
    market = Market(np.array([[0.5]]), np.array([[0.4]]))

    assert expected_matches(market, policy(market)) == pytest.approx(0.2)
    assert count_envies(market, policy(market)) == (0, 0)


@pytest.mark.parametrize(
    ("forward", "backward", "says"),
    [
        (np.ones((2, 3)), np.ones((2, 3)), r"must be \(3, 2\)"),
        (np.ones(3), np.ones(3), "two dimensions"),
        (np.ones((0, 3)), np.ones((3, 0)), "at least one agent"),
        (np.full((2, 2), 1.5), np.ones((2, 2)), "from 0 to 1"),
        (np.full((2, 2), -0.1), np.ones((2, 2)), "from 0 to 1"),
        (np.full((2, 2), np.inf), np.ones((2, 2)), "infinity"),
        ([[0.1, 0.2], [0.3]], np.ones((2, 2)), "rows of one length"),
        ([["a", "b"]], np.ones((2, 1)), "table of numbers"),
    ],
)
def test_market_refuses_what_is_no_market(forward: Any, backward: Any, says: str) -> None:
    for make in (Market, pair_values):
        with pytest.raises(ValueError, match=says):
            make(forward, backward)


def test_rankings_refuse_forbidden_pairs_and_pair_values_keep_them() -> None:
    forward = np.array([[0.5, np.nan], [-np.inf, 0.5]])

    with pytest.raises(ValueError, match="pair_values"):
        Market(forward, np.ones((2, 2)))

    assert np.isnan(pair_values(forward, np.ones((2, 2)))).tolist() == [[False, True], [True, False]]


def test_large_market_is_sent_to_caps() -> None:
    market = Market(np.full((600, 500), 0.5), np.full((500, 600), 0.5))

    with pytest.raises(ValueError, match="use allocate"):
        nash_social_welfare(market)


def test_policy_of_another_market_is_refused() -> None:
    with pytest.raises(ValueError, match="make one from this market"):
        expected_matches(random_market(1, 3, 4), product(random_market(1, 4, 3)))
