"""All policies in one simulated hub, and the figures over many hubs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matching.engine.priors import PRIORS, STAGES
from matching.engine.simulation.judging import (
    Calibration,
    Record,
    by_quarter,
    calibration,
    cap_violations,
    gap_closed,
    simulate,
    worth_by_month,
)
from matching.engine.simulation.policies import (
    Learner,
    Policy,
    oracle_policy,
    prior_policy,
    random_policy,
    similarity_policy,
    wrong_tables,
)
from matching.engine.simulation.settings import Settings
from matching.engine.simulation.world import Column, Matrix, World, WorldFactory

RANDOM, SIMILARITY, PRIOR, LEARNER, ORACLE, WRONG = "random", "similarity", "prior", "learner", "oracle", "wrong_prior"
POLICIES = (RANDOM, SIMILARITY, PRIOR, LEARNER, ORACLE, WRONG)
# Calibration is asked after a year; a shorter run is asked in its second half.
CALIBRATED_FROM_MONTH = 12
_ACCEPTED, _VALUE = 1, 2
_QUARTER_OF_MONTH_12 = 3


@dataclass(frozen=True)
class HubResult:
    """True sums by month, (3, months): impressions, accepted contacts, expected value, for each policy; caps broken;
    calibration of the learner; and the least propensity that was logged.
    """

    worth: Mapping[str, Matrix]
    requests: Mapping[str, int]
    caps_broken: Mapping[str, int]
    calibration: Calibration
    least_propensity: float

    def quarters(self, policy: str, row: int) -> Column:
        """Accepted contacts or expected value per 100 shown, by quarter."""
        table = by_quarter(self.worth[policy])
        return np.asarray(100.0 * table[row] / np.maximum(table[0], 1.0), dtype=np.float64)


def run_hub(settings: Settings, number: int, factory: WorldFactory) -> HubResult:
    """Every policy in a fresh world of hub `number`, with the same luck."""
    records: dict[str, Record] = {}
    for name in POLICIES:
        world = factory(settings, number)
        records[name] = simulate(world, make_policy(name, world, settings, number), settings)
    caps, cap_days = factory(settings, number).load_caps()
    first = min(CALIBRATED_FROM_MONTH, settings.months // 2)
    return HubResult(
        {name: worth_by_month(record, settings) for name, record in records.items()},
        {name: int(record.asked.sum()) for name, record in records.items()},
        {name: cap_violations(record, caps, cap_days) for name, record in records.items()},
        calibration(records[LEARNER], first),
        float(records[LEARNER].propensity.min(initial=1.0)),
    )


def make_policy(name: str, world: World, settings: Settings, seed: int) -> Policy:
    """The policy of that name, one of `POLICIES`.

    Raises:
        KeyError: there is no such policy.
    """
    values = settings.values
    made: dict[str, Callable[[], Policy]] = {
        RANDOM: lambda: random_policy(seed),
        SIMILARITY: similarity_policy,
        PRIOR: lambda: prior_policy(values),
        LEARNER: lambda: Learner(values, PRIORS, seed=seed),
        ORACLE: lambda: oracle_policy(world, values),
        WRONG: lambda: Learner(values, wrong_tables(settings), seed=seed),
    }
    return made[name]()


def figures(results: Sequence[HubResult]) -> dict[str, float]:
    """What `bench learning` prints of the hubs together.

    `NAME_accepted` and `NAME_value`: accepted introductions and expected value per 100 shown over the whole time.
    `gap_closed`: (learner - prior) / (oracle - prior) of expected value in the last quarter, hubs together, and
    `gap_closed_accepted` the same of accepted introductions; `gap_closed_lowest_hub` of the hub where it is least.
    `worst_quarter_loss`: largest share by which the learner lies below the prior in any quarter of any hub, negative
    if it never does. `cap_violations`: of all policies. `ece`: largest calibration error of the stages up to
    acceptance (`ece_rungs`: after it), after month 12, hubs together. `wrong_prior_recovery`: what the learner that
    began from the wrong prior is worth in months 10 to 12, as a share of what the learner that began from the right
    one is worth then. What cannot be computed is not a number.
    """
    found: dict[str, float] = {"hubs": float(len(results))}
    for name in POLICIES:
        total = np.sum([result.worth[name].sum(axis=1) for result in results], axis=0)
        found[f"{name}_accepted"] = float(100.0 * total[_ACCEPTED] / total[0])
        found[f"{name}_value"] = float(100.0 * total[_VALUE] / total[0])
    months = results[0].worth[PRIOR].shape[1]
    found["introductions_a_month"] = sum(each.requests[PRIOR] for each in results) / len(results) / months
    return found | _gap_figures(results) | _loss_figures(results) | _safety_figures(results)


def _last_quarter(result: HubResult, policy: str, row: int) -> float:
    return float(result.quarters(policy, row)[-1])


def _gap_figures(results: Sequence[HubResult]) -> dict[str, float]:
    rows: dict[str, float] = {}
    for row, name in ((_VALUE, "gap_closed"), (_ACCEPTED, "gap_closed_accepted")):
        each = np.array([[_last_quarter(hub, policy, row) for policy in (PRIOR, LEARNER, ORACLE)] for hub in results])
        prior, learner, oracle = each.mean(axis=0)
        rows[name] = gap_closed(prior, learner, oracle)
        if row == _VALUE:
            rows["gap_of_prior"] = float(1.0 - prior / oracle)
            single = [gap_closed(*three) for three in each.tolist()]
            rows["gap_closed_lowest_hub"] = float(np.nanmin([*single, np.inf]))
    return rows


def _loss_figures(results: Sequence[HubResult]) -> dict[str, float]:
    loss = [1.0 - hub.quarters(LEARNER, _VALUE) / hub.quarters(PRIOR, _VALUE) for hub in results]
    lost = [1.0 - hub.quarters(LEARNER, _ACCEPTED) / hub.quarters(PRIOR, _ACCEPTED) for hub in results]
    quarter = min(_QUARTER_OF_MONTH_12, len(loss[0]) - 1)
    right, wrong = (sum(hub.quarters(name, _VALUE)[quarter] for hub in results) for name in (LEARNER, WRONG))
    return {
        "worst_quarter_loss": float(np.max(loss)),
        "worst_quarter_loss_accepted": float(np.max(lost)),
        "wrong_prior_recovery": float(wrong / right),
    }


def _safety_figures(results: Sequence[HubResult]) -> dict[str, float]:
    pooled = results[0].calibration
    for hub in results[1:]:
        pooled = pooled + hub.calibration
    errors = pooled.errors()
    chain = [error for stage, error in errors.items() if stage in STAGES[:3]]
    rungs = [error for stage, error in errors.items() if stage not in STAGES[:3]]
    return {
        "cap_violations": float(sum(sum(hub.caps_broken.values()) for hub in results)),
        "ece": max(chain, default=float("nan")),
        "ece_rungs": max(rungs, default=float("nan")),
        "least_propensity": min(hub.least_propensity for hub in results),
    }
