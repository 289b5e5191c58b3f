"""The columns that every stage of the learning ranker sees: the pair's features at unit scale, and what contact adds.

What two parties wrote is only half of it: whether somebody has time, answers, and knows the other decides as much.
Nothing that a party could pay for is here, and a test keeps the list of names.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from matching.engine import features
from matching.engine.features import Feature

Matrix = NDArray[np.float64]
Column = NDArray[np.float64]

# One unit is about one standard deviation among the candidates of a list; a flag is its own unit.
SCALES: dict[str, float] = {
    "need_offer_meaning": 4.0,
    "need_offer_words": 3.0,
    "offer_need_meaning": 4.0,
    "offer_need_words": 3.0,
    "same_need_meaning": 4.0,
    "evidence": 5.0,
    "best_evidence": 8.0,
}
# Statements say less the older they are: after this many days a third of their freshness is left.
FRESH_DAYS = 180.0
# A hub whose members always answer, or never: its mean is kept off 0 and 1, where log-odds end.
_LEAST_MEAN = 0.01


def _at_unit_scale(feature: Feature) -> Feature:
    scale = SCALES.get(feature.name, 1.0)
    unit = "" if scale == 1.0 else f", in units of {scale:g}"
    return Feature(
        feature.name,
        feature.meaning + unit,
        feature.low / scale,
        feature.high / scale,
        feature.neutral / scale,
    )


PAIR_FEATURES = tuple(_at_unit_scale(feature) for feature in features.FEATURES)
ADDED_FEATURES = (
    Feature("capacity_left", "share of the receiver's cap of this period still free; 1: nobody set a cap", 0, 1, 1),
    Feature("answers_history", "receiver's habit of answering, log-odds from the hub's mean, smoothed", -3, 3),
    Feature(
        "accepts_history", "receiver's habit of saying yes when answering, log-odds from the mean, smoothed", -3, 3
    ),
    Feature("seeker_history", "how often the seeker's requests are accepted, log-odds from the mean, smoothed", -3, 3),
    Feature("earlier_relation", "1: the two organisations have had an accepted contact before", 0, 1),
    Feature("declined_before", "1: this pair had a no, other than 'not now', in the last two years", 0, 1),
    Feature("freshness", "exp(-days since the newest statement of the pair changed / 180)", 0, 1, 0.5),
    Feature("small_unit", "receiver: 1 small hospital, municipality or firm, -1 large, 0 middle or unknown", -1, 1),
    Feature("seeker_small", "seeker: 1 small hospital, municipality or firm, -1 large, 0 middle or unknown", -1, 1),
    Feature("same_field", "1: the same clinical specialty or municipal field, 0: another or unknown", 0, 1),
    Feature("relevance", "logit by the purpose's own expert table that such a pair is worth a talk, halved", -5, 5),
)
CONTACT_FEATURES = PAIR_FEATURES + ADDED_FEATURES
NAMES = tuple(feature.name for feature in CONTACT_FEATURES)
ADDED = tuple(feature.name for feature in ADDED_FEATURES)
NEUTRAL = np.array([feature.neutral for feature in CONTACT_FEATURES], dtype=np.float64)
LOW = np.array([feature.low for feature in CONTACT_FEATURES], dtype=np.float64)
HIGH = np.array([feature.high for feature in CONTACT_FEATURES], dtype=np.float64)
_SCALE = np.array([SCALES.get(name, 1.0) for name in features.NAMES])


def contact_matrix(pair_matrix: Matrix, extra: Mapping[str, Column]) -> Matrix:
    """Columns (n, `NAMES`) for pairs (n, `features.NAMES`) and what contact adds, (n,) each by name.

    What is missing, not a number or infinite takes its neutral value; the rest is clipped to its feature's range.

    Raises:
        ValueError: the table has other columns, or `extra` a name or a length that does not fit.
    """
    pairs = np.asarray(pair_matrix, dtype=np.float64)
    if pairs.ndim != 2 or pairs.shape[1] != len(features.NAMES):
        raise ValueError(f"Pairs have {len(features.NAMES)} features; this table has the shape {pairs.shape}.")
    unknown = sorted(set(extra) - set(ADDED))
    if unknown:
        raise ValueError(f"Contact adds no column {', '.join(unknown)}.")
    matrix = np.tile(NEUTRAL, (len(pairs), 1))
    matrix[:, : pairs.shape[1]] = pairs / _SCALE
    for name, values in extra.items():
        if np.shape(values) != (len(pairs),):
            raise ValueError(f"{name} has the shape {np.shape(values)}, there are {len(pairs)} pairs.")
        matrix[:, NAMES.index(name)] = values
    return np.clip(np.where(np.isfinite(matrix), matrix, NEUTRAL), LOW, HIGH)


def relevance(scores: Column) -> Column:
    """The column of that name for logits (n,) of the purpose's expert table (`matching.engine.weights`)."""
    place = NAMES.index("relevance")
    return np.clip(np.asarray(scores, dtype=np.float64) / 2.0, LOW[place], HIGH[place])


def smoothed_log_odds(successes: Column, trials: Column, mean: float, strength: float = 4.0) -> Column:
    """How far each rate (n,) lies from `mean`, in log-odds, as if `strength` average trials had come first.

    Nothing tried gives 0, so that an unknown party is neither favoured nor punished.

    Raises:
        ValueError: a count is negative or not finite, there are more successes than trials, `mean` is no share, or
            `strength` is not above 0.
    """
    won, tried = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    if not (np.isfinite(won).all() and np.isfinite(tried).all() and (won >= 0).all() and (won <= tried).all()):
        raise ValueError("Successes are counted from 0 to the number of trials.")
    if not 0.0 <= mean <= 1.0 or not 0.0 < strength < np.inf:
        raise ValueError("The mean is a share from 0 to 1, and the strength is above 0.")
    centre = min(max(mean, _LEAST_MEAN), 1.0 - _LEAST_MEAN)
    gained, lost = won + strength * centre, tried - won + strength * (1.0 - centre)
    deviation = np.log(gained) - np.log(lost) - (np.log(centre) - np.log1p(-centre))
    return np.asarray(np.where(tried > 0, deviation, 0.0), dtype=np.float64)


def freshness(days: Column) -> Column:
    """exp(-days / 180) for days (n,) since the newest statement of a pair changed; a date to come counts as today."""
    return np.asarray(np.exp(-np.maximum(days, 0.0) / FRESH_DAYS), dtype=np.float64)
