"""Idle gaps made as equal as asked where nothing else was found: meetings at the ends of long waits are given up."""

import numpy as np
from numpy.typing import NDArray

from events.scheduling.exact.board import Board
from events.scheduling.exact.costs import gaps_in


def even_gaps(board: Board, weights: NDArray[np.float64]) -> None:
    """Drop meetings until the idle gaps of any two who meet differ by at most `equal_within`.

    Of those with most gaps somebody's first or last meeting goes, the one of least weight; that always ends.
    """
    within = board.problem.equal_within
    while within is not None:
        gaps = {person: gaps_in(board.problem, sorted(day)) for person, day in enumerate(board.day) if day}
        if not gaps or max(gaps.values()) - min(gaps.values()) <= within:
            return
        most = max(gaps.values())
        ends = {
            board.day[person][slot]
            for person, count in gaps.items()
            if count == most
            for slot in (min(board.day[person]), max(board.day[person]))
        }
        board.drop(min(ends, key=lambda wish: (weights[wish], wish)))
