"""Meetings that could still be held in slots that became free: what an organiser offers those who stand by."""

from collections import defaultdict
from dataclasses import dataclass

from events.scheduling.exact.board import Board, Obstacle
from events.scheduling.problem import Problem
from events.scheduling.timetable import Place, Timetable, violations


@dataclass(frozen=True)
class Offer:
    """A wish that is not held, and a place where it can be without changing any other meeting."""

    wish: int
    place: Place


def freed_slots(problem: Problem, timetable: Timetable, published: Timetable) -> dict[int, tuple[int, ...]]:
    """For each person who lost a meeting the slots, ascending, in which it was and in which the person is idle now."""
    freed: dict[int, set[int]] = defaultdict(set)
    busy = {(person, place.slot) for wish, place in timetable.places.items() for person in problem.wishes[wish].people}
    for wish, place in published.places.items():
        for person in problem.wishes[wish].people:
            if place.slot in problem.people[person].free and (person, place.slot) not in busy:
                freed[person].add(place.slot)
    return {person: tuple(sorted(slots)) for person, slots in sorted(freed.items())}


def offers(
    problem: Problem, timetable: Timetable, *, person: int | None = None, slot: int | None = None
) -> tuple[Offer, ...]:
    """What could be held as well, the worthiest first, for a person, in a slot, or (both None) at all.

    Each offer is possible on its own; taking one may rule out others. A wish is offered once a slot, in the first
    pool that has a seat.
    """
    board = Board(problem, timetable)
    wishes = range(len(problem.wishes)) if person is None else problem.wishes_of[person]
    found = [
        Offer(wish, place)
        for wish in wishes
        if wish not in timetable.places
        for when in problem.possible_slots[wish]
        if slot in (None, when) and (place := _place(board, wish, when)) is not None
    ]
    return tuple(sorted(found, key=lambda offer: (-problem.wishes[offer.wish].value, offer.wish, offer.place.slot)))


def _place(board: Board, wish: int, slot: int) -> Place | None:
    for pool in board.problem.pools_of(board.problem.wishes[wish], slot):
        if board.obstacle(wish, slot, pool) is Obstacle.NONE:
            place = Place(slot, pool, board.seat(slot, pool))
            return place if _gaps_stay_equal(board, wish, place) else None
    return None


def _gaps_stay_equal(board: Board, wish: int, place: Place) -> bool:
    """Equal gaps are a matter of the whole timetable, which the board leaves to others."""
    if board.problem.equal_within is None:
        return True
    now = Timetable({**board.places, wish: place})
    return len(violations(board.problem, now)) <= len(violations(board.problem, board.timetable()))
