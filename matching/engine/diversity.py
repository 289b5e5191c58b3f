"""A list whose members do not all say the same: maximal marginal relevance on what their statements mean."""

import numpy as np
from numpy.typing import NDArray

from matching.engine.stores import Vectors


def diversify(scores: NDArray[np.float64], vectors: Vectors, *, novelty: float, length: int) -> list[int]:
    """Positions of the chosen, best first: each next one is good and unlike those already chosen.

    Args:
        scores: Relevance (n,), any scale; it is standardised here.
        vectors: L2-normalised vectors (n, dimension) of the statement that speaks for each.
        novelty: 0 ranks by score alone, 1 by unlikeness alone.
        length: How many are wanted; fewer when there are fewer.

    Ties go to the smaller position.

    Raises:
        ValueError: `novelty` lies outside [0, 1].
    Source: Carbonell and Goldstein, SIGIR 1998.
    """
    if not 0.0 <= novelty <= 1.0:
        raise ValueError("novelty lies between 0 and 1.")
    if not len(scores):
        return []
    relevance = (scores - scores.mean()) / max(float(scores.std()), 1e-9)
    nearest = np.full(len(scores), -1.0)
    open_ = np.ones(len(scores), dtype=np.bool_)
    chosen: list[int] = []
    while open_.any() and len(chosen) < length:
        gain = (1 - novelty) * relevance - novelty * nearest if chosen else relevance
        best = int(np.argmax(np.where(open_, gain, -np.inf)))
        chosen.append(best)
        open_[best] = False
        nearest = np.maximum(nearest, vectors @ vectors[best])
    return chosen
