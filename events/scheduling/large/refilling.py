"""A few slots of a timetable cleared and filled anew, and put back as they were unless that was worth it."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from events.scheduling.large.choosing import Floor, choose, columns_of
from events.scheduling.large.columns import Numbers
from events.scheduling.large.filling import Hall
from events.scheduling.timetable import Place

_FUZZ = 1e-9
# Whether meetings now held are better than those held before in the same slots.
Better = Callable[[Sequence[int], Mapping[int, Place]], bool]


class Refill:
    """One clearing and filling of some slots: `clear`, `solve`, `settle`, in that order.

    `weights` (wishes,) are summed and made as great as can be, while the sum of `kept`, if given, does not fall.
    """

    def __init__(
        self, hall: Hall, slots: Sequence[int], weights: NDArray[np.float64], kept: NDArray[np.float64] | None = None
    ) -> None:
        self.hall = hall
        self.slots = slots
        self.weights = weights
        self.kept = kept
        self.chosen: Numbers | None = None

    def clear(self) -> None:
        """Take the meetings of the slots off the board."""
        self.lifted = self.hall.lift(self.slots)
        self.before = list(self.lifted)

    def solve(self, wanted: NDArray[np.bool_], seconds: float) -> None:
        """Choose among wishes `wanted` (wishes,) that are not held elsewhere, and those held before."""
        board = self.hall.board
        open_ = wanted.copy()
        open_[list(board.places)] = False
        open_[self.before] = True
        self.columns = columns_of(self.hall.layout, self.slots, open_, self.hall.fits)
        most = self.hall.layout.most - np.array([len(day) for day in board.day])
        kept = self.kept
        floor = None if kept is None else Floor(kept, float(kept[self.before].sum()) - _FUZZ)
        self.chosen = choose(self.hall.layout, self.slots, self.columns, self.weights, most, seconds, floor)

    def settle(self, better: Better | None = None) -> bool:
        """Hold what was chosen, or again what was held before; whether anything is new.

        Without `better`, what is not worse by weight is kept.
        """
        board, columns = self.hall.board, self.columns
        held: list[int] = []
        for column in () if self.chosen is None else self.chosen.tolist():
            wish = int(columns.wishes[column])
            slot, group = self.slots[columns.slots[column]], int(columns.groups[column])
            if wish not in board.places and self.hall.hold(wish, slot, group):
                held.append(wish)
        if self._fine(held) and (better(held, self.lifted) if better else self._no_less(self.weights, held)):
            return True
        for wish in held:
            board.drop(wish)
        self.hall.put_back(self.lifted)
        return False

    def _fine(self, held: Sequence[int]) -> bool:
        return self.kept is None or self._no_less(self.kept, held)

    def _no_less(self, weights: NDArray[np.float64], held: Sequence[int]) -> bool:
        return float(weights[list(held)].sum()) >= float(weights[self.before].sum()) - _FUZZ
