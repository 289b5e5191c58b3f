"""What another ranker would have been worth, from the lists that were shown and the probabilities they were shown with.

All of it rests on logged propensities: an impression that the logging policy could not make teaches nothing.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from matching.engine.ratio_bootstrap import Array, Interval, Ratio, Statistic, cluster_totals, intervals

RESAMPLES = 1000
# Sums kept for one target policy: impressions, weights, weighted rewards, modelled values, weighted residuals.
_COUNT, _WEIGHT, _REWARD, _MODEL, _RESIDUAL = range(5)
_ESTIMATORS: dict[str, Statistic] = {
    "ips": (Ratio((_REWARD,), _COUNT),),
    "snips": (Ratio((_REWARD,), _WEIGHT),),
    "dr": (Ratio((_MODEL, _RESIDUAL), _COUNT),),
    "sndr": (Ratio((_MODEL,), _COUNT), Ratio((_RESIDUAL,), _WEIGHT)),
}
# What promotion goes by. Like `dr` it leans on the reward model and corrects it; without a model it is `snips`,
# which, unlike `ips`, does not move when all rewards move by a constant or weights do not average to one.
PROMOTED_BY = "sndr"


@dataclass(frozen=True)
class LoggedImpressions:
    """Impressions (n,) of one log as one target policy sees them.

    `rewards` are what came of each; `propensity` in (0, 1] is the probability with which the logging policy made the
    impression, `target` in [0, 1] the one with which the target policy would have. `q_logged` is a reward model's
    expectation for the impression made, `q_target` its expectation under the target policy in the same context: both
    or neither, and fitted to other impressions than these (cross-fitting).

    Raises:
        ValueError: lengths differ, a number is not finite, or a probability is out of range.
    """

    rewards: Array
    propensity: Array
    target: Array
    q_logged: Array | None = None
    q_target: Array | None = None

    def __post_init__(self) -> None:
        if (self.q_logged is None) != (self.q_target is None):
            raise ValueError("Give both expectations of the reward model or neither.")
        columns = [getattr(self, field.name) for field in fields(self)]
        for column in columns:
            if column is not None and (column.shape != (len(self.rewards),) or not np.isfinite(column).all()):
                raise ValueError("Every column of a log needs one finite number an impression.")
        if not ((self.propensity > 0) & (self.propensity <= 1)).all():
            raise ValueError("An impression that was made had a probability above 0 and at most 1.")
        if not ((self.target >= 0) & (self.target <= 1)).all():
            raise ValueError("A target probability lies between 0 and 1.")

    def weights(self, clip: float = np.inf) -> Array:
        """Importance weights (n,), none above `clip`."""
        return np.minimum(self.target / self.propensity, clip)


@dataclass(frozen=True)
class Estimates:
    """The value of a policy per impression, four ways, and how much of the log speaks about it.

    `ess` is the effective sample size (sum of weights)^2 / (sum of squares) of the clipped weights (Kish 1965), 0 for
    no weight; `clipped_share` and `rewarded` are the share of impressions that were clipped and the number of
    impressions with a reward and a weight other than 0.
    """

    ips: Interval
    snips: Interval
    dr: Interval
    sndr: Interval
    ess: float
    clipped_share: float
    impressions: int
    rewarded: int

    @property
    def promoted_by(self) -> Interval:
        """The estimate that promotion goes by."""
        return self.sndr


@dataclass(frozen=True)
class Comparison:
    """Two policies on the same log; `differences` are challenger minus champion, paired, by estimator."""

    champion: Estimates
    challenger: Estimates
    differences: dict[str, Interval]

    @property
    def difference(self) -> Interval:
        """The difference that promotion goes by."""
        return self.differences[PROMOTED_BY]


def estimate(
    log: LoggedImpressions,
    *,
    clip: float | None = None,
    generator: np.random.Generator,
    resamples: int = RESAMPLES,
    clusters: NDArray[np.int64] | None = None,
) -> Estimates:
    """The target policy's value with 90 % intervals; `clusters` (n,) names the list of each impression.

    `clip` is the highest weight; by default the root of the number of impressions, which grows slowly enough to tame
    the variance and fast enough for the bias to stay below it. With w = min(target / propensity, clip):
    ips = mean(w r); snips = sum(w r) / sum(w); dr = mean(q_target + w (r - q_logged));
    sndr = mean(q_target) + sum(w (r - q_logged)) / sum(w).
    Without a reward model dr is ips and sndr is snips. The intervals know nothing of the bias of clipping: where a
    fixed 20 cut 0.2 % of 15,000 weights, they covered the truth in 61 to 79 % of 200 logs; with the default, 86 to 89.

    Intervals are studentised bootstraps over clusters. Measured on 500 synthetic logs each of seven kinds (lists of 5
    to 10, list effects, rewards at 0.6 to 43 %, down to 9 rewards a log, effective sizes from 360 to 3,500), they
    covered the true value and the true difference in 88 to 92 %, the percentile bootstrap in 85 to 91 %, the normal
    approximation in 83 to 91 % and BCa in 85 to 92 %. With ten rewards a log, the upper ends of percentile and normal
    intervals were too low in 12 to 16 % of the logs instead of 5.

    Raises:
        ValueError: clip is not positive, `clusters` has another length, or there are fewer than two clusters.

    Source: Horvitz and Thompson (1952); Hajek (1971); Dudik, Erhan, Langford and Li, Statistical Science 29 (2014);
    Swaminathan and Joachims, NeurIPS 2015; Ionides, J. Comp. Graph. Stat. 17 (2008) on weights cut at the root of n.
    """
    clip = _checked_clip(log, clip, clusters)
    sums = cluster_totals(_columns(log, clip), clusters)
    unseen = {name: _one_reward(log, clip, name) for name in _ESTIMATORS}
    found = intervals(_ESTIMATORS, sums, generator=generator, resamples=resamples, unseen=unseen)
    return _estimates(log, clip, found)


def compare(
    champion: LoggedImpressions,
    challenger: LoggedImpressions,
    *,
    clip: float | None = None,
    generator: np.random.Generator,
    resamples: int = RESAMPLES,
    clusters: NDArray[np.int64] | None = None,
) -> Comparison:
    """Both policies and their paired difference: the luck of the log is the same for both and falls out.

    Raises:
        ValueError: as `estimate`, or the two are not views of one log.
    """
    clip = _checked_clip(champion, clip, clusters)
    if not all(
        np.array_equal(getattr(champion, name), getattr(challenger, name)) for name in ("rewards", "propensity")
    ):
        raise ValueError("A paired difference needs one log: the same rewards and propensities.")
    logs = {"champion": champion, "challenger": challenger}
    statistics: dict[str, Statistic] = {}
    unseen: dict[str, float] = {}
    for name, statistic in _ESTIMATORS.items():
        statistics[f"champion {name}"] = statistic
        statistics[f"challenger {name}"] = _shifted(statistic)
        statistics[name] = _shifted(statistic) + tuple(replace(ratio, sign=-1.0) for ratio in statistic)
        unseen |= {f"{whose} {name}": _one_reward(log, clip, name) for whose, log in logs.items()}
        unseen[name] = max(unseen[f"{whose} {name}"] for whose in logs)
    columns = np.concatenate([_columns(log, clip) for log in logs.values()], axis=1)
    sums = cluster_totals(columns, clusters)
    found = intervals(statistics, sums, generator=generator, resamples=resamples, unseen=unseen)
    parts = {
        whose: _estimates(log, clip, {name: found[f"{whose} {name}"] for name in _ESTIMATORS})
        for whose, log in logs.items()
    }
    return Comparison(parts["champion"], parts["challenger"], {name: found[name] for name in _ESTIMATORS})


def effective_sample_size(weights: Array) -> float:
    """(sum of weights)^2 / sum of squares: how many impressions of equal weight would say as much; 0 for none."""
    squares = float((weights**2).sum())
    return float(weights.sum()) ** 2 / squares if squares > 0 else 0.0


def _checked_clip(log: LoggedImpressions, clip: float | None, clusters: NDArray[np.int64] | None) -> float:
    if clip is not None and not clip > 0:
        raise ValueError("The highest weight must be above 0.")
    if clusters is not None and len(clusters) != len(log.rewards):
        raise ValueError("Each impression needs its cluster.")
    return float(np.sqrt(len(log.rewards))) if clip is None else clip


def _columns(log: LoggedImpressions, clip: float) -> Array:
    weights, none = log.weights(clip), np.zeros(len(log.rewards))
    q_logged = none if log.q_logged is None else log.q_logged
    q_target = none if log.q_target is None else log.q_target
    return np.stack([none + 1.0, weights, weights * log.rewards, q_target, weights * (log.rewards - q_logged)], axis=1)


def _shifted(statistic: Statistic) -> Statistic:
    """The same of the second policy, whose columns follow those of the first."""
    width = _RESIDUAL + 1
    return tuple(Ratio(tuple(place + width for place in each.above), each.below + width) for each in statistic)


def _one_reward(log: LoggedImpressions, clip: float, name: str) -> float:
    """How much one reward more, where the weight is highest, would add to the estimate."""
    weights = log.weights(clip)
    total = float(weights.sum()) if name.startswith("sn") else float(len(weights))
    largest = float(np.abs(log.rewards).max(initial=0.0)) or 1.0
    return float(weights.max(initial=0.0)) * largest / total if total > 0 else largest


def _estimates(log: LoggedImpressions, clip: float, found: dict[str, Interval]) -> Estimates:
    weights = log.weights(clip)
    return Estimates(
        **found,
        ess=effective_sample_size(weights),
        clipped_share=float((log.weights() > clip).mean()),
        impressions=len(weights),
        rewarded=int(((log.rewards != 0) & (weights > 0)).sum()),
    )
