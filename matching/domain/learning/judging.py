"""What the champion and a shadow would have been worth on the same logged lists, each with the hub's own policy.

The shadow has learnt from these very lists, so they would flatter it: judged is its twin, trained on what was known
before the judged period began. A champion that has learnt from some of the lists keeps that advantage. Both policies
are taken without the step that keeps neighbours from saying the same, which would need the texts of that day.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from matching.domain.learning.champion import rung_values_of, tables_of
from matching.domain.learning.evidence import evidence_of
from matching.domain.learning.logged_lists import LoggedList, logged_lists
from matching.domain.learning.valuing import DRAWS
from matching.domain.learning.versions import UnusableRanker, ranker_of
from matching.engine.exploration import propensities
from matching.engine.offpolicy import Comparison, LoggedImpressions, compare
from matching.engine.promotion import Decision, decide_from
from matching.engine.ranker import ContactRanker, train
from matching.engine.ratio_bootstrap import Interval
from matching.models import RankerVersion, ShownList
from matching.queries.evidence import Column, Matrix

# What was shown in the last two weeks has not had time to be asked and answered.
RIPENING = timedelta(days=14)
PERIOD = timedelta(days=180)
LEAST_LISTS = 10
_FOLDS = 5
# As strong as so many impressions without any effect: rewards are rare.
_RIDGE = 20.0
_SEED = 20260301

TOO_FEW_LISTS = "too_few_lists"
UNUSABLE = "unusable_ranker"


@dataclass(frozen=True)
class Judgement:
    """Both rankers on the lists of one period; without a comparison `reason` says why there is none.

    Values are rewards per impression (`logged_lists.worth_of`), in the hub's values of rungs.
    """

    since: datetime | None
    until: datetime
    lists: int
    impressions: int
    reason: str
    is_twin: bool = False
    comparison: Comparison | None = None
    decision: Decision | None = None

    @property
    def promotes(self) -> bool:
        """Whether the evidence lets the shadow take over."""
        return self.decision is not None and self.decision.promote

    @property
    def difference(self) -> Interval | None:
        """Shadow minus champion, with its 90 % interval."""
        return self.comparison.difference if self.comparison else None

    def to_json(self) -> dict[str, Any]:
        """For the model card; see `cards` for the keys."""
        found: dict[str, Any] = {
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat(),
            "lists": self.lists,
            "impressions": self.impressions,
            "reason": self.reason,
            "promotes": self.promotes,
            "is_twin": self.is_twin,
        }
        if self.comparison and self.decision:
            found["champion"] = asdict(self.comparison.champion)
            found["shadow"] = asdict(self.comparison.challenger)
            found["differences"] = {name: asdict(each) for name, each in self.comparison.differences.items()}
            found["difference"] = asdict(self.comparison.difference)
            found["least_ess"] = self.decision.least_ess
            found["least_rewarded"] = self.decision.least_rewarded
            found["estimator"] = self.decision.estimator
        return found


def judge(hub_id: int, champion: RankerVersion, shadow: RankerVersion, *, now: datetime) -> Judgement:
    """Compare the two on the hub's lists; never raises for want of data, but says so."""
    until = now - RIPENING
    since = _since(hub_id, until)
    if since is None:
        return Judgement(None, until, 0, 0, TOO_FEW_LISTS)
    try:
        present = ranker_of(champion)
        challenger, is_twin = _as_before(hub_id, shadow, since)
    except UnusableRanker:
        return Judgement(since, until, 0, 0, UNUSABLE)
    lists = logged_lists(hub_id, since=since, until=until, now=now, values=rung_values_of(hub_id))
    shown = sum(len(each.shown) for each in lists)
    if len(lists) < LEAST_LISTS:
        return Judgement(since, until, len(lists), shown, TOO_FEW_LISTS, is_twin)
    comparison = compare_on(lists, present, challenger)
    decision = decide_from(comparison)
    return Judgement(since, until, len(lists), shown, decision.reason, is_twin, comparison, decision)


def _since(hub_id: int, until: datetime) -> datetime | None:
    """Half a year at most, and at most the later half of the log: the other half is what the twin learns from."""
    first = (
        ShownList.objects.filter(hub_id=hub_id, seeker__isnull=False, shown_at__lte=until)
        .exclude(purpose="")
        .order_by("shown_at")
        .values_list("shown_at", flat=True)
        .first()
    )
    return None if first is None else max(until - PERIOD, first + (until - first) / 2)


def _as_before(hub_id: int, shadow: RankerVersion, since: datetime) -> tuple[ContactRanker, bool]:
    """The shadow, or its twin that knows nothing of the judged period."""
    if shadow.trained_until is None or shadow.trained_until <= since:
        return ranker_of(shadow), False
    known = evidence_of(hub_id, now=since)
    return train(tables_of(hub_id), known.evidence, rung_values_of(hub_id), "twin"), True


def compare_on(lists: list[LoggedList], champion: ContactRanker, challenger: ContactRanker) -> Comparison:
    """Both policies on the lists, with a reward model fitted to the other folds' lists; clusters are the lists."""
    logs = [_log(lists, ranker) for ranker in (champion, challenger)]
    clusters = np.repeat(np.arange(len(lists)), [len(each.shown) for each in lists])
    return compare(*logs, generator=np.random.default_rng(_SEED), clusters=clusters)


def _log(lists: list[LoggedList], ranker: ContactRanker) -> LoggedImpressions:
    chances = [shown_by(ranker, each) for each in lists]
    models = _reward_models(lists)
    q_logged, q_target = [], []
    for number, (each, chance) in enumerate(zip(lists, chances, strict=True)):
        expected = np.maximum(_design(each.matrix) @ models[number % _FOLDS], 0.0)
        q_logged.append(expected[each.shown])
        q_target.append(np.full(len(each.shown), float(chance @ expected) / max(float(chance.sum()), 1e-9)))
    return LoggedImpressions(
        rewards=np.concatenate([each.reward for each in lists]),
        propensity=np.concatenate([each.propensity for each in lists]),
        target=np.concatenate([chance[each.shown] for each, chance in zip(lists, chances, strict=True)]),
        q_logged=np.concatenate(q_logged),
        q_target=np.concatenate(q_target),
    )


def shown_by(ranker: ContactRanker, logged: LoggedList) -> Column:
    """Probability (n,) that the hub's policy with this ranker puts each candidate on this list."""
    values = ranker.expected_value(logged.matrix)
    explore = min(logged.explored_places, len(logged.shown))
    draws = DRAWS if explore else 0
    sampled = ranker.sampled_values(logged.matrix, np.random.default_rng(logged.seed), draws)
    return np.minimum(propensities(values, sampled, length=len(logged.shown), explore=explore).shown, 1.0)


def _reward_models(lists: list[LoggedList]) -> list[Column]:
    """For each fold, ridge weights (f + 1,) of the reward on the features, from the lists of the other folds."""
    moments = [(_design(each.matrix[each.shown]), each.reward) for each in lists]
    squares = np.array([design.T @ design for design, _reward in moments])
    products = np.array([design.T @ reward for design, reward in moments])
    fold = np.arange(len(lists)) % _FOLDS
    penalty = _RIDGE * np.eye(squares.shape[1])
    # The intercept is the mean reward: it is not held back.
    penalty[-1, -1] = 1e-6
    return [
        np.linalg.solve(squares[fold != each].sum(axis=0) + penalty, products[fold != each].sum(axis=0))
        for each in range(_FOLDS)
    ]


def _design(matrix: Matrix) -> Matrix:
    return np.hstack([matrix, np.ones((len(matrix), 1))])
