"""Timetables that a relaxation proposes for a repair, and the bound that it proves.

Published meetings stay, move or make way as is best; rules that the relaxation does not know are looked after here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from events.scheduling.exact.board import Board, Obstacle
from events.scheduling.exact.searching import Effort, Watch
from events.scheduling.large.bounds import value_bound
from events.scheduling.repair.estimating import Estimate, estimate
from events.scheduling.repair.keeping import Amounts, Numbers, Relaxation, Truths
from events.scheduling.repair.rearranging import Task
from events.scheduling.repair.rounding import Shares, rounded
from events.scheduling.timetable import Place, Timetable

_MUST = 20.0  # times the greatest value


@dataclass(frozen=True)
class Round:
    """Work for one proposal: steps of the estimate, columns to look at besides those that it likes, and what is sure.

    Without `firm` all is that the relaxation takes whole; else meetings that stay and are worth more than their place
    costs by more than `firm` mean values.
    """

    steps: int
    others: int
    firm: float | None = None


# A quick proposal, which a busy machine manages as well, and a good one.
_ROUNDS = (Round(300, 0), Round(300, 1_500, firm=0.2))


@dataclass
class Proposals:
    """The relaxation of one task; `bound` is on the value, for timetables that hold as many musts as `musts_held`."""

    task: Task
    watch: Watch
    effort: Effort
    musts_held: int
    bound: float = field(init=False)

    def __post_init__(self) -> None:
        task = self.task
        values = np.array([wish.value for wish in task.problem.wishes], dtype=np.float64)
        self._must = _MUST * (float(values.max(initial=0.0)) or 1.0)
        worth = values + self._must * np.isin(np.arange(len(values)), list(task.musts))
        self._mean = float(values.mean()) if len(values) else 0.0
        self.bound = value_bound(task.problem)
        self.relaxation = Relaxation(task.problem, task.sites, task.home_cells, task.most_changed, worth)
        self._estimate: Estimate | None = None
        self._lasted = 0.0

    def rounds(self) -> Iterator[Round]:
        """Rounds for `propose`, while there is time for as long as the last one took."""
        for each in _ROUNDS:
            if self.watch.over or self.watch.left < self._lasted:
                return
            yield each

    def propose(self, standing: Timetable, effort: Round) -> Timetable | None:
        """The best that was found among promising columns and those that stand; None if time did not suffice."""
        began = self.watch.spent
        found = self.sharpen(effort.steps)
        if found is None:
            return None
        stands = self._columns_of(standing)
        columns = np.union1d(self.relaxation.promising(found.amounts, found.prices, effort.others), stands)
        amounts = self.relaxation.solve(columns, seconds=self.watch.left * 0.7)
        if amounts is None:
            return None
        shares = Shares(columns, amounts, self._sure(found.prices, effort.firm)[columns])
        search = Effort(self.watch.left * 0.7, self.effort.seed)
        whole = rounded(self.relaxation, shares, stands, self.watch, search)
        self._lasted = self.watch.spent - began
        return None if whole is None else self.filled(self._placed(whole))

    def sharpen(self, steps: int = _ROUNDS[0].steps) -> Estimate | None:
        """So many steps on from the last estimate, and the bound that its prices prove."""
        found = estimate(self.relaxation, steps=steps, seconds=self.watch.left * 0.5, start=self._estimate)
        if found is not None:
            self._estimate = found
            self.bound = min(self.bound, self.relaxation.bound(found.prices) - self._must * self.musts_held)
        return self._estimate

    def _sure(self, prices: Amounts, firm: float | None) -> Truths:
        if firm is None:
            return np.ones(len(self.relaxation.columns), dtype=np.bool_)
        return self.relaxation.columns.home & (self.relaxation.margins(prices) > firm * self._mean)

    def _columns_of(self, standing: Timetable) -> Numbers:
        columns = self.relaxation.columns
        sites, slots = np.full(len(self.task.problem.wishes), -1), np.full(len(self.task.problem.wishes), -1)
        for wish, place in standing.places.items():
            slots[wish], sites[wish] = place.slot, self.task.site(place)
        return np.flatnonzero((slots[columns.wish] == columns.slot) & (sites[columns.wish] == columns.site))

    def _placed(self, chosen: Numbers) -> Timetable:
        """The columns as a timetable, less those that break rules of which the relaxation does not know."""
        task, columns = self.task, self.relaxation.columns
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
        board, columns = Board(self.task.problem, timetable), self.relaxation.columns
        held = {wish: (place.slot, self.task.site(place)) for wish, place in timetable.places.items()}
        fits = self.relaxation.idle(held) & ~np.isin(columns.wish, list(held))
        worth = self.relaxation.worth + columns.home * self._must * 2
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
