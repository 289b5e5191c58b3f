"""How good probabilities are: log loss, AUC, calibration, each with weights and with its empty case."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Column = NDArray[np.float64]

BINS = 10
_LEAST = 1e-9


@dataclass(frozen=True)
class Bin:
    """Probabilities in [low, high): how many, what they said on average, and the share that happened."""

    low: float
    high: float
    count: int
    predicted: float
    happened: float


def log_loss(said: Column, happened: Column, weight: Column) -> float | None:
    """Weighted mean of -ln(probability of what happened), (n,) each; None for no weight."""
    if not weight.sum() > 0:
        return None
    kept = np.clip(said, _LEAST, 1.0 - _LEAST)
    losses = -np.where(happened > 0, np.log(kept), np.log1p(-kept))
    return float(weight @ losses / weight.sum())


def auc(said: Column, happened: Column) -> float | None:
    """Share of (happened, did not) pairs that stand in the right order, ties half; None without one of each."""
    won = happened > 0
    positives, negatives = int(won.sum()), int((~won).sum())
    if not positives or not negatives:
        return None
    ranks = rankdata(said)
    return float((ranks[won].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def calibration(said: Column, happened: Column, weight: Column) -> tuple[Bin, ...]:
    """Ten bins of equal width, the empty ones left out."""
    place = np.minimum((np.clip(said, 0.0, 1.0) * BINS).astype(np.int64), BINS - 1)
    found = []
    for number in range(BINS):
        inside = (place == number) & (weight > 0)
        if inside.any():
            share = weight[inside] / weight[inside].sum()
            found.append(
                Bin(
                    number / BINS,
                    (number + 1) / BINS,
                    int(inside.sum()),
                    float(share @ said[inside]),
                    float(share @ happened[inside]),
                )
            )
    return tuple(found)


def expected_calibration_error(said: Column, happened: Column, weight: Column) -> float | None:
    """Mean over ten bins of |said - happened|, each bin weighing what lies in it; None for no weight.

    Source: M. Naeini, G. Cooper, M. Hauskrecht, AAAI 2015.
    """
    if not weight.sum() > 0:
        return None
    place = np.minimum((np.clip(said, 0.0, 1.0) * BINS).astype(np.int64), BINS - 1)
    gaps = np.bincount(place, weights=weight * (said - happened), minlength=BINS)
    return float(np.abs(gaps).sum() / weight.sum())
