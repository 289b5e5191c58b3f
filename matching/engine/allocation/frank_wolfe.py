"""Ranking policies by alternating Frank-Wolfe: most matches together, or most for those who have least.

With one side's lists held fixed the welfare is concave in the other's. The linear step over doubly stochastic matrices
needs no linear program: places are looked at in falling order, so sorting by weight is the best vertex.
"""

from dataclasses import dataclass

import numpy as np

from matching.engine.allocation.market import Floats, Market
from matching.engine.allocation.rankings import Places, RankingPolicy, Rankings, examination, places_by

# Keeps the weight of an agent without any prospect finite.
_LEAST_UTILITY = 1e-6
# All orders of all rounds are kept; beyond this many pairs that is gigabytes.
_MOST_PAIRS = 250_000


@dataclass(frozen=True)
class Schedule:
    """How long and how boldly to step.

    The step is `step` up to round `constant_rounds` and falls as one over the round from there; it stops after
    `rounds`, or when a round changes the expected matches by less than `tolerance`.
    """

    rounds: int = 300
    step: float = 0.1
    constant_rounds: int = 60
    tolerance: float = 1e-4

    def step_of(self, number: int) -> float:
        """Step of round 1, 2, ..."""
        return self.step * min(1.0, self.constant_rounds / number)


SCHEDULE = Schedule()
# The published experiment: a constant step and a coarse stop.
PUBLISHED_SCHEDULE = Schedule(rounds=100, constant_rounds=100, tolerance=0.01)


def nash_social_welfare(market: Market, *, schedule: Schedule = SCHEDULE) -> RankingPolicy:
    """Raises the product of everybody's expected matches on each side: nearly nobody envies another's place.

    Raises:
        ValueError: more than 250,000 pairs; `allocate` handles larger markets.

    Source:
        Tomita and Yokoyama, Fair Reciprocal Recommendation in Matching Markets, RecSys 2024, arXiv 2409.00720.
    """
    return _climb(market, schedule, fair=True)


def social_welfare(market: Market, *, schedule: Schedule = SCHEDULE) -> RankingPolicy:
    """Raises the sum of expected matches, whoever gets them.

    Raises:
        ValueError: more than 250,000 pairs; `allocate` handles larger markets.

    Source:
        Tomita and Yokoyama, Fair Reciprocal Recommendation in Matching Markets, RecSys 2024, arXiv 2409.00720.
    """
    return _climb(market, schedule, fair=False)


def _climb(market: Market, schedule: Schedule, *, fair: bool) -> RankingPolicy:
    mutual = market.mutual
    if mutual.size > _MOST_PAIRS:
        raise ValueError(f"{mutual.size} pairs are too many for full rankings (at most {_MOST_PAIRS}); use allocate.")
    left, right = _GrowingRankings(*mutual.shape), _GrowingRankings(*mutual.shape[::-1])
    before = 0.0
    for number in range(1, schedule.rounds + 1):
        step = schedule.step_of(number)
        # The exposure that left agents get lies in the lists of the right, and the other way round.
        right.step_towards(_gradient(mutual * left.exposure, right.exposure, fair=fair), step)
        left.step_towards(_gradient(mutual.T * right.exposure, left.exposure, fair=fair), step)
        matches = float((mutual * left.exposure * right.exposure.T).sum())
        if abs(matches - before) < schedule.tolerance:
            break
        before = matches
    return RankingPolicy(left.rankings(), right.rankings())


def _gradient(gain: Floats, exposure: Floats, *, fair: bool) -> Floats:
    """How much welfare grows with each look (owners, members) of the lists whose `exposure` that is.

    `gain` (members, owners) is what a member gets from an owner's look; the fair welfare is the sum of logarithms over
    members, so each member's gain counts relative to what it has.
    """
    if not fair:
        return gain.T
    utility = np.maximum((gain * exposure.T).sum(axis=1), _LEAST_UTILITY)
    relative: Floats = (gain / utility[:, None]).T
    return relative


class _GrowingRankings:
    """Lists that start uniformly drawn and move a step towards one order at a time."""

    def __init__(self, owners: int, members: int) -> None:
        self._examination = examination(members)
        self.exposure: Floats = np.full((owners, members), self._examination.mean())
        self._places: list[Places] = []
        self._steps: list[float] = []

    def step_towards(self, scores: Floats, step: float) -> None:
        """Give the order by falling score (owners, members) the probability `step`, taken from all others alike."""
        places = places_by(scores)
        self.exposure = (1 - step) * self.exposure + step * self._examination[places]
        self._places.append(places)
        self._steps.append(step)

    def rankings(self) -> Rankings:
        """All orders with their probabilities."""
        steps = np.array(self._steps)
        kept = np.cumprod(np.append(1.0, (1 - steps)[:0:-1]))[::-1]
        return Rankings(places=np.stack(self._places), weights=steps * kept)
