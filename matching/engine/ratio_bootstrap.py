"""Intervals for sums of ratios of totals, by a studentised bootstrap over clusters.

Every off-policy estimator is such a sum (total of weighted rewards over total of weights, and so on), so that one
resampling serves all of them, and the difference of two policies with them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEVEL = 0.90
# A resample may hold none of the few rewards: then it has no deviation to be studentised by. With one event seen, the
# exact 95 % limit of a Poisson mean lies 3.7 deviations above it; unequal weights need more.
MOST_DEVIATIONS = 6.0
_CELLS_AT_ONCE = 2_000_000


@dataclass(frozen=True)
class Interval:
    """A value and its two-sided interval of level `LEVEL`."""

    value: float
    low: float
    high: float

    def covers(self, truth: float) -> bool:
        """Whether the truth lies between the ends."""
        return self.low <= truth <= self.high


@dataclass(frozen=True)
class Ratio:
    """`sign` x (sum of the totals of the columns `above`) / (total of the column `below`); 0 where that is 0."""

    above: tuple[int, ...]
    below: int
    sign: float = 1.0


Statistic = tuple[Ratio, ...]


def evaluate(statistic: Statistic, totals: Array) -> tuple[Array, Array]:
    """The statistic (b,) of totals (b, columns), and its derivatives by each total (b, columns)."""
    value, slope = np.zeros(len(totals)), np.zeros_like(totals)
    for ratio in statistic:
        below = totals[:, ratio.below]
        inverse = np.divide(ratio.sign, below, out=np.zeros_like(below), where=below != 0)
        part = totals[:, list(ratio.above)].sum(axis=1) * inverse
        value += part
        slope[:, list(ratio.above)] += inverse[:, None]
        slope[:, ratio.below] -= np.divide(part, below, out=np.zeros_like(below), where=below != 0)
    return value, slope


def cluster_totals(columns: Array, clusters: NDArray[np.int64] | None) -> Array:
    """Totals (clusters, columns) of rows (n, columns); each row is its own cluster without `clusters` (n,)."""
    if clusters is None:
        return columns
    places = np.unique(clusters, return_inverse=True)[1]
    return np.stack([np.bincount(places, weights=column) for column in columns.T], axis=1)


def intervals(
    statistics: Mapping[str, Statistic],
    sums: Array,
    *,
    generator: np.random.Generator,
    resamples: int,
    unseen: Mapping[str, float],
) -> dict[str, Interval]:
    """Value and interval of each statistic of the sums (clusters, columns).

    Studentised ("bootstrap-t"): clusters are drawn with replacement; (statistic of the resample - statistic) /
    (linearised deviation of the resample) has quantiles that say how far the truth lies from the statistic, in
    deviations of the sample. It follows the skewness that few rewards and unequal weights bring. `unseen[name]` is
    how much one reward of the heaviest impression would move a statistic: where the sample shows no variation at
    all, the ends lie three of them away (the rule of three).

    Raises:
        ValueError: there are fewer than two clusters or fewer than 100 resamples.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), ch. 12; Davison and Hinkley, Bootstrap
    Methods and their Application (1997), sec. 2.4 and 5.2; Hanley and Lippman-Hand, JAMA 249 (1983) (rule of three).
    """
    if len(sums) < 2 or resamples < 100:
        raise ValueError("An interval needs two clusters and 100 resamples.")
    products = (sums[:, :, None] * sums[:, None, :]).reshape(len(sums), -1)
    drawn = {name: np.empty(resamples) for name in statistics}
    seen = {name: evaluate(statistic, sums.sum(axis=0)[None]) for name, statistic in statistics.items()}
    step = max(1, _CELLS_AT_ONCE // len(sums))
    for start in range(0, resamples, step):
        count = min(step, resamples - start)
        draws = generator.multinomial(len(sums), np.full(len(sums), 1 / len(sums)), size=count).astype(np.float64)
        totals, moments = draws @ sums, (draws @ products).reshape(count, sums.shape[1], -1)
        for name, statistic in statistics.items():
            value, slope = evaluate(statistic, totals)
            deviation = _deviation(slope, moments)
            drawn[name][start : start + count] = _studentised(value - seen[name][0], deviation)
    moment = (sums.T @ sums)[None]
    return {
        name: _interval(float(value[0]), float(_deviation(slope, moment)[0]), drawn[name], unseen[name])
        for name, (value, slope) in seen.items()
    }


def _deviation(slope: Array, moments: Array) -> Array:
    """Linearised deviations (b,): a ratio's influences sum to 0 over the clusters, so their squares suffice."""
    return np.asarray(np.sqrt(np.maximum(np.einsum("bi,bij,bj->b", slope, moments, slope), 0.0)))


def _studentised(distance: Array, deviation: Array) -> Array:
    far = np.sign(distance) * MOST_DEVIATIONS
    return np.clip(np.divide(distance, deviation, out=far, where=deviation > 0), -MOST_DEVIATIONS, MOST_DEVIATIONS)


def _interval(value: float, deviation: float, drawn: Array, unseen: float) -> Interval:
    if deviation <= 1e-9 * unseen:
        return Interval(value, value - 3.0 * unseen, value + 3.0 * unseen)
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return Interval(value, value - float(high) * deviation, value - float(low) * deviation)
