"""Prices of attention: the dual of choosing pairs under load caps, smoothed so that it can be descended quickly.

A pair is worth its value times the weights of both agents, less the price of both agents' time. Prices also bound
what any choice can reach, so the gap of the choice made is known.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from matching.engine.allocation.caps import LoadCaps
from matching.engine.allocation.greedy import PairNumbers
from matching.engine.allocation.market import Floats, Values
from matching.engine.allocation.welfare import Welfare

_REMEMBERED_STEPS = 20


@dataclass(frozen=True)
class Effort:
    """How sharp prices are made: `smoothing` in units of worth, `steps` at most, a `stop` for small gains."""

    smoothing: float
    steps: int
    stop: float


@dataclass(frozen=True)
class Prices:
    """Price of a place with each agent (n,) and (m,), and what a unit of value is worth to each agent."""

    left: Floats
    right: Floats
    left_weight: Floats
    right_weight: Floats

    def net_values(self, values: Values) -> Values:
        """All pairs (n, m), float32: weighted value less both prices; minus infinity stays."""
        net = values * (self.left_weight[:, None] + self.right_weight).astype(np.float32)
        net -= self.left.astype(np.float32)[:, None]
        net -= self.right.astype(np.float32)
        return net

    def weighted(self, pairs: PairNumbers, values: Floats) -> Floats:
        """Values (p,) of some pairs times the weights of both agents."""
        rows, columns = np.divmod(pairs, len(self.right))
        worth: Floats = values * (self.left_weight[rows] + self.right_weight[columns])
        return worth

    def of_places(self, pairs: PairNumbers) -> Floats:
        """What a place with both agents costs (p,)."""
        rows, columns = np.divmod(pairs, len(self.right))
        cost: Floats = self.left[rows] + self.right[columns]
        return cost


def first_prices(welfare: Welfare, caps: LoadCaps) -> Prices:
    """Rough prices to start from, for values around 1."""
    n, m = len(caps.left), len(caps.right)
    if not welfare.fair:
        return Prices(np.full(n, 0.5), np.full(m, 0.5), np.ones(n), np.zeros(m))
    weight_left, weight_right = (1.0 / (welfare.floor + np.maximum(side, 1.0)) for side in (caps.left, caps.right))
    return Prices(0.5 * weight_left, 0.5 * weight_right, weight_left, weight_right)


def bound(net: Values, prices: Prices, caps: LoadCaps, welfare: Welfare) -> float:
    """No choice within the caps has more welfare than this; `net` (n, m) are all pairs' net values at `prices`."""
    gain = float(np.maximum(net, 0.0).sum(dtype=np.float64))
    places = float(caps.left @ prices.left + caps.right @ prices.right)
    return places + gain + welfare.cost_of_weights(np.concatenate([prices.left_weight, prices.right_weight]))


def descend(
    prices: Prices, pairs: PairNumbers, values: Floats, caps: LoadCaps, welfare: Welfare, effort: Effort
) -> Prices:
    """Better prices for the choice among `pairs` with their values (p,)."""
    problem = _SmoothedDual(pairs, values, caps, welfare, effort.smoothing)
    options = {"maxiter": effort.steps, "maxcor": _REMEMBERED_STEPS, "ftol": effort.stop}
    # The optimiser's many tiny products spend most of their time waiting when two threads share busy cores.
    with threadpool_limits(1, "blas"):
        found = minimize(
            problem, problem.packed(prices), jac=True, method="L-BFGS-B", bounds=problem.limits(), options=options
        )
    return problem.unpacked(found.x, prices)


class _SmoothedDual:
    """The dual with a softened threshold: a pair's share is the logistic function of its net value.

    For the sum of logarithms the weights are variables too, and the dual is convex in prices and weights together.
    """

    def __init__(self, pairs: PairNumbers, values: Floats, caps: LoadCaps, welfare: Welfare, smoothing: float) -> None:
        self._rows, self._columns = np.divmod(pairs, len(caps.right))
        self._values, self._caps, self._floor, self._smoothing = values, caps, welfare.floor, smoothing

    def packed(self, prices: Prices) -> Floats:
        variables = [prices.left, prices.right]
        if self._floor is not None:
            variables += [prices.left_weight, prices.right_weight]
        return np.concatenate(variables)

    def unpacked(self, point: Floats, start: Prices) -> Prices:
        n, agents = len(self._caps.left), len(self._caps.left) + len(self._caps.right)
        if self._floor is None:
            return Prices(point[:n], point[n:agents], start.left_weight, start.right_weight)
        return Prices(point[:n], point[n:agents], point[agents : agents + n], point[agents + n :])

    def limits(self) -> list[tuple[float, float | None]]:
        agents = len(self._caps.left) + len(self._caps.right)
        free: list[tuple[float, float | None]] = [(0.0, None)] * agents
        if self._floor is None:
            return free
        most_places = max(int(self._caps.left.max()), int(self._caps.right.max()))
        most = self._floor + most_places * float(self._values.max())
        return free + [(1.0 / most, 1.0 / self._floor)] * agents

    def __call__(self, point: Floats) -> tuple[float, Floats]:
        """Value and gradient."""
        caps, rows, columns = self._caps, self._rows, self._columns
        n, m = len(caps.left), len(caps.right)
        left, right = point[:n], point[n : n + m]
        worth = self._values
        if self._floor is not None:
            left_weight, right_weight = point[n + m : n + m + n], point[n + m + n :]
            worth = worth * (left_weight[rows] + right_weight[columns])
        net = (worth - left[rows] - right[columns]) / self._smoothing
        small = np.exp(-np.abs(net))
        share = np.where(net >= 0, 1.0, small) / (1.0 + small)
        total = caps.left @ left + caps.right @ right
        total += self._smoothing * float((np.maximum(net, 0.0) + np.log1p(small)).sum())
        slopes: list[NDArray[Any]] = [caps.left - np.bincount(rows, share, n)]
        slopes.append(caps.right - np.bincount(columns, share, m))
        if self._floor is not None:
            gain = share * self._values
            total += float((self._floor * point[n + m :] - 1.0 - np.log(point[n + m :])).sum())
            slopes.append(self._floor - 1.0 / left_weight + np.bincount(rows, gain, n))
            slopes.append(self._floor - 1.0 / right_weight + np.bincount(columns, gain, m))
        return float(total), np.concatenate(slopes)
