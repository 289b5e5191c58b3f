"""A shadow takes over only on enough evidence that it is better."""

import numpy as np
import pytest

from matching.engine.offpolicy import LoggedImpressions, compare
from matching.engine.promotion import LEAST_ESS, LEAST_REWARDED, REASONS, decide, decide_from
from matching.engine.ratio_bootstrap import Interval

ABOVE, ACROSS, BELOW = Interval(0.02, 0.01, 0.03), Interval(0.02, -0.01, 0.05), Interval(-0.02, -0.03, -0.01)
VALUES = Interval(0.1, 0.08, 0.12), Interval(0.12, 0.09, 0.15)


@pytest.mark.parametrize(
    ("difference", "ess", "rewarded", "reason"),
    [
        (ABOVE, 300.0, 10, "better"),
        (ACROSS, 3000.0, 100, "not_better"),
        (BELOW, 3000.0, 100, "worse"),
        (Interval(0.02, 0.0, 0.04), 3000.0, 100, "not_better"),
        (ABOVE, 299.9, 100, "too_little_overlap"),
        (ABOVE, 3000.0, 9, "too_few_rewards"),
        (ABOVE, 10.0, 2, "too_few_rewards"),
        (ABOVE, float("nan"), 100, "too_little_overlap"),
        (Interval(float("nan"), float("nan"), float("nan")), 3000.0, 100, "not_better"),
    ],
)
def test_decision_follows_the_interval_and_the_evidence(
    difference: Interval, ess: float, rewarded: int, reason: str
) -> None:
    decision = decide(*VALUES, difference, ess=ess, rewarded=rewarded)

    assert (decision.promote, decision.reason) == (reason == "better", reason)
    assert decision.reason in REASONS
    assert (decision.champion, decision.challenger, decision.difference) == (*VALUES, difference)
    assert (decision.least_ess, decision.least_rewarded) == (LEAST_ESS, LEAST_REWARDED)


def test_limits_can_be_set() -> None:
    decision = decide(*VALUES, ABOVE, ess=50.0, rewarded=3, least_ess=40.0, least_rewarded=3)

    assert (decision.promote, decision.least_ess, decision.least_rewarded) == (True, 40.0, 3)


def policies(count: int, preferred: float) -> tuple[LoggedImpressions, LoggedImpressions]:
    """Two items of which the second is worth more; the challenger shows it with the probability `preferred`."""
    generator = np.random.default_rng(7)
    item = generator.integers(2, size=count)
    rewards = (generator.random(count) < np.array([0.05, 0.25])[item]).astype(float)
    views = [LoggedImpressions(rewards, np.full(count, 0.5), np.array([1 - p, p])[item]) for p in (0.5, preferred)]
    return views[0], views[1]


@pytest.mark.parametrize(
    ("count", "preferred", "reason"),
    [
        (2000, 0.9, "better"),
        (2000, 0.1, "worse"),
        (2000, 0.5, "not_better"),
        (250, 0.9, "too_little_overlap"),
        (20, 0.9, "too_few_rewards"),
    ],
)
def test_decision_from_a_log(count: int, preferred: float, reason: str) -> None:
    comparison = compare(*policies(count, preferred), generator=np.random.default_rng(1), resamples=300)

    decision = decide_from(comparison)

    assert (decision.promote, decision.reason) == (reason == "better", reason)
    assert decision.ess == min(comparison.champion.ess, comparison.challenger.ess)
    assert decision.difference == comparison.difference
    assert decision.estimator == "sndr"


def test_challenger_that_is_no_better_is_seldom_promoted() -> None:
    generator = np.random.default_rng(23)
    promoted = 0
    for _ in range(200):
        item = generator.integers(2, size=1000)
        rewards = (generator.random(1000) < 0.1).astype(float)
        views = [LoggedImpressions(rewards, np.full(1000, 0.5), np.array([1 - p, p])[item]) for p in (0.5, 0.8)]
        promoted += decide_from(compare(*views, generator=generator, resamples=200)).promote

    # 5 % are expected; 200 draws give more than 20 in fewer than 3 of 1000 cases.
    assert promoted <= 20
