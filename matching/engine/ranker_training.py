"""Fitting a linear ranker to judged pairs; not imported by the web process."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from matching.engine.linear_ranker import LinearRanker

Matrix = NDArray[np.float64]


def fit_ranker(
    names: Sequence[str], matrix: Matrix, relevant: NDArray[np.bool_], *, strength: float = 1.0
) -> LinearRanker:
    """Weights of a logistic regression over pairs (n, features), with an L2 prior of that inverse strength.

    Raises:
        ValueError: all pairs are relevant, or none is.
    """
    if relevant.all() or not relevant.any():
        raise ValueError("Fitting needs relevant pairs and others.")
    fitted = LogisticRegression(C=strength, max_iter=2000).fit(matrix, relevant)
    return LinearRanker(tuple(names), fitted.coef_[0].astype(np.float64), float(fitted.intercept_[0]))


def group_folds(groups: Sequence[str], folds: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """A fold (n,) for each row, the same for all of a group: nothing is tested on what it was fitted to."""
    names, places = np.unique(np.asarray(groups), return_inverse=True)
    fold_of_group = generator.permutation(len(names)) % folds
    return np.asarray(fold_of_group[places], dtype=np.int64)
