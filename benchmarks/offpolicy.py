"""`bench offpolicy`: do off-policy estimates find the true value, and do their 90 % intervals cover it?

Real clicks of a shop under two policies (Open Bandit, campaign "men"): each policy is valued from the other's log and
compared with what its own log shows. Then 500 synthetic logs whose truth is known. The Thompson policy changed with
time, so what it would have done for an impression of the random log is not logged; its probability there is taken as
the share of an item among all that its own log shows at that position. The mean of the logged propensities would not
do: likely items are logged more often when they are likely, and these means add up to 1.7 to 2.3 instead of 1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from benchmarks.csv_tables import find_table, read_columns
from benchmarks.data_files import DataMissing
from benchmarks.synthetic_logs import WORLDS, SyntheticPolicies
from matching.engine.offpolicy import PROMOTED_BY, Estimates, LoggedImpressions, compare, estimate
from matching.engine.ratio_bootstrap import Interval

Figures = dict[str, float]
Say = Callable[[str], None]
Array = NDArray[np.float64]
Places = NDArray[np.int64]

ESTIMATORS = ("ips", "snips", "dr", "sndr")
SYNTHETIC_LOGS = 500
_RESAMPLES = 1000
_FOLDS = 5
# An item's click rate is believed at first to be that of all, as strongly as so many impressions.
_STRENGTH = 200.0
_SEED = 20261201


@dataclass(frozen=True)
class BanditLog:
    """Impressions (n,) of one policy: item and position by number, click 0 or 1, probability of the item there."""

    item: Places
    position: Places
    click: Array
    propensity: Array


def run(say: Say) -> Figures:
    """The shared logs where they are there, and synthetic ones."""
    shared = settings.BASE_DIR.parent / "shared" / "data" / "open-bandit"
    if not shared.is_dir():
        say("SKIPPED the clicks of a shop: the shared logs are not on this machine; only synthetic logs are measured")
        return coverage(SYNTHETIC_LOGS, say)
    return run_data(shared, say)


def run_data(folder: Path, say: Say) -> Figures:
    """Both directions on the logs `random*` and `bts*` of a folder, then the coverage on synthetic logs.

    Raises:
        DataMissing: a log is not there or cannot be read.
    """
    random, thompson = (read_log(folder, name) for name in ("random", "bts"))
    return {
        **_crossed("bts_from_random", random, thompson, shares(thompson), say),
        **_crossed("random_from_bts", thompson, random, _uniform(random), say),
        **coverage(SYNTHETIC_LOGS, say),
    }


def read_log(folder: Path, name: str) -> BanditLog:
    """One policy's log.

    Raises:
        DataMissing: it is not there, or holds a click or a probability out of range.
    """
    if folder.is_file():
        raise DataMissing(f"{folder} is a file. Give a folder with a random and a bts log.")
    path = find_table(folder, f"{name}*")
    table = read_columns(path, ("item_id", "position", "click", "propensity_score"))
    click, propensity = table["click"], table["propensity_score"]
    if not (np.isin(click, (0, 1)).all() and ((propensity > 0) & (propensity <= 1)).all()):
        raise DataMissing(f"{path.name}: a click is 0 or 1, and a propensity_score is above 0 and at most 1.")
    if not click.any():
        raise DataMissing(f"{path.name}: nobody clicked.")
    numbers = table["item_id"], table["position"]
    if not all(np.isfinite(column).all() and (column >= 0).all() and (column < 10_000).all() for column in numbers):
        raise DataMissing(f"{path.name}: items and positions are numbers from 0 to 9999.")
    item, position = (column.astype(np.int64) for column in numbers)
    return BanditLog(item, position, click, propensity)


def shares(log: BanditLog) -> Array:
    """Share of each item among the impressions at each position, (positions, items); 0 for what was never there."""
    counts = _counts(log, np.ones(len(log.item)), log.position.max() + 1, log.item.max() + 1)
    totals = counts.sum(axis=1, keepdims=True)
    return np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)


def _uniform(log: BanditLog) -> Array:
    seen = shares(log) > 0
    return np.asarray(seen / np.maximum(seen.sum(axis=1, keepdims=True), 1))


def _counts(log: BanditLog, weights: Array, positions: int, items: int) -> Array:
    places = log.position * items + log.item
    counts = np.bincount(places, weights=weights, minlength=positions * items).astype(np.float64)
    return counts.reshape(positions, items)


def _crossed(name: str, log: BanditLog, own: BanditLog, policy: Array, say: Say) -> Figures:
    """Estimates from `log` of the policy (positions, items) that made the log `own`, beside what that shows."""
    generator = np.random.default_rng(_SEED)
    found = estimate(as_impressions(log, policy, generator), generator=generator, resamples=_RESAMPLES)
    seen = LoggedImpressions(own.click, own.propensity, own.propensity)
    truth = estimate(seen, generator=generator, resamples=_RESAMPLES).ips
    say(f"{name}: on-policy {truth.value:.5f}, {PROMOTED_BY} {found.promoted_by.value:.5f}, ess {found.ess:.0f}")
    figures: Figures = {}
    for estimator in ESTIMATORS:
        interval: Interval = getattr(found, estimator)
        figures |= {
            f"{name}_{estimator}_error": interval.value - truth.value,
            f"{name}_{estimator}_low": interval.low,
            f"{name}_{estimator}_high": interval.high,
            f"{name}_{estimator}_ess": found.ess,
        }
    own_value = {"on_policy": truth.value, "on_policy_low": truth.low, "on_policy_high": truth.high}
    shared = own_value | {"ess": found.ess, "clipped_share": found.clipped_share, "rewarded": float(found.rewarded)}
    return {f"{name}_{key}": value for key, value in shared.items()} | figures


def as_impressions(log: BanditLog, policy: Array, generator: np.random.Generator) -> LoggedImpressions:
    """The log as the policy (positions, items) sees it, with click rates learnt on the other folds as reward model."""
    positions = max(policy.shape[0], int(log.position.max()) + 1)
    items = max(policy.shape[1], int(log.item.max()) + 1)
    chances = np.zeros((positions, items))
    chances[: policy.shape[0], : policy.shape[1]] = policy
    fold = generator.permutation(len(log.item)) % _FOLDS
    q_logged, q_target = np.empty(len(log.item)), np.empty(len(log.item))
    for out in range(_FOLDS):
        rates = _click_rates(log, fold != out, positions, items)
        rows = fold == out
        q_logged[rows] = rates[log.position[rows], log.item[rows]]
        q_target[rows] = (chances * rates).sum(axis=1)[log.position[rows]]
    return LoggedImpressions(log.click, log.propensity, chances[log.position, log.item], q_logged, q_target)


def _click_rates(log: BanditLog, rows: NDArray[np.bool_], positions: int, items: int) -> Array:
    """Click rate (positions, items): the mean of all, drawn towards the item's own by what it was shown."""
    shown = _counts(log, rows.astype(np.float64), positions, items).sum(axis=0)
    clicked = _counts(log, log.click * rows, positions, items).sum(axis=0)
    mean = clicked.sum() / max(shown.sum(), 1.0)
    return np.broadcast_to((clicked + _STRENGTH * mean) / (shown + _STRENGTH), (positions, items))


