"""What a policy's lists were truly worth, and whether it kept the caps: counted apart from what it believed itself.

Values are the simulator's true probabilities of what was shown, so that neither luck nor a lucky draw counts.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.engine.priors import ACCEPTS, ANSWERS, ASKS, RUNG_STAGES, STAGES
from matching.engine.simulation.log import Log, Shown
from matching.engine.simulation.policies import Policy, accepted_contacts, expected_values
from matching.engine.simulation.settings import DAYS_A_MONTH, Settings
from matching.engine.simulation.world import NO, YES, Column, Fates, Flags, Ids, Matrix, World

MONTHS_A_QUARTER = 3
_BINS = 10


@dataclass(frozen=True)
class Record:
    """Every impression of one policy in one world, in order of time (k,): `truth` and, where the policy
    predicted, `predicted` hold the probability of each stage (stages, k), asking times that of being looked at.
    """

    day: Column
    party: Ids
    asked: Flags
    answer: Ids
    truth: Matrix
    predicted: Matrix | None
    propensity: Column

    @property
    def month(self) -> Ids:
        """Months from 0 on (k,)."""
        return np.asarray(self.day // DAYS_A_MONTH, dtype=np.int64)


@dataclass(frozen=True)
class Calibration:
    """For each stage and each tenth of the predicted probability: contacts, and sums of what was predicted and what is
    true, (stages, bins) each; they add up over hubs.
    """

    count: Matrix
    predicted: Matrix
    true: Matrix

    def __add__(self, other: "Calibration") -> "Calibration":
        return Calibration(self.count + other.count, self.predicted + other.predicted, self.true + other.true)

    def errors(self) -> dict[str, float]:
        """Expected calibration error by stage: |mean predicted - mean true| of each tenth, weighed by its contacts.

        A stage that nothing reached is left out.

        Source: M. Naeini, G. Cooper, M. Hauskrecht, Obtaining well calibrated probabilities, AAAI 2015.
        """
        gaps, reached = np.abs(self.predicted - self.true).sum(axis=1), self.count.sum(axis=1)
        return {stage: float(gaps[row] / reached[row]) for row, stage in enumerate(STAGES) if reached[row] > 0}


def simulate(world: World, policy: Policy, settings: Settings) -> Record:
    """Let a policy fill all lists of all months; at the start of each month but the first it may learn."""
    log = Log(settings.expires_days)
    truths: list[Matrix] = []
    predictions: list[Matrix] = []
    lists: list[tuple[Shown, Fates]] = []
    for month in range(settings.months):
        if month:
            policy.learn(log, float(month * DAYS_A_MONTH))
        for query in world.queries(month):
            candidates = world.candidates(query)
            chosen = policy.choose(query, candidates, settings.list_length)
            truth = world.truth(query, candidates)[:, chosen.order]
            truth[STAGES.index(ASKS)] *= world.attention(len(chosen.order))
            shown = Shown(
                query,
                candidates.party[chosen.order],
                candidates.matrix[chosen.order],
                chosen.propensity,
                chosen.explored,
            )
            fates = world.show(query, shown.party)
            log.write(shown, fates)
            truths.append(truth)
            lists.append((shown, fates))
            if chosen.predicted is not None:
                predictions.append(chosen.predicted)
    return _record(lists, truths, predictions)


def _record(lists: list[tuple[Shown, Fates]], truths: list[Matrix], predictions: list[Matrix]) -> Record:
    return Record(
        np.concatenate([np.full(len(shown.party), shown.query.day) for shown, _fates in lists]),
        np.concatenate([shown.party for shown, _fates in lists]),
        np.concatenate([fates.asked for _shown, fates in lists]),
        np.concatenate([fates.answer for _shown, fates in lists]),
        np.concatenate(truths, axis=1),
        np.concatenate(predictions, axis=1) if predictions else None,
        np.concatenate([shown.propensity for shown, _fates in lists]),
    )


def worth_by_month(record: Record, settings: Settings) -> Matrix:
    """True sums by month, (4, months): impressions, accepted contacts, expected value, and this value with the hidden
    part of each preference averaged out.
    """
    parts = (
        np.ones(len(record.day)),
        accepted_contacts(record.truth),
        expected_values(record.truth, settings.values),
    )
    return np.stack([np.bincount(record.month, weights=part, minlength=settings.months) for part in parts])


def cap_violations(record: Record, caps: Ids, cap_days: int) -> int:
    """Requests beyond a party's cap in a period, and cards shown of a party whose cap was used up; -1 is no cap.

    Counted again from the record: neither the policy nor the world is asked.
    """
    used: dict[tuple[int, int], int] = {}
    broken = 0
    lists = np.flatnonzero(np.diff(record.day, prepend=-1.0))
    for start, stop in zip(lists, [*lists[1:], len(record.day)], strict=True):
        keys = [(int(party), int(record.day[start] // cap_days)) for party in record.party[start:stop]]
        full = [0 <= caps[key[0]] <= used.get(key, 0) for key in keys]
        broken += sum(full)
        for key, asked in zip(keys, record.asked[start:stop], strict=True):
            if asked:
                used[key] = used.get(key, 0) + 1
                broken += 0 <= caps[key[0]] < used[key]
    return broken


def calibration(record: Record, first_month: int) -> Calibration:
    """Predictions against the truth from a month on: asking among what was shown, each later stage among the contacts
    that got so far.
    """
    tables: list[NDArray[np.float64]] = []
    late = record.month >= first_month
    decided = record.asked & np.isin(record.answer, (NO, YES))
    accepted = record.asked & (record.answer == YES)
    reached = {ASKS: late, ANSWERS: late & record.asked, ACCEPTS: late & decided}
    reached |= dict.fromkeys(RUNG_STAGES, late & accepted)
    predicted = record.truth if record.predicted is None else record.predicted
    for row, stage in enumerate(STAGES):
        said, true = predicted[row, reached[stage]], record.truth[row, reached[stage]]
        tenth = np.minimum((said * _BINS).astype(np.int64), _BINS - 1)
        sums = [np.bincount(tenth, weights=each, minlength=_BINS) for each in (np.ones(len(said)), said, true)]
        tables.append(np.stack(sums))
    count, said_sum, true_sum = np.stack(tables, axis=1)
    return Calibration(count, said_sum, true_sum)


def gap_closed(prior: float, learner: float, oracle: float) -> float:
    """Share of the way from the prior to the oracle that the learner went; not a number where there is no way.

    A gap below a hundredth of the prior's value is none: the expert was right, and there is nothing to learn.
    """
    gap = oracle - prior
    return (learner - prior) / gap if gap > 0.01 * abs(prior) else float("nan")


def by_quarter(worth: Matrix) -> Matrix:
    """Sums (rows, quarters) of sums by month (rows, months); months beyond whole quarters are left out,
    unless there are no others.
    """
    months = worth.shape[1]
    if months < MONTHS_A_QUARTER:
        return np.asarray(worth.sum(axis=1, keepdims=True), dtype=np.float64)
    whole = months // MONTHS_A_QUARTER * MONTHS_A_QUARTER
    return np.asarray(worth[:, :whole].reshape(len(worth), -1, MONTHS_A_QUARTER).sum(axis=2))
