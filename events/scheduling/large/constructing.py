"""Timetables of large events: near the proven bound within seconds to minutes, where a whole model would take hours.

Wishes are first filled in by what they are worth at the prices of the program without slots. Then, round by round, two
or three slots are cleared and filled anew to the best, with all wishes that are not held elsewhere to choose from. A
little noise on the values, fresh in each round, breaks the many ties and lets the search wander among equals; it
also favours people who are below what they are guaranteed.
"""

from collections.abc import Iterator
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from events.scheduling.exact.board import Board
from events.scheduling.large.bounds import prices
from events.scheduling.large.columns import Layout
from events.scheduling.large.evening import even_gaps
from events.scheduling.large.filling import Hall, fill
from events.scheduling.large.refilling import Refill
from events.scheduling.problem import Problem
from events.scheduling.solved import Objective, OnProgress, Progress, go_on
from events.scheduling.timetable import Timetable, promised

_ENOUGH = 0.001  # share of the bound: more is not worth waiting for
_NOISE = 0.05  # of the mean value
_RULE = 100.0  # greatest values that a wish that must be held stands for
_SPARE = 1.3  # wishes to choose from, for each that can be held
_STALLED = 12  # rounds without anything better before the choice is widened; twice that, and it ends
_SINGLE = 1  # rounds of one slot at a time to begin with: they are soon done
_TRIPLE = 2_500  # columns of three slots that are solved in a moment
_RESERVE = 0.03  # share of the time kept for the end


def construct(
    problem: Problem,
    *,
    seconds: float,
    seed: int = 0,
    on_progress: OnProgress = go_on,
    enough: float = _ENOUGH,
    start: Timetable | None = None,
) -> Timetable:
    """A timetable that breaks no rule, except that a wish that must be held may be missing.

    It ends after `seconds` (wall clock), earlier when the gap to the bound is at most `enough` (a share), when
    nothing better is found for long, or when `on_progress` returns False. `start` must break no rule.
    """
    search = Construction(problem, seconds, seed, on_progress, start)
    search.run(enough)
    return search.finished()


class Construction:
    """A search and the best that it has found."""

    def __init__(
        self, problem: Problem, seconds: float, seed: int, on_progress: OnProgress, start: Timetable | None
    ) -> None:
        self.began = monotonic()
        self.seconds = seconds
        self.on_progress = on_progress
        self.random = np.random.default_rng(seed)
        self.problem = problem
        self.layout = Layout(problem)
        self.hall = Hall(self.layout, Board(problem, start))
        greatest = float(self.layout.values.max(initial=0.0)) + 1.0
        self.weights = self.layout.values + _RULE * greatest * self.layout.rules
        self.promised = np.array([promised(problem, person) for person in range(len(problem.people))], dtype=int)
        self.spare = _SPARE
        self.best = self.hall.board.timetable()
        self.score = self.weights[list(self.best.places)].sum()
        self.stopped = False
        self.rounds = 0

    def run(self, enough: float) -> None:
        """Fill, then rounds until it is good enough or time is up."""
        noisy = self.weights + self._noise()
        program = prices(self.layout, seconds=max(0.1, self.left / 3))
        self.bound = program.bound
        self.worth = program.worth + (self.weights - self.layout.values)
        self.expected = program.held
        fill(self.hall, self._order(self.worth + noisy - self.weights), self._ticks())
        self._keep()
        stalled = 0
        while not self._done(enough) and stalled < 2 * _STALLED:
            before = self.score
            self.round(self.weights + self._noise())
            stalled = 0 if self.score > before else stalled + 1
            if stalled == _STALLED:
                self.spare *= 2

    @property
    def left(self) -> float:
        """Seconds."""
        return self.seconds * (1 - _RESERVE) - (monotonic() - self.began)

    def round(self, weights: NDArray[np.float64]) -> None:
        """Every slot is filled anew once, together with one or two others after the first rounds."""
        slots = self.random.permutation(self.layout.slots)
        ranks = self.worth + weights - self.weights
        many = int(self.spare * max(self.expected, len(self.hall.board.places))) + 50
        wanted = np.zeros(len(ranks), dtype=bool)
        wanted[np.argsort(-ranks, kind="stable")[:many]] = True
        wanted |= self.layout.rules
        size = 1 if self.rounds < _SINGLE else self._size(wanted)
        self.rounds += 1
        for first in range(0, len(slots), size):
            if self.left <= 0 or self.stopped:
                return
            refill = Refill(self.hall, sorted(slots[first : first + size].tolist()), weights)
            refill.clear()
            refill.solve(wanted, self.left)
            refill.settle()
            self._keep()

    def finished(self) -> Timetable:
        """The best, with whatever still fits, and idle gaps as equal as asked."""
        board = Board(self.problem, self.best)
        hall = Hall(self.layout, board)
        fill(hall, self._order(self.weights), iter(lambda: True, False))
        if self.problem.equal_within is not None:
            even_gaps(board, self.weights)
        return board.timetable()

    def _size(self, wanted: NDArray[np.bool_]) -> int:
        columns = sum(np.count_nonzero(wanted[each]) for each in self.layout.wish_at)
        small = 3 * columns <= _TRIPLE * max(1, self.layout.slots)
        return 3 if small and self.random.random() < 0.5 else 2

    def _order(self, ranks: NDArray[np.float64]) -> list[int]:
        """Rules first, those with few slots before the others."""
        narrow = np.where(self.layout.rules, self.layout.allowed.sum(1), 0)
        order: list[int] = np.lexsort((np.arange(len(ranks)), -ranks, narrow, ~self.layout.rules)).tolist()
        possible: list[bool] = self.layout.possible.tolist()
        return [wish for wish in order if possible[wish]]

    def _noise(self) -> NDArray[np.float64]:
        """(wishes,): small random numbers, more for wishes of people who have fewer meetings than promised."""
        scale = _NOISE * float(self.layout.values.mean()) if self.layout.values.size else 0.0
        noise = self.random.random(self.layout.values.size)
        if self.promised.any():
            held = np.array([len(day) for day in self.hall.board.day])
            noise += self.layout.people_of @ (held < self.promised).astype(float)
        return scale * noise

    def _keep(self) -> None:
        """Remember the timetable if it is the best, and tell."""
        score = float(self.weights[sorted(self.hall.board.places)].sum())
        if score > self.score:
            self.score, self.best = score, self.hall.board.timetable()
        reached = float(self.layout.values[sorted(self.best.places)].sum())
        spent = monotonic() - self.began
        if not self.on_progress(Progress(Objective.VALUE, reached, self.bound, spent, self.best)):
            self.stopped = True

    def _done(self, enough: float) -> bool:
        if self.stopped or self.left <= 0:
            return True
        held = np.zeros(len(self.weights), dtype=bool)
        held[list(self.best.places)] = True
        missing = bool((self.layout.rules & self.layout.possible & ~held).any())
        return not missing and self.bound - self.layout.values[held].sum() <= enough * max(self.bound, 1e-12)

    def _ticks(self) -> Iterator[bool]:
        while True:
            yield self.left > 0
