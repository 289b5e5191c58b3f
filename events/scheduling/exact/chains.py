"""Fewer idle gaps with the same meetings: chains of exchanges between two slots, by simulated annealing.

Moving a meeting from slot a to slot b drives whatever is in its way from b to a, and so on; what comes out breaks no
rule and holds the same meetings, so value and guarantees stay as they are. (Kempe chains, as in edge colouring.)
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import exp
from time import monotonic

import numpy as np

from events.scheduling.exact.board import Board
from events.scheduling.exact.costs import gaps_in
from events.scheduling.exact.searching import Watch
from events.scheduling.problem import Problem
from events.scheduling.timetable import Place, Timetable

_LONGEST = 24  # meetings of a chain; longer ones hardly ever pay
_HOT, _COLD = 0.5, 0.05  # idle gaps that a chain may add, about, at the beginning and at the end
_GLANCE = 128  # chains between two looks at the clock
_TRIES = 3  # to find a meeting of someone who waits


@dataclass(frozen=True)
class Window:
    """Idle gaps that people who meet may have; where `strict` is False, those outside of it are what is made few."""

    least: int
    most: int
    strict: bool


class Chains:
    """A timetable whose meetings are moved about."""

    def __init__(self, problem: Problem, timetable: Timetable, watch: Watch, seed: int, window: Window | None) -> None:
        self.problem = problem
        self.watch = watch
        self.window = window
        self.board = Board(problem, timetable)
        self.allowed = [frozenset(slots) for slots in problem.possible_slots]
        self.movable = [wish for wish in timetable.places if len(problem.possible_slots[wish]) > 1]
        self.known: dict[int, int] = {}  # mask of a day -> its cost
        self.masks = [sum(1 << slot for slot in day) for day in self.board.day]
        self.cost = sum(self._cost(mask) for mask in self.masks)
        self.draw = _draws(np.random.default_rng(seed))

    def run(self, seconds: float, on_better: Callable[[Timetable], None] | None = None) -> Timetable:
        """The best timetable within the time; stops where nobody waits."""
        began = monotonic()
        best, least, kept = self.board.timetable(), self.cost, True
        heat = _HOT
        rounds = 0
        while self.movable and least > 0:
            rounds += 1
            if rounds % _GLANCE == 0:
                self.watch.beat()
                share = (monotonic() - began) / max(seconds, 1e-9)
                if share >= 1 or self.watch.over:
                    break
                heat = _HOT + (_COLD - _HOT) * share
            moves = self._chain()
            change = self._change(moves) if moves else None
            if change is None or (change > 0 and next(self.draw) >= exp(-change / heat)):
                continue
            if change > 0 and not kept:
                best, kept = self.board.timetable(), True
                if on_better is not None:
                    on_better(best)
            if self._apply(moves):
                self.cost += change
                if self.cost < least:
                    least, kept = self.cost, False
        return best if kept else self.board.timetable()

    def _chain(self) -> dict[int, int]:
        """Wishes and the slots they move to; none, where the chain breaks a rule."""
        wish = self._waiting()
        options = self.problem.possible_slots[wish]
        here, there = self.board.places[wish].slot, options[int(next(self.draw) * len(options))]
        if here == there:
            return {}
        moves, waiting, flow = {wish: there}, [wish], dict[tuple[int, int], int]()
        while waiting:
            wish = waiting.pop()
            target = moves[wish]
            if target not in self.allowed[wish] or len(moves) > _LONGEST:
                return {}
            for other in self._driven_out(wish, target, moves, flow):
                moves[other] = here if target == there else there
                waiting.append(other)
        return moves

    def _waiting(self) -> int:
        """A meeting of someone who waits, mostly: only there is something to win at once."""
        for _try in range(_TRIES):
            wish = self.movable[int(next(self.draw) * len(self.movable))]
            if any(self._cost(self.masks[person]) for person in self.problem.wishes[wish].people):
                break
        return wish

    def _driven_out(self, wish: int, target: int, moves: dict[int, int], flow: dict[tuple[int, int], int]) -> set[int]:
        """Meetings in the target slot with the same people, and one of its pool if that would be too full.

        `flow` counts what comes to a slot and pool, less what leaves.
        """
        place = self.board.places[wish]
        days = [self.board.day[person] for person in self.problem.wishes[wish].people]
        out = {day[target] for day in days if target in day} - moves.keys()
        pool = place.pool
        flow[place.slot, pool] = flow.get((place.slot, pool), 0) - 1
        flow[target, pool] = flow.get((target, pool), 0) + 1
        seated = self.board.seats[target, pool]
        leaving = sum(self.board.places[other].pool == pool for other in out)
        if len(seated) + flow[target, pool] - leaving > self.problem.pools[pool].capacity[target]:
            staying = [held for held in seated.values() if held not in moves and held not in out]
            if staying:
                out.add(staying[int(next(self.draw) * len(staying))])
        return out

    def _change(self, moves: dict[int, int]) -> int | None:
        """What the moves cost in idle gaps; None where someone's would leave the window."""
        masks: dict[int, int] = {}
        for wish, slot in moves.items():
            bits = (1 << slot) | (1 << self.board.places[wish].slot)
            for person in self.problem.wishes[wish].people:
                masks[person] = masks.get(person, self.masks[person]) ^ bits
        after = [self._cost(mask) for mask in masks.values()]
        if self.window is not None and self.window.strict and any(self._outside(mask) for mask in masks.values()):
            return None
        return sum(after) - sum(self._cost(self.masks[person]) for person in masks)

    def _outside(self, mask: int) -> bool:
        return self.window is not None and not self.window.least <= self._gaps(mask) <= self.window.most

    def _gaps(self, mask: int) -> int:
        return gaps_in(self.problem, [slot for slot in range(len(self.problem.slots)) if mask >> slot & 1])

    def _cost(self, mask: int) -> int:
        if mask not in self.known:
            gaps = self._gaps(mask)
            if self.window is not None and not self.window.strict and mask:
                gaps = max(0, gaps - self.window.most, self.window.least - gaps)
            self.known[mask] = gaps
        return self.known[mask]

    def _apply(self, moves: dict[int, int]) -> bool:
        """Make the moves, unless a pool, an order or a walk does not allow them."""
        board = self.board
        before = {wish: board.places[wish] for wish in moves}
        for wish in moves:
            board.drop(wish)
        for wish, slot in moves.items():
            pool = before[wish].pool
            board.hold(wish, Place(slot, pool, board.seat(slot, pool)))
        if not self._holds(moves):
            for wish in moves:
                board.drop(wish)
            for wish, place in before.items():
                board.hold(wish, place)
            return False
        for wish in moves:
            for person in self.problem.wishes[wish].people:
                self.masks[person] = sum(1 << slot for slot in board.day[person])
        return True

    def _holds(self, moves: dict[int, int]) -> bool:
        board, problem = self.board, self.problem
        for wish, slot in moves.items():
            pool = board.places[wish].pool
            if len(board.seats[slot, pool]) > problem.pools[pool].capacity[slot] or board.out_of_order(wish, slot):
                return False
        if not problem.walking:
            return True
        return all(board.can_walk(person) for wish in moves for person in problem.wishes[wish].people)


def _draws(random: np.random.Generator) -> Iterator[float]:
    """Random numbers from 0 to 1, drawn many at a time as single ones are slow."""
    while True:
        yield from random.random(4096).tolist()
