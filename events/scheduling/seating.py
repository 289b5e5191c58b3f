"""Which table each meeting is at, once slots and pools are known: people should seldom have to change places.

Seats of a pool are alike, so this is settled last: slot by slot an assignment of meetings to seats, in which a seat
counts for whoever of the meeting sat there last, and for whoever is known to sit there next.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from events.scheduling.problem import Problem
from events.scheduling.timetable import Place, Timetable, moves_of_people

Seat = tuple[int, int]  # pool and seat
_PASSES = 2


def seat(problem: Problem, timetable: Timetable, *, before: Timetable | None = None) -> Timetable:
    """The timetable with a seat of its own for every meeting: slots and pools stay as they are.

    A meeting that `before` has in the same slot and pool keeps its seat there, if the pool still has that many.
    Of several passes over the day the one with the fewest moves is taken; a place that holds more meetings than
    seats (which breaks a rule) numbers them on.
    """
    kept = _kept(problem, timetable, before or Timetable({}))
    seating = _Seating(problem, timetable, kept)
    best, fewest = timetable, None
    for number in range(_PASSES + 1):
        seating.walk_through(forward=number % 2 == 0)
        found = seating.timetable()
        moves = sum(moves_of_people(problem, found))
        if fewest is None or moves < fewest:
            best, fewest = found, moves
    return best


def _kept(problem: Problem, timetable: Timetable, before: Timetable) -> dict[int, int]:
    kept: dict[int, int] = {}
    taken: set[Place] = set()
    for wish, place in sorted(timetable.places.items()):
        was = before.places.get(wish)
        if was is None or (was.slot, was.pool) != (place.slot, place.pool) or was in taken:
            continue
        if 0 <= was.seat < problem.pools[place.pool].capacity[place.slot]:
            kept[wish] = was.seat
            taken.add(was)
    return kept


class _Seating:
    """Seats given so far; each pass looks at both neighbours of a meeting in its people's days."""

    def __init__(self, problem: Problem, timetable: Timetable, kept: Mapping[int, int]) -> None:
        self.problem = problem
        self.places = timetable.places
        self.kept = kept
        self.seats = dict(kept)
        self.at: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))  # slot -> pool -> wishes
        for wish, place in sorted(timetable.places.items()):
            self.at[place.slot][place.pool].append(wish)
        self.beside: dict[int, list[int]] = defaultdict(list)  # wish -> meetings just before and after, of its people
        for person in range(len(problem.people)):
            day = [wish for _place, wish in timetable.of_person(problem, person)]
            for one, other in pairwise(day):
                self.beside[one].append(other)
                self.beside[other].append(one)

    def walk_through(self, *, forward: bool) -> None:
        for slot in sorted(self.at, reverse=not forward):
            for pool, wishes in self.at[slot].items():
                self._assign(slot, pool, [wish for wish in wishes if wish not in self.kept])

    def timetable(self) -> Timetable:
        return Timetable({wish: replace(place, seat=self.seats[wish]) for wish, place in self.places.items()})

    def _assign(self, slot: int, pool: int, wishes: list[int]) -> None:
        taken = {self.seats[wish] for wish in self.at[slot][pool] if wish in self.kept}
        seats = max(self.problem.pools[pool].capacity[slot], len(taken) + len(wishes))
        free = [number for number in range(seats) if number not in taken]
        if not wishes or not free:
            return
        rows, columns = linear_sum_assignment(self._liking(pool, wishes, free), maximize=True)
        for row, column in zip(rows, columns, strict=True):
            self.seats[wishes[row]] = free[column]

    def _liking(self, pool: int, wishes: list[int], free: list[int]) -> NDArray[np.float64]:
        """For each wish and free seat how many neighbours in its people's days are there; low numbers win ties."""
        column = {number: position for position, number in enumerate(free)}
        liking = np.zeros((len(wishes), len(free)))
        liking -= np.arange(len(free)) * (1e-3 / len(free))
        for row, wish in enumerate(wishes):
            for number in self._neighbours(wish, pool):
                if number in column:
                    liking[row, column[number]] += 1.0
        return liking

    def _neighbours(self, wish: int, pool: int) -> Iterable[int]:
        for other in self.beside[wish]:
            if self.places[other].pool == pool and other in self.seats:
                yield self.seats[other]
