"""Markets that allocation is tried on: the published example, small random ones, and slow second implementations."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from matching.engine.allocation.market import Market
from matching.engine.allocation.rankings import RankingPolicy

PUBLISHED = Path(__file__).resolve().parents[4] / "shared" / "data" / "fairreciprocal"


def published_market() -> Market:
    """The 30 x 20 example; skips where it is not on this machine."""
    if not PUBLISHED.is_dir():
        pytest.skip("shared/data/fairreciprocal is not beside the repository: published figures NOT checked")
    tables = [np.loadtxt(PUBLISHED / f"{name}.csv", delimiter=",") for name in ("left_to_right", "right_to_left")]
    return Market(*tables)


def random_market(seed: int, n: int, m: int) -> Market:
    generator = np.random.default_rng(seed)
    return Market(generator.random((n, m)), generator.random((m, n)))


def slow_matches(market: Market, policy: RankingPolicy) -> float:
    """Expected matches from the doubly stochastic matrices, pair by pair."""
    left, right = policy.left.matrices(), policy.right.matrices()
    total = 0.0
    for i, j in np.ndindex(*market.left_to_right.shape):
        like = sum(left[i, j, place] / (place + 1) for place in range(left.shape[2])) * market.left_to_right[i, j]
        back = sum(right[j, i, place] / (place + 1) for place in range(right.shape[2])) * market.right_to_left[j, i]
        total += like * back
    return float(total)


def slow_left_envies(market: Market, policy: RankingPolicy) -> int:
    """Envies of the left side by putting each agent in each other's place."""
    left, right = policy.left.matrices(), policy.right.matrices()
    n, m = market.left_to_right.shape
    by_place_left, by_place_right = 1 / np.arange(1, m + 1), 1 / np.arange(1, n + 1)

    def matches_of(i: int, place_of: int) -> float:
        return sum(
            market.left_to_right[i, j] * (left[i, j] @ by_place_left)
            * market.right_to_left[j, i] * (right[j, place_of] @ by_place_right)
            for j in range(m)
        )  # fmt: skip

    return sum(matches_of(i, j) > matches_of(i, i) + 1e-9 for i in range(n) for j in range(n) if i != j)


def best_welfare(values: NDArray[np.float64], left: list[int], right: list[int], floor: float | None) -> float:
    """The largest welfare of any choice of pairs within the caps, by trying all."""
    pairs = [tuple(pair) for pair in np.argwhere(np.nan_to_num(values) > 0)]
    best = -np.inf
    for size in range(len(pairs) + 1):
        for chosen in combinations(pairs, size):
            shown = np.zeros(values.shape)
            for pair in chosen:
                shown[pair] = 1
            if (shown.sum(axis=1) > left).any() or (shown.sum(axis=0) > right).any():
                continue
            gained = shown * np.nan_to_num(values)
            if floor is None:
                best = max(best, float(gained.sum()))
            else:
                sides = [np.log(floor + gained.sum(axis=axis)).sum() for axis in (0, 1)]
                best = max(best, float(sum(sides)))
    return best
