"""First a timetable at once: wishes one by one, each into the emptiest of the slots that are still open to it."""

from collections.abc import Iterable, Iterator

import numpy as np

from events.scheduling.exact.board import Board, Obstacle
from events.scheduling.large.columns import Layout
from events.scheduling.timetable import Place

_GLANCE = 1024  # wishes between two looks at the clock


class Hall:
    """A board together with the arrays of its problem, and how to put meetings on it quickly."""

    def __init__(self, layout: Layout, board: Board) -> None:
        self.layout = layout
        self.board = board

    def hold(self, wish: int, slot: int, group: int) -> bool:
        """Hold a meeting in a slot and a group of pools, unless a rule forbids it."""
        pool = self.pool(slot, group)
        if pool is None or self.board.obstacle(wish, slot, pool) is not Obstacle.NONE:
            return False
        taken = self.board.seats[slot, pool]
        seat = self.board.seat(slot, pool) if len(taken) in taken else len(taken)
        self.board.hold(wish, Place(slot, pool, seat))
        return True

    def pool(self, slot: int, group: int) -> int | None:
        """A pool of the group with a free seat: the one with most of them, so that people find it easily."""
        board, pools = self.board, self.layout.problem.pools
        free = [
            (pools[pool].capacity[slot] - len(board.seats[slot, pool]), -pool)
            for pool in self.layout.groups[group].pools
        ]
        most, pool = max(free)
        return -pool if most > 0 else None

    def fits(self, wish: int, slot: int, group: int) -> bool:
        """Whether the wish could be held there as things stand."""
        pool = self.pool(slot, group)
        return pool is not None and self.board.obstacle(wish, slot, pool) is Obstacle.NONE

    def lift(self, slots: Iterable[int]) -> dict[int, Place]:
        """Take all meetings of some slots off the board."""
        pools = range(len(self.layout.problem.pools))
        lifted = [wish for slot in slots for pool in pools for wish in self.board.seats.get((slot, pool), {}).values()]
        places = {wish: self.board.places[wish] for wish in lifted}
        for wish in lifted:
            self.board.drop(wish)
        return places

    def put_back(self, places: dict[int, Place]) -> None:
        """Hold meetings where they were."""
        for wish, place in places.items():
            self.board.hold(wish, place)


def fill(hall: Hall, order: Iterable[int], go_on: Iterator[bool]) -> None:
    """Hold every wish that still fits, in the order given, as long as `go_on` yields True."""
    layout, board = hall.layout, hall.board
    bits = 1 << np.arange(layout.slots, dtype=object)
    allowed = (layout.allowed * bits).sum(1).tolist() if layout.slots else [0] * len(layout.values)
    busy = [sum(1 << slot for slot in day) for day in board.day]
    room = _room(hall)
    for number, wish in enumerate(order):
        if number % _GLANCE == 0 and not next(go_on):
            return
        if wish in board.places:
            continue
        open_ = allowed[wish]
        people = layout.problem.wishes[wish].people
        for person in people:
            open_ &= ~busy[person]
        if not open_:
            continue
        slot = _hold_in_emptiest(hall, wish, open_, room)
        if slot is not None:
            for person in people:
                busy[person] |= 1 << slot


def _room(hall: Hall) -> list[list[int]]:
    """Free seats of each group in each slot."""
    room: list[list[int]] = hall.layout.capacity.tolist()
    group_of = {pool: number for number, group in enumerate(hall.layout.groups) for pool in group.pools}
    for place in hall.board.places.values():
        room[group_of[place.pool]][place.slot] -= 1
    return room


def _hold_in_emptiest(hall: Hall, wish: int, open_: int, room: list[list[int]]) -> int | None:
    """The slot in which the wish is held now."""
    spots = [
        (-room[group][slot], slot, group)
        for group in hall.layout.groups_of[wish]
        for slot in range(hall.layout.slots)
        if open_ >> slot & 1 and room[group][slot] > 0
    ]
    for _room, slot, group in sorted(spots):
        if hall.hold(wish, slot, group):
            room[group][slot] -= 1
            return slot
    return None
