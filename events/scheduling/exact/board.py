"""A timetable being filled in by hand, so to speak: what keeps one meeting from one place, told at once.

Equal idle gaps are a matter of the whole timetable and left to those who fill it in.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from enum import IntEnum

from events.scheduling.problem import Problem
from events.scheduling.timetable import Place, Timetable


class Obstacle(IntEnum):
    """What stands in the way of a place, from the first thing that is looked at to the last."""

    IMPOSSIBLE = 0  # apart, not available, not allowed, or closed
    FULL_PERSON = 1
    BUSY_PERSON = 2
    FULL_POOL = 3
    ORDER = 4
    WALKING = 5
    NONE = 6


class Board:
    """Meetings placed so far."""

    def __init__(self, problem: Problem, timetable: Timetable | None = None) -> None:
        self.problem = problem
        self.places: dict[int, Place] = {}
        self.day: list[dict[int, int]] = [{} for _person in problem.people]  # slot -> wish
        self.seats: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)  # slot, pool: seat -> wish
        self.orders: dict[int, list[tuple[int, bool]]] = defaultdict(list)  # wish -> other, whether that is later
        for rule in problem.precedences:
            self.orders[rule.before].append((rule.after, True))
            self.orders[rule.after].append((rule.before, False))
        for wish, place in (timetable or Timetable({})).places.items():
            self.hold(wish, place)

    def hold(self, wish: int, place: Place) -> None:
        """Put a meeting at a place, whatever the rules say."""
        self.places[wish] = place
        self.seats[place.slot, place.pool][place.seat] = wish
        for person in self.problem.wishes[wish].people:
            self.day[person][place.slot] = wish

    def drop(self, wish: int) -> None:
        """Hold a meeting no more."""
        place = self.places.pop(wish)
        del self.seats[place.slot, place.pool][place.seat]
        for person in self.problem.wishes[wish].people:
            del self.day[person][place.slot]

    def timetable(self) -> Timetable:
        """What is on the board."""
        return Timetable(dict(self.places))

    def seat(self, slot: int, pool: int) -> int:
        """The first free seat."""
        taken = self.seats[slot, pool]
        return next(seat for seat in range(len(taken) + 1) if seat not in taken)

    def spots(self, wish: int) -> Iterator[tuple[int, int]]:
        """Slots and pools in which the wish could be held on its own."""
        for slot in self.problem.possible_slots[wish]:
            for pool in self.problem.pools_of(self.problem.wishes[wish], slot):
                yield slot, pool

    def obstacle(self, wish: int, slot: int, pool: int) -> Obstacle:
        """The first thing that keeps the wish from a slot and pool."""
        if slot not in self.problem.possible_slots[wish] or pool not in self.problem.pools_of(
            self.problem.wishes[wish], slot
        ):
            return Obstacle.IMPOSSIBLE
        if self.full_people(wish):
            return Obstacle.FULL_PERSON
        if any(slot in self.day[person] for person in self.problem.wishes[wish].people):
            return Obstacle.BUSY_PERSON
        if len(self.seats[slot, pool]) >= self.problem.pools[pool].capacity[slot]:
            return Obstacle.FULL_POOL
        if self.out_of_order(wish, slot):
            return Obstacle.ORDER
        if self.problem.walking and self.walkers(wish, slot, pool):
            return Obstacle.WALKING
        return Obstacle.NONE

    def full_people(self, wish: int) -> tuple[int, ...]:
        """People of the wish who have as many meetings as they want."""
        people = self.problem.people
        return tuple(
            person
            for person in self.problem.wishes[wish].people
            if (most := people[person].most) is not None and len(self.day[person]) >= most
        )

    def out_of_order(self, wish: int, slot: int) -> tuple[int, ...]:
        """Meetings that must come before or after the wish, and would not; itself, where it must precede itself."""
        found = []
        for other, later in self.orders[wish]:
            place = self.places.get(other)
            if other == wish or (place is not None and (slot >= place.slot if later else slot <= place.slot)):
                found.append(other)
        return tuple(sorted(set(found)))

    def walkers(self, wish: int, slot: int, pool: int) -> tuple[int, ...]:
        """People of the wish for whom the walk from the stop before, or to the one after, would be too long."""
        zone = self.problem.pools[pool].zone
        return tuple(person for person in self.problem.wishes[wish].people if self._too_far(person, slot, zone))

    def can_walk(self, person: int) -> bool:
        """Whether all walks of the person's day are short enough."""
        return not any(self._too_far(person, slot, self._zone(person, slot)) for slot in self.day[person])

    def neighbours(self, person: int, slot: int) -> list[int]:
        """Slots of the person's stops just before and just after a slot: meetings and sessions."""
        stops = (self.day[person].keys() | self.problem.people[person].busy_at.keys()) - {slot}
        before, after = [stop for stop in stops if stop < slot], [stop for stop in stops if stop > slot]
        return [*([max(before)] if before else []), *([min(after)] if after else [])]

    def _too_far(self, person: int, slot: int, zone: str) -> bool:
        for other in self.neighbours(person, slot):
            first, second = min(slot, other), max(slot, other)
            pause = self.problem.slots[second].start - self.problem.slots[first].end
            there = self._zone(person, other)
            walk = self.problem.walk(there, zone) if other < slot else self.problem.walk(zone, there)
            if pause < walk:
                return True
        return False

    def _zone(self, person: int, slot: int) -> str:
        if slot in self.day[person]:
            return self.problem.pools[self.places[self.day[person][slot]].pool].zone
        return self.problem.people[person].busy_at[slot]


def filled(problem: Problem, start: Timetable, costs: list[int]) -> Timetable:
    """`start`, and every wish that fits besides: rules first, then by what `costs` say, then those with few slots.

    Wishes of `start` are taken over as far as they break no rule.
    """
    board = Board(problem)
    rules = [not wish.is_rule for wish in problem.wishes]
    for wish, place in sorted(start.places.items(), key=lambda each: (rules[each[0]], costs[each[0]], each[0])):
        if board.obstacle(wish, place.slot, place.pool) is Obstacle.NONE:
            kept = place.seat not in board.seats[place.slot, place.pool] and place.seat < _seats(problem, place)
            board.hold(wish, place if kept else replace(place, seat=board.seat(place.slot, place.pool)))
    possible = problem.possible_slots
    waiting = [wish for wish in range(len(problem.wishes)) if wish not in board.places]
    for wish in sorted(waiting, key=lambda wish: (rules[wish], costs[wish], len(possible[wish]), wish)):
        spot = _first_free(board, wish)
        if spot is not None:
            board.hold(wish, Place(*spot, board.seat(*spot)))
    return board.timetable()


def _seats(problem: Problem, place: Place) -> int:
    return problem.pools[place.pool].capacity[place.slot]


def _first_free(board: Board, wish: int) -> tuple[int, int] | None:
    return next((spot for spot in board.spots(wish) if board.obstacle(wish, *spot) is Obstacle.NONE), None)
