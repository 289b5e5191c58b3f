"""Fairer and tighter timetables of the same value: meetings exchanged for others, or moved between slots."""

from collections.abc import Mapping, Sequence
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from events.scheduling.exact.board import Board
from events.scheduling.exact.chains import Chains, Window
from events.scheduling.exact.searching import Watch
from events.scheduling.large.bounds import prices
from events.scheduling.large.columns import Layout
from events.scheduling.large.filling import Hall
from events.scheduling.large.refilling import Refill
from events.scheduling.problem import Problem
from events.scheduling.solved import go_on
from events.scheduling.timetable import Place, Timetable, gaps_of_people, promised

_NOISE = 0.05  # of the mean value
_SPARE = 1.2  # wishes to choose from, for each that can be held, besides those of people who lack meetings
_STALLED = 60  # attempts without anything better before it ends


def improve_guarantee(problem: Problem, timetable: Timetable, *, seconds: float, seed: int = 0) -> Timetable:
    """Fewer meetings missing to what people are guaranteed, at no loss of value; wishes that must be held still are.

    `timetable` must break no rule; where idle gaps must be equal, and would not be any more, it is handed back.
    """
    fairer = Exchanges(problem, timetable, seconds, seed).run()
    return timetable if _too_unequal(problem, fairer) else fairer


def close_gaps(problem: Problem, timetable: Timetable, *, seconds: float, seed: int = 0) -> Timetable:
    """Fewer idle gaps with the same meetings, moved between slots."""
    gaps = [
        count for count, day in zip(gaps_of_people(problem, timetable), _met(problem, timetable), strict=True) if day
    ]
    window = None
    if problem.equal_within is not None and gaps:
        least = max(0, max(gaps) - problem.equal_within)
        window = Window(least, least + problem.equal_within, strict=True)
    return Chains(problem, timetable, Watch(seconds, go_on), seed, window).run(seconds)


class Exchanges:
    """A timetable in which people who have enough make way for those who lack meetings."""

    def __init__(self, problem: Problem, timetable: Timetable, seconds: float, seed: int) -> None:
        self.until = monotonic() + seconds
        self.random = np.random.default_rng(seed)
        self.layout = Layout(problem)
        self.hall = Hall(self.layout, Board(problem, timetable))
        self.promised = np.array([promised(problem, person) for person in range(len(problem.people))], dtype=int)
        values = self.layout.values
        self.base = values + 100.0 * (values.max(initial=0.0) + 1.0) * self.layout.rules
        self.mean = float(values.mean()) if values.size else 0.0

    def run(self) -> Timetable:
        """As fair as time allows."""
        stalled = 0
        missing = self._missing()
        wanted = self._wanted() if missing else np.zeros(0, dtype=bool)
        while missing and stalled < _STALLED and monotonic() < self.until:
            self._exchange(wanted)
            now = self._missing()
            stalled = 0 if now < missing else stalled + 1
            missing = now
        return self.hall.board.timetable()

    def _exchange(self, wanted: NDArray[np.bool_]) -> None:
        """Somebody who lacks meetings, an idle slot of theirs and one or two others, filled anew."""
        held = self._held()
        who = int(self.random.choice(np.flatnonzero(held < self.promised)))
        idle = [slot for slot in np.flatnonzero(self.layout.usable[who]) if int(slot) not in self.hall.board.day[who]]
        if not idle:
            return
        first = int(self.random.choice(idle))
        others = self.random.permutation([slot for slot in range(self.layout.slots) if slot != first])
        slots = sorted([first, *others[: int(self.random.integers(1, 3))].tolist()])
        outside = held - np.array([sum(slot in day for slot in slots) for day in self.hall.board.day])
        lacking = (outside < self.promised).astype(float)
        noise = _NOISE * self.random.random(len(self.base))
        weights = self.base + self.mean * (noise + 5.0 * (self.layout.people_of @ lacking))
        theirs = self.layout.people_of @ (held < self.promised).astype(float) > 0
        missing = self._missing()
        refill = Refill(self.hall, slots, weights, kept=self.layout.values)
        refill.clear()
        refill.solve(wanted | theirs, self.until - monotonic())

        def better(_held: Sequence[int], before: Mapping[int, Place]) -> bool:
            held_by_rule = (wish for wish in before if self.layout.rules[wish])
            return self._missing() <= missing and all(wish in self.hall.board.places for wish in held_by_rule)

        refill.settle(better)

    def _wanted(self) -> NDArray[np.bool_]:
        program = prices(self.layout, seconds=max(0.1, (self.until - monotonic()) / 3))
        wanted = self.layout.rules & self.layout.possible
        wanted[np.argsort(-program.worth, kind="stable")[: int(_SPARE * program.held) + 50]] = True
        return wanted

    def _held(self) -> NDArray[np.int64]:
        return np.array([len(day) for day in self.hall.board.day], dtype=np.int64)

    def _missing(self) -> int:
        return int(np.maximum(0, self.promised - self._held()).sum())


def _met(problem: Problem, timetable: Timetable) -> list[bool]:
    day = Board(problem, timetable).day
    return [bool(each) for each in day]


def _too_unequal(problem: Problem, timetable: Timetable) -> bool:
    met = _met(problem, timetable)
    gaps = [count for count, some in zip(gaps_of_people(problem, timetable), met, strict=True) if some]
    return problem.equal_within is not None and bool(gaps) and max(gaps) - min(gaps) > problem.equal_within
