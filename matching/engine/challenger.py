"""A second opinion on each probability: boosted trees that may not contradict the signs of the expert's prior.

Trained by the worker with scikit-learn; what is kept are plain arrays, so that scoring needs NumPy alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from threadpoolctl import threadpool_limits

from kernel.errors import DomainError
from matching.engine.bayesian import Evidence, Prior, fit, refuse_other_names

Matrix = NDArray[np.float64]
Column = NDArray[np.float64]
Places = NDArray[np.int64]

LEAST_OF_EACH = 30
FOLDS = 3
_SETTINGS: dict[str, Any] = {
    "max_iter": 100,
    "learning_rate": 0.06,
    "max_leaf_nodes": 8,
    "min_samples_leaf": 20,
    "l2_regularization": 1.0,
    "early_stopping": False,
}
_HIGHEST = float(np.finfo(np.float64).max)


class TooFewOutcomes(DomainError):
    """There is too little to learn from; the message says how much there is and how much it takes."""

    code: ClassVar[str] = "too_few_outcomes"


class NothingLearned(DomainError):
    """On outcomes held back, the trees order pairs no better than chance."""

    code: ClassVar[str] = "nothing_learned"


@dataclass(frozen=True)
class Challenger:
    """Trees as arrays over all nodes (m,): a row goes `left` if its `feature` is at most `threshold`, else `right`.

    `left` and `right` point at nodes further on; a leaf points at itself. A missing value goes left where
    `missing_left` says so. `roots` (t,) are the first nodes of the trees. The probability is
    expit(slope * (baseline + sum of leaf values) + intercept).

    Raises:
        ValueError: the arrays are no trees over these names.
    """

    names: tuple[str, ...]
    baseline: float
    slope: float
    intercept: float
    roots: Places
    feature: Places
    threshold: Column
    missing_left: NDArray[np.bool_]
    left: Places
    right: Places
    value: Column

    def __post_init__(self) -> None:
        nodes = np.arange(len(self.value))
        shapes = {np.shape(getattr(self, name)) for name in (*_INTEGERS, *_NUMBERS, "missing_left") if name != "roots"}
        if shapes != {nodes.shape} or self.roots.ndim != 1:
            raise ValueError("The arrays of the trees differ in length.")
        numbers = (self.threshold, self.value, [self.baseline, self.slope, self.intercept])
        if not all(np.isfinite(each).all() for each in numbers) or self.slope <= 0:
            raise ValueError("A number of the trees is not finite, or the slope is not above 0.")
        leaf = self.left == nodes
        onward = (self.left > nodes) & (self.right > nodes)
        if not np.where(leaf, self.right == nodes, onward).all() or not _inside(len(nodes), self.left, self.right):
            raise ValueError("A node of the trees leads nowhere.")
        if not _inside(len(self.names), self.feature) or not _inside(len(nodes), self.roots):
            raise ValueError("A node of the trees asks for a feature that is not there.")

    def scores(self, matrix: Matrix) -> Column:
        """Logits (n,) of rows (n, features) before calibration; NaN counts as missing.

        Raises:
            ValueError: the table has another number of columns than there are names.
        """
        table = np.asarray(matrix, dtype=np.float64)
        if table.ndim != 2 or table.shape[1] != len(self.names):
            raise ValueError(f"The trees have {len(self.names)} features; this table has the shape {table.shape}.")
        rows = np.arange(len(table))[:, None]
        at = np.broadcast_to(self.roots, (len(table), len(self.roots)))
        while True:
            seen = table[rows, self.feature[at]]
            below = np.where(np.isnan(seen), self.missing_left[at], seen <= self.threshold[at])
            further = np.where(below, self.left[at], self.right[at])
            if np.array_equal(further, at):
                return np.asarray(self.baseline + self.value[at].sum(axis=1), dtype=np.float64)
            at = further

    def probabilities(self, matrix: Matrix) -> Column:
        """Calibrated probabilities (n,)."""
        return np.asarray(expit(self.slope * self.scores(matrix) + self.intercept), dtype=np.float64)

    def to_json(self) -> dict[str, Any]:
        """Plain lists and numbers, no infinities."""
        return {
            "names": list(self.names),
            "baseline": self.baseline,
            "slope": self.slope,
            "intercept": self.intercept,
        } | {name: getattr(self, name).tolist() for name in (*_INTEGERS, *_NUMBERS, "missing_left")}

    @classmethod
    def from_json(cls, data: Mapping[str, Any], names: Sequence[str] | None = None) -> "Challenger":
        """What `to_json` wrote; with `names`, only if it is about exactly these features in this order.

        Raises:
            ValueError: names are unknown, missing or in another order, or the arrays are no trees.
        """
        try:
            found = tuple(str(name) for name in data["names"])
            if names is not None:
                refuse_other_names(found, names)
            arrays: dict[str, Any] = {name: float(data[name]) for name in ("baseline", "slope", "intercept")}
            arrays |= {name: np.array(data[name], dtype=np.int64) for name in _INTEGERS}
            arrays |= {name: np.array(data[name], dtype=np.float64) for name in _NUMBERS}
            return cls(found, **arrays, missing_left=np.array(data["missing_left"], dtype=np.bool_))
        except (KeyError, TypeError, OverflowError) as error:
            raise ValueError(f"These are no trees: {error!r}.") from error


_INTEGERS = ("roots", "feature", "left", "right")
_NUMBERS = ("threshold", "value")


def _inside(end: int, *places: Places) -> bool:
    return all(bool(((each >= 0) & (each < end)).all()) for each in places)


def monotone_signs(prior: Prior) -> dict[str, int]:
    """1 or -1 for each feature that the prior takes to help or to hurt; the others may go either way."""
    return {name: int(np.sign(mean)) for name, mean in zip(prior.names, prior.mean, strict=True) if mean != 0}


def train_challenger(
    names: Sequence[str],
    evidence: Evidence,
    *,
    signs: Mapping[str, int],
    generator: np.random.Generator,
    groups: NDArray[np.int64] | None = None,
) -> Challenger:
    """Trees fitted to all rows, calibrated on what trees fitted to the other folds said of each row.

    Rows of a group (n,), such as all contacts of one receiver, stay in one fold. A row that has not `matured` is left
    out unless its event has come; the rest weighs as `weight` says. `offset` is not used. The calibration is a line in
    logits, held near the identity where there is little to fit it to: isotonic regression needs a thousand events.

    Raises:
        TooFewOutcomes: fewer than `LEAST_OF_EACH` rows with the event or without it, or too few groups with either.
        NothingLearned: the held-out rows are ordered no better than by chance.
        ValueError: signs name no feature, or the evidence has other columns.

    Source: Friedman, Annals of Statistics 29 (2001); Platt (1999); Niculescu-Mizil and Caruana, ICML 2005.
    """
    if unknown := sorted(set(signs) - set(names)):
        raise ValueError(f"There is no feature {', '.join(unknown)}.")
    if evidence.matrix.shape[1] != len(names):
        raise ValueError(f"There are {len(names)} features and {evidence.matrix.shape[1]} columns.")
    kept = ((evidence.label > 0) | (evidence.matured >= 0.5)) & (evidence.weight > 0)
    label, weight = evidence.label[kept], evidence.weight[kept]
    matrix = np.where(np.isinf(evidence.matrix), np.nan, evidence.matrix)[kept]
    counts = np.bincount(label.astype(np.int64), minlength=2)
    if counts.min() < LEAST_OF_EACH:
        raise TooFewOutcomes(
            f"Boosted trees need {LEAST_OF_EACH} contacts with the outcome and as many without; "
            f"there are {counts[1]} with and {counts[0]} without."
        )
    constraints = [signs.get(name, 0) for name in names]
    seed = int(generator.integers(2**31))
    held_out = np.empty(len(label))
    for train, test in _folds(label, groups[kept] if groups is not None else None, seed):
        if len(np.unique(label[train])) < 2:
            raise TooFewOutcomes("All contacts with the outcome, or all without, belong to one group.")
        trees = _fitted(names, constraints, matrix[train], label[train], weight[train], seed)
        held_out[test] = trees.scores(matrix[test])
    slope, intercept = _calibration(held_out, label, weight)
    trees = _fitted(names, constraints, matrix, label, weight, seed)
    return Challenger(**{**vars(trees), "slope": slope, "intercept": intercept})


def _folds(label: Column, groups: NDArray[np.int64] | None, seed: int) -> list[tuple[Places, Places]]:
    """Rows to fit to and rows held out, with about the same share of outcomes in each."""
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    if groups is None:
        return list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(label, label))
    if len(np.unique(groups)) < FOLDS:
        raise TooFewOutcomes(f"Boosted trees need contacts of {FOLDS} groups; there are {len(np.unique(groups))}.")
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed).split(label, label, groups)
    return [(train, test) for train, test in folds if len(test)]


def _calibration(scores: Column, label: Column, weight: Column) -> tuple[float, float]:
    """Slope and intercept that turn held-out logits into calibrated ones."""
    identity = Prior(("score",), np.ones(1), np.ones(1), 0.0, 1.0)
    slope, intercept = fit(identity, Evidence(scores[:, None], label, weight)).mean
    ahead = np.average(scores[label > 0], weights=weight[label > 0])
    if slope <= 0 or ahead <= np.average(scores[label == 0], weights=weight[label == 0]):
        raise NothingLearned("Held-out contacts with the outcome score no higher than those without: keep the ranker.")
    return float(slope), float(intercept)


def _fitted(
    names: Sequence[str], constraints: list[int], matrix: Matrix, label: Column, weight: Column, seed: int
) -> Challenger:
    """Uncalibrated trees; scikit-learn is imported here and nowhere else."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(monotonic_cst=constraints, random_state=seed, **_SETTINGS)
    # On a busy machine several threads wait for each other for minutes; one needs a second.
    with threadpool_limits(limits=1, user_api="openmp"):
        return as_arrays(names, model.fit(matrix, label, sample_weight=weight))


def as_arrays(names: Sequence[str], model: Any) -> Challenger:
    """The trees of a fitted HistGradientBoostingClassifier of two classes, uncalibrated."""
    tables = [tree.nodes for (tree,) in model._predictors]
    sizes = np.array([len(table) for table in tables])
    roots = np.cumsum(sizes) - sizes
    nodes, shift = np.concatenate(tables), np.repeat(roots, sizes)
    itself, leaf = np.arange(len(nodes)), nodes["is_leaf"].astype(np.bool_)
    return Challenger(
        tuple(names),
        baseline=float(np.ravel(model._baseline_prediction)[0]),
        slope=1.0,
        intercept=0.0,
        roots=roots,
        feature=np.where(leaf, 0, nodes["feature_idx"]).astype(np.int64),
        threshold=np.where(leaf, 0.0, np.clip(nodes["num_threshold"], -_HIGHEST, _HIGHEST)),
        missing_left=nodes["missing_go_to_left"].astype(np.bool_),
        left=np.where(leaf, itself, nodes["left"] + shift).astype(np.int64),
        right=np.where(leaf, itself, nodes["right"] + shift).astype(np.int64),
        value=np.where(leaf, nodes["value"], 0.0).astype(np.float64),
    )
