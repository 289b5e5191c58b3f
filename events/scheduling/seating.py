"""Which table each meeting is at, once slots are known: people should seldom have to change places.

Seats of a pool are alike, so this is settled last: slot by slot an assignment of meetings to seats, in which a seat
counts for whoever of the meeting sat there last, and for whoever is known to sit there next. Where a meeting may be in
several halls, the tables of all of them are looked at together; who cannot stay at the table should stay in the hall.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from events.scheduling.problem import Problem
from events.scheduling.timetable import Place, Timetable, moves_of_people

Seat = tuple[int, int]  # pool and seat
_PASSES = 2
_CLOSED = -1e6  # a seat that the meeting may not have: always worse than where it is now


def seat(
    problem: Problem, timetable: Timetable, *, before: Timetable | None = None, in_any_pool: bool = False
) -> Timetable:
    """The timetable with a seat of its own for every meeting: slots stay as they are, pools unless `in_any_pool`.

    A meeting that `before` has in the same slot and pool keeps its seat there, if the pool still has that many.
    Of several passes over the day the one with the fewest moves is taken, or what was given, if nothing is better;
    of equals that in which people leave their hall least. A place that holds more meetings than seats (which breaks a
    rule) numbers them on; no walk becomes too long.
    """
    kept = _kept(problem, timetable, before or Timetable({}))
    best = _Best(problem)
    if _has_seats(problem, timetable, kept):
        best.look_at(timetable)
    seating = _Seating(problem, timetable, kept, [(number,) for number in range(len(problem.pools))])
    best.watch(seating, _PASSES + 1)
    groups = _together(problem, timetable) if in_any_pool else []
    if any(len(pools) > 1 for pools in groups):
        best.watch(_Seating(problem, timetable, kept, groups), _PASSES)
    return best.timetable


class _Best:
    """The seating that moves people least: between places, then between halls."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._cost: tuple[int, int] | None = None
        self.timetable = Timetable({})

    def look_at(self, timetable: Timetable) -> None:
        cost = sum(moves_of_people(self._problem, timetable)), _hall_changes(self._problem, timetable)
        if self._cost is None or cost < self._cost:
            self.timetable, self._cost = timetable, cost

    def watch(self, seating: "_Seating", passes: int) -> None:
        for number in range(passes):
            seating.walk_through(forward=number % 2 == 0)
            self.look_at(seating.timetable())


def _hall_changes(problem: Problem, timetable: Timetable) -> int:
    """How often in all a person's next meeting is in another zone."""
    changes = 0
    for person in range(len(problem.people)):
        zones = [problem.pools[place.pool].zone for place, _wish in timetable.of_person(problem, person)]
        changes += sum(a != b for a, b in pairwise(zones))
    return changes


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


def _has_seats(problem: Problem, timetable: Timetable, kept: Mapping[int, int]) -> bool:
    """Whether every meeting has a seat of its own already, and those that keep one have that."""
    places = timetable.places
    there = all(0 <= place.seat < problem.pools[place.pool].capacity[place.slot] for place in places.values())
    return there and len(set(places.values())) == len(places) and all(places[w].seat == s for w, s in kept.items())


def _together(problem: Problem, timetable: Timetable) -> list[tuple[int, ...]]:
    """Pools between which some meeting can choose, each with those it is tied to."""
    group = list(range(len(problem.pools)))
    for wish, place in timetable.places.items():
        tied = {group[pool] for pool in (*problem.pools_of(problem.wishes[wish], place.slot), place.pool)}
        if len(tied) > 1:
            group = [min(tied) if number in tied else number for number in group]
    return [tuple(pool for pool, of in enumerate(group) if of == number) for number in sorted(set(group))]


