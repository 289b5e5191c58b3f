"""From features to an order: a linear score with an expert's weights, its parts told apart, its output a probability.

The weights can be read and argued with; a later ranker learns from outcomes with these as its starting point.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class LinearRanker:
    """Weights (features,) by name and an intercept, in logits: what is missing counts nothing."""

    names: tuple[str, ...]
    weights: NDArray[np.float64]
    intercept: float = 0.0

    @classmethod
    def of(cls, names: Sequence[str], weights: Mapping[str, float], intercept: float = 0.0) -> "LinearRanker":
        """A ranker over the features `names`, in which those without a weight count nothing.

        Raises:
            ValueError: a weight names no feature, or is not finite.
        """
        unknown = sorted(set(weights) - set(names))
        if unknown:
            raise ValueError(f"There is no feature {', '.join(unknown)}.")
        row = np.array([weights.get(name, 0.0) for name in names], dtype=np.float64)
        if not np.isfinite(row).all() or not np.isfinite(intercept):
            raise ValueError("A weight is not a number.")
        return cls(tuple(names), row, intercept)

    def scores(self, matrix: Matrix) -> NDArray[np.float64]:
        """Logits (n,) for features (n, features)."""
        return matrix @ self.weights + self.intercept

    def contributions(self, matrix: Matrix, neutral: NDArray[np.float64]) -> Matrix:
        """How much each feature moves the logit away from where its neutral value would leave it, (n, features)."""
        return (matrix - neutral) * self.weights

    def probabilities(self, matrix: Matrix) -> NDArray[np.float64]:
        """The share (n,) of such pairs that were judged worth a talk."""
        logits = np.clip(self.scores(matrix), -30.0, 30.0)
        return 1.0 / (1.0 + np.exp(-logits))
