"""Ranking policies in closed form: own preference, both preferences multiplied, transferable-utility matching."""

import numpy as np

from matching.engine.allocation.market import Floats, Market
from matching.engine.allocation.rankings import RankingPolicy, fixed_rankings

_MOST_ROUNDS = 10_000
_TOLERANCE = 1e-10


def naive(market: Market) -> RankingPolicy:
    """Everybody sees first whom they like most; whether the other side answers is not asked."""
    return RankingPolicy(fixed_rankings(market.left_to_right), fixed_rankings(market.right_to_left))


def product(market: Market) -> RankingPolicy:
    """Everybody sees first the most probable mutual match; everybody's favourite stands first in all lists."""
    return RankingPolicy(fixed_rankings(market.mutual), fixed_rankings(market.mutual.T))


def tu_matching(market: Market, *, temperature: float = 1.0) -> RankingPolicy:
    """Lists by the match masses of `tu_masses`: a partner whom many want moves down in most lists."""
    masses = tu_masses(market, temperature=temperature)
    return RankingPolicy(fixed_rankings(masses), fixed_rankings(masses.T))


def tu_masses(market: Market, *, temperature: float = 1.0) -> Floats:
    """How much (n, m) of each pair matches in the transferable-utility equilibrium, by iterative proportional fitting.

    Each agent brings a mass of 1 and may stay alone; `temperature` is the scale of unseen taste, the smaller the
    more only the sum of both preferences decides.

    Raises:
        ValueError: the temperature is so small (or not positive) that the fitting overflows or does not settle.

    Source:
        Tomita, Togashi, Hashizume and Ohsaka, Fast and Examination-agnostic Reciprocal Recommendation in Matching
        Markets, RecSys 2023; Choo and Siow 2006.
    """
    if not temperature > 1e-2:
        raise ValueError(f"temperature must be above 0.01, got {temperature}.")
    kernel = np.exp((market.left_to_right + market.right_to_left.T) / (2 * temperature))
    alone_left, alone_right = np.ones(kernel.shape[0]), np.ones(kernel.shape[1])
    for _round in range(_MOST_ROUNDS):
        before = alone_right
        alone_left = _root_of_alone(kernel @ alone_right)
        alone_right = _root_of_alone(alone_left @ kernel)
        if np.abs(alone_right - before).max() < _TOLERANCE:
            masses: Floats = alone_left[:, None] * kernel * alone_right
            return masses
    raise ValueError(f"No equilibrium after {_MOST_ROUNDS} rounds; raise temperature (now {temperature}).")


def _root_of_alone(pull: Floats) -> Floats:
    """The positive root of x² + x pull = 1, written so that a strong pull loses no digits."""
    half = pull / 2
    root: Floats = 1.0 / (half + np.sqrt(1.0 + half * half))
    return root
