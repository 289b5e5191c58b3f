"""Timetables that a relaxation proposes for a repair, and the bound that it proves.

A first proposal leaves published meetings where they are or drops them; later ones, around what stands, may also move
them to slots in which all their people are idle. Rules that the relaxation does not know are looked after here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

import numpy as np

from events.scheduling.exact.board import Board, Obstacle
from events.scheduling.exact.searching import Watch
from events.scheduling.repair.keeping import Amounts, Numbers, Relaxation
from events.scheduling.repair.rearranging import Task
from events.scheduling.timetable import Place, Timetable

# Rounds from a quick proposal to a good one: how many columns are looked at, and how much a published meeting must be
# worth beyond what its place costs, in mean values, so that nothing that clashes with it is.
_ROUNDS = ((8_000, 0.4), (12_000, 0.8), (16_000, 1.5), (20_000, 3.0))
_MUST = 20.0  # times the greatest value


@dataclass
class Proposals:
    """Relaxations of one task; `bound` is on the value, for timetables that hold as many musts as `musts_held`."""

    task: Task
    watch: Watch
    musts_held: int
    bound: float = field(init=False)

    def __post_init__(self) -> None:
        task = self.task
        values = np.array([wish.value for wish in task.problem.wishes], dtype=np.float64)
        self._mean = float(values.mean()) if len(values) else 0.0
        self._must = _MUST * (float(values.max(initial=0.0)) or 1.0)
        worth = values + self._must * np.isin(np.arange(len(values)), list(task.musts))
        self.bound = float(values.sum())
        limits = task.problem, task.sites, task.home_cells, task.most_changed, worth
        self.coarse = Relaxation(*limits, collapsed=True)
        self.fine = Relaxation(*limits)
        self._prices: Amounts | None = None
        self._lasted = 0.0

    def start(self) -> None:
        """Solve the relaxation without slots: it gives the bound, and which meetings are worth a look."""
        found = self.coarse.solve(np.arange(len(self.coarse.columns)), seconds=self.watch.left * 0.5)
        if found is None:
            return
        self._prices = self.fine.spread(self.coarse, found.prices)
        self.bound = min(self.bound, self.coarse.bound(found.prices) - self._must * self.musts_held)

    def rounds(self) -> Iterator[tuple[int, bool]]:
        """Rounds for `propose` while there is time for as long as the last one took, and whether it may be the last."""
        for number in count():
            if self._prices is None or self.watch.over or self.watch.left < 1.5 * self._lasted:
                return
            yield number, number >= len(_ROUNDS) - 1

    def propose(self, standing: Timetable, number: int) -> Timetable | None:
        """The best around what stands, by the prices of the last relaxation; None if time did not suffice.

        Only the first round, number 0, leaves published meetings in their slots.
        """
        began = self.watch.spent
        if self._prices is None:
            return None
        held = {wish: (place.slot, self.task.site(place)) for wish, place in standing.places.items()}
        movable = self.fine.idle(held) if number > 0 else np.zeros(len(self.fine.columns), dtype=np.bool_)
        most, firm = _ROUNDS[min(number, len(_ROUNDS) - 1)]
        firm *= self._mean
        always = self._columns_of(held)
        chosen = self.fine.attractive(self._prices, most, firm=firm, movable=movable, always=always)
        found = self.fine.solve(chosen, seconds=self.watch.left * 0.7)
        if found is None:
            return None
        self._prices = found.prices
        whole = self.fine.whole(found, seconds=self.watch.left * 0.5)
        timetable = self.filled(self._placed(whole))
        self._lasted = self.watch.spent - began
        return timetable

    def _columns_of(self, held: dict[int, tuple[int, int]]) -> Numbers:
        columns = self.fine.columns
        found = [
            held.get(wish) == (slot, site)
            for wish, slot, site in zip(
                columns.wish.tolist(), columns.slot.tolist(), columns.site.tolist(), strict=True
            )
        ]
        return np.flatnonzero(found)

    def _placed(self, chosen: Numbers) -> Timetable:
        """The columns as a timetable, less those that break rules of which the relaxation does not know."""
        task, columns = self.task, self.fine.columns
        home = {int(columns.wish[c]): task.home[int(columns.wish[c])] for c in chosen if columns.home[c]}
        cells = {
            int(columns.wish[c]): (int(columns.slot[c]), int(columns.site[c])) for c in chosen if not columns.home[c]
        }
        placed = task.sites.places(cells, home, Timetable(dict(task.home)))
        if not task.problem.walking and not task.problem.precedences:
            return placed
        board = Board(task.problem, Timetable(home))
        for wish in sorted(cells, key=lambda wish: (-task.worth.held[wish], wish)):
            place = placed.places[wish]
            if board.obstacle(wish, place.slot, place.pool) is Obstacle.NONE:
                board.hold(wish, place)
        return board.timetable()

    def filled(self, timetable: Timetable) -> Timetable:
        """The timetable, and every wish that fits besides: published ones at home first, then the worthiest."""
        board, columns = Board(self.task.problem, timetable), self.fine.columns
        held = {wish: (place.slot, self.task.site(place)) for wish, place in timetable.places.items()}
        fits = self.fine.idle(held) & ~np.isin(columns.wish, list(held))
        worth = self.fine.worth + columns.home * self._must * 2
        for column in sorted(np.flatnonzero(fits).tolist(), key=lambda column: (-worth[column], column)):
            wish = int(columns.wish[column])
            if wish not in board.places:
                self._hold(board, wish, int(columns.slot[column]), int(columns.site[column]))
        return board.timetable()

    def _hold(self, board: Board, wish: int, slot: int, site: int) -> None:
        home = self.task.home.get(wish)
        pools = self.task.sites.sites[site].pools
        if home is not None and self.task.home_cells[wish] == (slot, site):
            pools = (home.pool,)
        for pool in pools:
            if board.obstacle(wish, slot, pool) is Obstacle.NONE:
                board.hold(wish, Place(slot, pool, board.seat(slot, pool)))
                return
