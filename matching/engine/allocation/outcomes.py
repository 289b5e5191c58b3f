"""What a policy brings: expected matches, and who would rather have another's place."""

import numpy as np
from numpy.typing import NDArray

from matching.engine.allocation.market import Floats, Market
from matching.engine.allocation.rankings import RankingPolicy, examination

ENVY_TOLERANCE = 1e-9


def expected_matches(market: Market, policy: RankingPolicy) -> float:
    """Sum over all pairs of the probability that both look at and like each other.

    Raises:
        ValueError: the policy was made for a market of another size.
    """
    left, right = _exposures(market, policy)
    return float((market.mutual * left * right.T).sum())


def count_envies(market: Market, policy: RankingPolicy) -> tuple[int, int]:
    """How many ordered pairs (i, j) of the left and of the right side there are where i envies j.

    Agent i envies j of its own side if i would expect more matches (by more than 1e-9) with j's place in the lists of
    the other side.

    Raises:
        ValueError: the policy was made for a market of another size.

    Source:
        Tomita and Yokoyama, Fair Reciprocal Recommendation in Matching Markets, RecSys 2024, arXiv 2409.00720.
    """
    left, right = _exposures(market, policy)
    mutual = market.mutual
    return _envies(mutual * left, right), _envies(mutual.T * right, left)


def expected_matches_of_lists(values: NDArray[np.floating], left: NDArray[np.int64], right: NDArray[np.int64]) -> float:
    """Expected matches of chosen pairs: both sides read their own list from the top, place r with probability 1/r.

    `values` (n, m) are the probabilities that both like each other; `left`, `right` (p,) are the pairs. An agent's list
    holds its pairs by falling value, ties by number.
    """
    worth = values[left, right].astype(np.float64)
    places = _places_in_lists(left, right, worth) * _places_in_lists(right, left, worth)
    return float((worth / places).sum())


def _places_in_lists(owners: NDArray[np.int64], members: NDArray[np.int64], worth: Floats) -> NDArray[np.int64]:
    """Place (p,) of each pair in its owner's list, 1 first."""
    order = np.lexsort((members, -worth, owners))
    counts = np.bincount(owners)
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    places = np.empty(len(owners), np.int64)
    places[order] = np.arange(len(owners)) - starts + 1
    return places


def _exposures(market: Market, policy: RankingPolicy) -> tuple[Floats, Floats]:
    n, m = market.left_to_right.shape
    if policy.left.places.shape[1:] != (n, m) or policy.right.places.shape[1:] != (m, n):
        raise ValueError(f"This policy was not made for a market of {n} and {m} agents; make one from this market.")
    return policy.left.exposure(examination(m)), policy.right.exposure(examination(n))


def _envies(own: Floats, others: Floats) -> int:
    """`own` (n, m): what i gets from j's look; `others` (m, n): how much each looks at the agents of this side."""
    with_place_of = own @ others
    return int((with_place_of > np.diag(with_place_of)[:, None] + ENVY_TOLERANCE).sum())