class _Seating:
    """Seats given so far; each pass looks at both neighbours of a meeting in its people's days."""

    def __init__(
        self, problem: Problem, timetable: Timetable, kept: Mapping[int, int], groups: Sequence[tuple[int, ...]]
    ) -> None:
        self.problem = problem
        self.groups = groups
        self.kept = kept
        self.places = {
            wish: replace(place, seat=kept.get(wish, place.seat)) for wish, place in timetable.places.items()
        }
        self.known = set(kept)  # whose seat counts for others
        self.zones = np.array([pool.zone for pool in problem.pools])
        self.at: dict[int, list[int]] = defaultdict(list)  # slot -> wishes
        for wish, place in sorted(timetable.places.items()):
            self.at[place.slot].append(wish)
        self.beside: dict[int, list[int]] = defaultdict(list)  # wish -> meetings just before and after, of its people
        for person in range(len(problem.people)):
            day = [wish for _place, wish in timetable.of_person(problem, person)]
            for one, other in pairwise(day):
                self.beside[one].append(other)
                self.beside[other].append(one)

    def walk_through(self, *, forward: bool) -> None:
        for slot in sorted(self.at, reverse=not forward):
            for pools in self.groups:
                self._assign(slot, pools, [wish for wish in self.at[slot] if self.places[wish].pool in pools])

    def timetable(self) -> Timetable:
        return Timetable(dict(self.places))

    def _assign(self, slot: int, pools: tuple[int, ...], wishes: list[int]) -> None:
        held = [self.places[wish].pool for wish in wishes]
        taken = {(self.places[wish].pool, self.places[wish].seat) for wish in wishes if wish in self.kept}
        free = [
            (pool, number)
            for pool in pools
            for number in range(max(self.problem.pools[pool].capacity[slot], held.count(pool)))
            if (pool, number) not in taken
        ]
        wishes = [wish for wish in wishes if wish not in self.kept]
        if not wishes or not free:
            return
        rows, columns = linear_sum_assignment(self._liking(slot, wishes, free), maximize=True)
        for row, column in zip(rows, columns, strict=True):
            self.places[wishes[row]] = Place(slot, *free[column])
            self.known.add(wishes[row])

    def _liking(self, slot: int, wishes: list[int], free: list[Seat]) -> NDArray[np.float64]:
        """For each wish and free seat how many neighbours in its people's days are there; low numbers win ties."""
        column = {place: position for position, place in enumerate(free)}
        liking = np.zeros((len(wishes), len(free)))
        liking -= np.arange(len(free)) * (1e-3 / len(free))
        pools = np.array([pool for pool, _seat in free])
        several = len(set(pools.tolist())) > 1
        for row, wish in enumerate(wishes):
            if several:
                liking[row] += self._of_pools(slot, wish, len(wishes))[pools]
            for place in self._neighbours(wish):
                if place in column:
                    liking[row, column[place]] += 1.0
        return liking

    def _neighbours(self, wish: int) -> Iterable[Seat]:
        for other in self.beside[wish]:
            if other in self.known:
                yield self.places[other].pool, self.places[other].seat

    def _of_pools(self, slot: int, wish: int, wishes: int) -> NDArray[np.float64]:
        """What each pool counts for a wish: closed, or a little for each neighbour in its zone.

        All the little of a slot is less than one move.
        """
        problem, now = self.problem, self.places[wish].pool
        found = np.full(len(problem.pools), _CLOSED)
        for pool in {*problem.pools_of(problem.wishes[wish], slot), now}:
            if pool == now or not self._too_far(wish, slot, problem.pools[pool].zone):
                found[pool] = 0.0
        zones = [problem.pools[pool].zone for pool, _seat in self._neighbours(wish)]
        little = 0.5 / (wishes * max(1, len(self.beside[wish])))
        for zone in zones:
            found[self.zones == zone] += little
        return found

    def _too_far(self, wish: int, slot: int, zone: str) -> bool:
        """Whether somebody could not walk there in time, or from there on."""
        return any(self._cannot_walk(person, slot, zone) for person in self.problem.wishes[wish].people)

    def _cannot_walk(self, person: int, slot: int, zone: str) -> bool:
        problem = self.problem
        if not problem.walking:
            return False
        held = (self.places[wish] for wish in problem.wishes_of[person] if wish in self.places)
        stops = dict(problem.people[person].busy_at) | {
            place.slot: problem.pools[place.pool].zone for place in held if place.slot != slot
        }
        stops.pop(slot, None)
        earlier, later = [s for s in stops if s < slot], [s for s in stops if s > slot]
        slots = problem.slots
        comes = earlier and slots[slot].start - slots[max(earlier)].end < problem.walk(stops[max(earlier)], zone)
        goes = later and slots[min(later)].start - slots[slot].end < problem.walk(zone, stops[min(later)])
        return bool(comes or goes)
