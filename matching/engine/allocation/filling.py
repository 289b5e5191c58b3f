"""Filling what room is left after a choice, one more place an agent at a time, those who have least first."""

import numpy as np

from matching.engine.allocation.caps import LoadCaps
from matching.engine.allocation.greedy import PairNumbers, greedy_pairs
from matching.engine.allocation.market import Values
from matching.engine.allocation.welfare import Welfare


def fill_up(taken: PairNumbers, values: Values, caps: LoadCaps, welfare: Welfare) -> PairNumbers:
    """`taken` and whatever pairs of positive value (n, m) still fit beside them; nothing taken is given back."""
    for _place in range(int(caps.left.max())):
        more = _one_more_each(taken, values, caps, welfare)
        if not len(more):
            break
        taken = np.concatenate([taken, more])
    return taken


def _one_more_each(taken: PairNumbers, values: Values, caps: LoadCaps, welfare: Welfare) -> PairNumbers:
    width = values.shape[1]
    room = caps.left_over(*np.divmod(taken, width))
    rows, columns = np.flatnonzero(room.left > 0), np.flatnonzero(room.right > 0)
    if not len(rows) or not len(columns):
        return np.empty(0, np.int64)
    left_weight, right_weight = welfare.weights(taken, values.ravel()[taken].astype(np.float64), caps)
    gains = values[np.ix_(rows, columns)] * (left_weight[rows][:, None] + right_weight[columns])
    row, column = np.divmod(taken, width)
    inside = (room.left[row] > 0) & (room.right[column] > 0)
    gains[np.searchsorted(rows, row[inside]), np.searchsorted(columns, column[inside])] = 0.0
    one_each = LoadCaps(np.ones(len(rows), np.int64), np.ones(len(columns), np.int64))
    new_row, new_column = np.divmod(greedy_pairs(gains, one_each), len(columns))
    more: PairNumbers = rows[new_row] * width + columns[new_column]
    return more
