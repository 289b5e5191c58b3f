"""When a ranker trained in shadow takes over: only if the log says with 90 % confidence that it is better."""

from dataclasses import dataclass

from matching.engine.offpolicy import PROMOTED_BY, Comparison
from matching.engine.ratio_bootstrap import Interval

BETTER = "better"
NOT_BETTER = "not_better"
WORSE = "worse"
TOO_LITTLE_OVERLAP = "too_little_overlap"
TOO_FEW_REWARDS = "too_few_rewards"
REASONS = (BETTER, NOT_BETTER, WORSE, TOO_LITTLE_OVERLAP, TOO_FEW_REWARDS)

# With less than this the intervals are too wide to say anything, or rest on what a few impressions happened to bring.
LEAST_ESS = 300.0
LEAST_REWARDED = 10


@dataclass(frozen=True)
class Decision:
    """Whether to promote, why (one of `REASONS`), and the figures it was taken from, for the model card."""

    promote: bool
    reason: str
    champion: Interval
    challenger: Interval
    difference: Interval
    ess: float
    least_ess: float
    rewarded: int
    least_rewarded: int
    estimator: str = PROMOTED_BY


def decide(
    champion: Interval,
    challenger: Interval,
    difference: Interval,
    *,
    ess: float,
    rewarded: int,
    least_ess: float = LEAST_ESS,
    least_rewarded: int = LEAST_REWARDED,
) -> Decision:
    """Promote if the whole 90 % interval of the paired difference (challenger - champion) lies above 0.

    The interval has two sides: a challenger that is no better is promoted in about 5 % of such decisions, and more
    often if one log is asked again and again. What is no number promotes nothing.
    """
    if not rewarded >= least_rewarded:
        reason = TOO_FEW_REWARDS
    elif not ess >= least_ess:
        reason = TOO_LITTLE_OVERLAP
    elif difference.low > 0:
        reason = BETTER
    else:
        reason = WORSE if difference.high < 0 else NOT_BETTER
    return Decision(
        promote=reason == BETTER,
        reason=reason,
        champion=champion,
        challenger=challenger,
        difference=difference,
        ess=ess,
        least_ess=least_ess,
        rewarded=rewarded,
        least_rewarded=least_rewarded,
    )


def decide_from(
    comparison: Comparison, *, least_ess: float = LEAST_ESS, least_rewarded: int = LEAST_REWARDED
) -> Decision:
    """The decision on a comparison, by the lesser overlap and the fewer rewards of the two policies."""
    both = (comparison.champion, comparison.challenger)
    return decide(
        comparison.champion.promoted_by,
        comparison.challenger.promoted_by,
        comparison.difference,
        ess=min(each.ess for each in both),
        rewarded=min(each.rewarded for each in both),
        least_ess=least_ess,
        least_rewarded=least_rewarded,
    )
