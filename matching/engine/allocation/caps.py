"""Load caps: how many recommendations an agent may be shown or appear in, never more."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class LoadCaps:
    """Most pairs an agent may be in: `left` (n,) and `right` (m,), whole numbers from 0."""

    left: Counts
    right: Counts

    def left_over(self, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> "LoadCaps":
        """What remains after the pairs (rows, columns); negative where they break a cap."""
        return LoadCaps(
            self.left - np.bincount(rows, minlength=len(self.left)),
            self.right - np.bincount(columns, minlength=len(self.right)),
        )


def load_caps(
    shape: tuple[int, int],
    *,
    list_length: int,
    right_caps: int | ArrayLike,
    left_caps: int | ArrayLike | None = None,
) -> LoadCaps:
    """Caps for a market of `shape` (n, m); a single number holds for everybody, 0 means nobody is shown.

    No left agent is shown more than `list_length` others, nor more than its own cap where `left_caps` are given.

    Raises:
        ValueError: a cap is negative, no whole number, or there are not as many caps as agents.
    """
    n, m = shape
    length = _checked_counts(list_length, 1, "list_length")[0]
    if length < 1:
        raise ValueError("list_length must be at least 1; to show nobody to somebody, set that agent's cap to 0.")
    left = np.full(n, length) if left_caps is None else np.minimum(_checked_counts(left_caps, n, "left_caps"), length)
    right = _checked_counts(right_caps, m, "right_caps")
    return LoadCaps(np.minimum(left, m), np.minimum(right, n))


def _checked_counts(counts: int | ArrayLike, agents: int, name: str) -> Counts:
    try:
        table = np.asarray(counts, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be whole numbers.") from error
    if table.ndim and table.shape != (agents,):
        raise ValueError(f"{name} needs one number, or one for each of {agents} agents; got shape {table.shape}.")
    if not np.isfinite(table).all() or (table != np.floor(table)).any():
        raise ValueError(f"{name} must be whole numbers; for no limit give the number of agents of the other side.")
    if (table < 0).any():
        raise ValueError(f"{name} must not be negative; 0 means that an agent is not shown.")
    return np.broadcast_to(np.minimum(table, np.iinfo(np.int32).max), (agents,)).astype(np.int64)
