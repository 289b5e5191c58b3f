"""Taking pairs one after another, best first, while both caps leave room: the baseline, and prices made whole."""

import numpy as np
from numpy.typing import NDArray

from matching.engine.allocation.caps import LoadCaps

# Pairs are numbered row by row: row * width + column.
PairNumbers = NDArray[np.int64]
_BLOCK = 100_000
_SLICE = 1_000_000


def take_in_order(pairs: PairNumbers, caps: LoadCaps) -> PairNumbers:
    """Those of `pairs` (in the order of taking, none twice) for which both agents still have room."""
    left, right = caps.left.copy(), caps.right.copy()
    taken: list[int] = []
    for start in range(0, len(pairs), _BLOCK):
        if not left.any() or not right.any():
            break
        block = pairs[start : start + _BLOCK]
        rows, columns = np.divmod(block, len(right))
        # Most pairs of late blocks meet a full agent; only the others need the slow loop.
        open_ = np.flatnonzero((left[rows] > 0) & (right[columns] > 0))
        for pair, row, column in zip(block[open_].tolist(), rows[open_].tolist(), columns[open_].tolist(), strict=True):
            if left[row] > 0 and right[column] > 0:
                left[row] -= 1
                right[column] -= 1
                taken.append(pair)
    return np.array(taken, dtype=np.int64)


def greedy_pairs(values: NDArray[np.floating], caps: LoadCaps) -> PairNumbers:
    """Pairs of `values` (n, m) by falling value, ties by number, as caps allow; NaN, 0 and below are never taken.

    Sorted in slices of falling value, each among the agents who still have room: late pairs mostly meet full agents.
    """
    taken = [np.empty(0, np.int64)]
    room, below = caps, np.inf
    while True:
        rows, columns = np.flatnonzero(room.left > 0), np.flatnonzero(room.right > 0)
        open_values = values[np.ix_(rows, columns)]
        inside = open_values[(open_values > 0) & (open_values < below)]
        if not len(inside):
            return np.concatenate(taken)
        if len(inside) > _SLICE:
            floor = np.partition(inside, len(inside) - _SLICE)[len(inside) - _SLICE]
        else:
            floor = inside.min()
        slice_ = np.flatnonzero((open_values >= floor) & (open_values < below))
        row, column = np.divmod(slice_[np.argsort(-open_values.ravel()[slice_], kind="stable")], len(columns))
        taken.append(take_in_order(rows[row] * values.shape[1] + columns[column], room))
        room = room.left_over(*np.divmod(taken[-1], values.shape[1]))
        below = floor
