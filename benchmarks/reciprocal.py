"""`bench reciprocal`: does it take both sides' yes to foretell a match, in real decisions about people?

Columbia speed dating, waves 1 to 14 to learn from, 15 to 21 to test on, and only what both wrote before the evening.
It is dating, not business, and the signal is weak: it tests the mathematics of reciprocity, not the domain. Strengths
of all models are chosen on the earlier waves alone, by leaving waves out in turn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from benchmarks.data_files import DataMissing
from benchmarks.speed_dating import Column, Decisions, Matrix, read_decisions
from matching.engine.bayesian import Evidence, Prior, fit

Figures = dict[str, float]
Say = Callable[[str], None]
Rows = NDArray[np.bool_]
# Fits to rows of a matrix with their labels, and says the probability of every row.
Model = Callable[[Matrix, Column, Rows], Column]

LAST_WAVE_LEARNT = 14
_PARTS = 7
_SPREADS = (0.015, 0.03, 0.06, 0.12)
_STRENGTHS = (0.00003, 0.0001, 0.0003, 0.001, 0.003)
# Leaves a tree and number of trees.
_SIZES = ((2, 30), (2, 100), (3, 30), (3, 100), (6, 30), (6, 100))
_RESAMPLES = 1000
_SEED = 20261130


@dataclass(frozen=True)
class _Split:
    """Which directed decisions are learnt from, and in which part each is left out."""

    learnt: Rows
    part: NDArray[np.int64]


def run(say: Say) -> Figures:
    """The shared table."""
    return run_data(settings.BASE_DIR.parent / "shared" / "data" / "speed-dating", say)


def run_data(place: Path, say: Say) -> Figures:
    """AUC and log loss of a yes and of a mutual yes in the later waves; `gain` is product against one side.

    Every pair counts twice, once from each side, as both may ask; the product says the same for both.

    Raises:
        DataMissing: the table cannot be read, or the earlier or the later waves lack a mutual yes.
    """
    decisions = read_decisions(place)
    split = _split(decisions)
    tested = ~split.learnt
    say(f"learning from {split.learnt.sum()} decisions, testing on {tested.sum()}")
    matrix = _standardised(decisions.matrix, split.learnt)
    both = np.concatenate([matrix, matrix[decisions.back]], axis=1)
    yes, mutual = decisions.yes, decisions.mutual
    one_sided = _tuned(_bayesian, _SPREADS, matrix, yes, split, say, "one-sided Bayesian")
    product = one_sided * one_sided[decisions.back]
    found = {
        "logistic": _tuned(_logistic, _STRENGTHS, both, mutual, split, say, "logistic on mutual"),
        "gbm": _tuned(_boosting, _SIZES, both, mutual, split, say, "boosting on mutual"),
    }
    shares = {name: np.full(len(yes), what[split.learnt].mean()) for name, what in (("yes", yes), ("mutual", mutual))}
    low, high = _gain_interval(decisions, tested, product, one_sided)
    return {
        "auc_mutual": auc(product[tested], mutual[tested]),
        "auc_mutual_one_sided": auc(one_sided[tested], mutual[tested]),
        "gain": auc(product[tested], mutual[tested]) - auc(one_sided[tested], mutual[tested]),
        "gain_ci_low": low,
        "gain_ci_high": high,
        **{f"auc_mutual_{name}": auc(said[tested], mutual[tested]) for name, said in found.items()},
        "auc_yes": auc(one_sided[tested], yes[tested]),
        "log_loss_yes": log_loss(one_sided[tested], yes[tested]),
        "log_loss_yes_base_rate": log_loss(shares["yes"][tested], yes[tested]),
        "log_loss_mutual": log_loss(product[tested], mutual[tested]),
        **{f"log_loss_mutual_{name}": log_loss(said[tested], mutual[tested]) for name, said in found.items()},
        "log_loss_mutual_base_rate": log_loss(shares["mutual"][tested], mutual[tested]),
        "decisions_learnt": float(split.learnt.sum()),
        "decisions_tested": float(tested.sum()),
        "mutual_share": float(mutual[tested].mean()),
    }


def auc(scores: Column, happened: Column) -> float:
    """Chance that one that happened scores above one that did not; ties count half; NaN without either."""
    order = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(order[2]) - (order[2] - 1) / 2.0)[order[1]]
    with_it = happened > 0
    count, others = int(with_it.sum()), int((~with_it).sum())
    if not count or not others:
        return float("nan")
    return float((ranks[with_it].sum() - count * (count + 1) / 2) / (count * others))


def log_loss(said: Column, happened: Column) -> float:
    """Mean of -ln of the probability (n,) given to what happened, in nats."""
    kept = np.clip(said, 1e-12, 1 - 1e-12)
    return float(-np.mean(np.where(happened > 0, np.log(kept), np.log1p(-kept))))


def _split(decisions: Decisions) -> _Split:
    learnt = decisions.wave <= LAST_WAVE_LEARNT
    for rows, which in ((learnt, "earlier"), (~learnt, "later")):
        if len(np.unique(decisions.mutual[rows])) < 2:
            raise DataMissing(f"The {which} waves need mutual yeses and others (waves up to 14 are the earlier ones).")
    part = np.unique(decisions.wave, return_inverse=True)[1] % _PARTS
    if len(np.unique(part[learnt])) < 2:
        raise DataMissing("There must be two earlier waves or more, to choose the strength of a model by.")
    return _Split(learnt, part)


def _standardised(matrix: Matrix, learnt: Rows) -> Matrix:
    """Columns at mean 0 and deviation 1 over what is learnt from, at most 4 away; unknown is 0."""
    known = np.where(np.isnan(matrix[learnt]).all(axis=0), 0.0, matrix)
    mean, deviation = np.nanmean(known[learnt], axis=0), np.nanstd(known[learnt], axis=0)
    scaled = (known - mean) / np.where(deviation > 0, deviation, 1.0)
    return np.asarray(np.nan_to_num(np.clip(scaled, -4.0, 4.0), nan=0.0))


def _tuned(
    model_of: Callable[[Any], Model],
    strengths: Sequence[Any],
    matrix: Matrix,
    label: Column,
    split: _Split,
    say: Say,
    name: str,
) -> Column:
    """Probabilities of all rows by the strength with the lowest log loss on earlier waves that were left out."""
    losses = [_left_out_loss(model_of(strength), matrix, label, split) for strength in strengths]
    best = strengths[int(np.argmin(losses))]
    say(f"{name}: {best} has the lowest log loss, {min(losses):.4f}, on earlier waves left out in turn")
    return model_of(best)(matrix, label, split.learnt)


def _left_out_loss(model: Model, matrix: Matrix, label: Column, split: _Split) -> float:
    said = np.full(len(label), np.nan)
    for part in np.unique(split.part[split.learnt]):
        out = split.learnt & (split.part == part)
        said[out] = model(matrix, label, split.learnt & ~out)[out]
    return log_loss(said[split.learnt], label[split.learnt])


def _bayesian(spread: float) -> Model:
    """Ours: each weight is believed to lie within `spread` of 0, as nothing is known of dating beforehand."""

    def model(matrix: Matrix, label: Column, rows: Rows) -> Column:
        count = matrix.shape[1]
        names = tuple(map(str, range(count)))
        prior = Prior(names, np.zeros(count), np.full(count, spread), 0.0, 1.0)
        return fit(prior, Evidence(matrix[rows], label[rows])).probabilities(matrix)

    return model


def _logistic(strength: float) -> Model:
    from sklearn.linear_model import LogisticRegression

    def model(matrix: Matrix, label: Column, rows: Rows) -> Column:
        fitted = LogisticRegression(C=strength, max_iter=2000).fit(matrix[rows], label[rows])
        return np.asarray(fitted.predict_proba(matrix)[:, 1])

    return model


def _boosting(size: tuple[int, int]) -> Model:
    from sklearn.ensemble import HistGradientBoostingClassifier

    def model(matrix: Matrix, label: Column, rows: Rows) -> Column:
        trees = HistGradientBoostingClassifier(
            max_leaf_nodes=size[0], max_iter=size[1], learning_rate=0.05, early_stopping=False, random_state=0
        )
        return np.asarray(trees.fit(matrix[rows], label[rows]).predict_proba(matrix)[:, 1])

    return model


def _gain_interval(decisions: Decisions, tested: Rows, product: Column, one_sided: Column) -> tuple[float, float]:
    """90 % interval of the difference of both AUCs; people are drawn with replacement, a pair counts once for each."""
    generator = np.random.default_rng(_SEED)
    rows = np.flatnonzero(tested)
    people, deciders = np.unique(decisions.decider[rows], return_inverse=True)
    gains = []
    for _ in range(_RESAMPLES):
        drawn = np.bincount(generator.integers(len(people), size=len(people)), minlength=len(people))
        again = np.repeat(rows, drawn[deciders])
        happened = decisions.mutual[again]
        gains.append(auc(product[again], happened) - auc(one_sided[again], happened))
    kept = np.array(gains)[np.isfinite(gains)]
    if not len(kept):
        return float("nan"), float("nan")
    low, high = np.quantile(kept, [0.05, 0.95])
    return float(low), float(high)
