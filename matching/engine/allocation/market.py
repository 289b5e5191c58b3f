"""The market that allocation reads: who likes whom with which probability, checked once at the door."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Values = NDArray[np.float32]


@dataclass(frozen=True)
class Market:
    """Two sides and the probability that an agent likes one of the other side once it looks.

    `left_to_right` is (n, m), `right_to_left` is (m, n), both float64 in [0, 1].

    Raises:
        ValueError: a side is empty, the shapes do not fit, or an entry is no probability.
    """

    left_to_right: Floats
    right_to_left: Floats

    def __post_init__(self) -> None:
        forward = _checked_probabilities(self.left_to_right, "left_to_right").astype(np.float64)
        backward = _checked_probabilities(self.right_to_left, "right_to_left").astype(np.float64)
        if np.isnan(forward).any() or np.isnan(backward).any():
            raise ValueError(
                "A ranking shows everybody, so each pair needs a probability (0 for never). "
                "For forbidden pairs use pair_values and allocate."
            )
        _require_fit(forward, backward)
        object.__setattr__(self, "left_to_right", forward)
        object.__setattr__(self, "right_to_left", backward)

    @property
    def mutual(self) -> Floats:
        """Probability (n, m) that both like each other if both look."""
        product: Floats = self.left_to_right * self.right_to_left.T
        return product


def pair_values(left_to_right: ArrayLike, right_to_left: ArrayLike) -> Values:
    """The value (n, m) of showing a pair to each other: both probabilities multiplied, NaN for forbidden pairs.

    `left_to_right` is (n, m), `right_to_left` is (m, n); a pair with NaN or minus infinity on either side is forbidden.

    Raises:
        ValueError: a side is empty, the shapes do not fit, or an entry is neither a probability nor forbidden.
    """
    forward = _checked_probabilities(left_to_right, "left_to_right")
    backward = _checked_probabilities(right_to_left, "right_to_left")
    _require_fit(forward, backward)
    product: Values = (forward * backward.T).astype(np.float32)
    return product


def checked_matrix(matrix: ArrayLike, name: str) -> NDArray[Any]:
    """A copy as (n, m) floats, forbidden pairs (NaN or minus infinity) as NaN; float32 stays, all else is float64.

    Raises:
        ValueError: not a table of numbers, a side is empty, or an entry is plus infinity.
    """
    try:
        table = np.array(matrix)
        table = table.astype(np.float32 if table.dtype == np.float32 else np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be a table of numbers with rows of one length.") from error
    if table.ndim != 2 or 0 in table.shape:
        raise ValueError(f"{name} needs two dimensions and at least one agent on each side, got shape {table.shape}.")
    if np.isposinf(table).any():
        raise ValueError(f"{name} holds infinity; give finite numbers, and NaN or minus infinity for forbidden pairs.")
    table[np.isneginf(table)] = np.nan
    return table


def _checked_probabilities(matrix: ArrayLike, name: str) -> NDArray[Any]:
    table = checked_matrix(matrix, name)
    outside = int(((table < 0) | (table > 1)).sum())
    if outside:
        raise ValueError(f"{name} must hold probabilities from 0 to 1; {outside} entries lie outside. Calibrate first.")
    return table


def _require_fit(forward: NDArray[Any], backward: NDArray[Any]) -> None:
    if forward.shape != backward.shape[::-1]:
        raise ValueError(
            f"left_to_right is {forward.shape}, so right_to_left must be {forward.shape[::-1]}, got {backward.shape}. "
            "Rows are the agents who judge."
        )