def coverage(logs: int, say: Say) -> Figures:
    """Share of synthetic logs, as many of each world, whose 90 % interval holds the target policy's true value.

    `coverage_90` is that of the estimator that promotion goes by, `coverage_90_difference` that of the paired
    difference of both policies by it; `coverage_90_WORLD` tells one world's logs by it.
    """
    generator = np.random.default_rng(_SEED)
    covered: dict[str, list[bool]] = {}
    for place, (name, world) in enumerate(WORLDS.items()):
        policies = SyntheticPolicies(world)
        count = logs // len(WORLDS) + (place < logs % len(WORLDS))
        say(f"{count} synthetic logs of the world {name}")
        for _ in range(count):
            log = policies.log(generator)
            found = compare(log.logging, log.target, generator=generator, resamples=_RESAMPLES, clusters=log.lists)
            hits = _hits(found.challenger, log.target_value)
            gain = found.difference.covers(log.target_value - log.logging_value)
            for key, hit in {**hits, "difference": gain, name: hits[PROMOTED_BY]}.items():
                covered.setdefault(key, []).append(hit)
    figures = {f"coverage_90_{key}": float(np.mean(hits)) for key, hits in covered.items()}
    return {"coverage_90": figures[f"coverage_90_{PROMOTED_BY}"], **figures, "synthetic_logs": float(logs)}


def _hits(found: Estimates, truth: float) -> dict[str, bool]:
    return {name: getattr(found, name).covers(truth) for name in ESTIMATORS}
