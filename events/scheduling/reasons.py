"""Why a wish is not met, in terms that a person at an organiser's desk can follow and check."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from events.scheduling.exact.board import Board, Obstacle
from events.scheduling.problem import Problem
from events.scheduling.timetable import Place, Rule, Timetable, violations


class ReasonCode(StrEnum):
    """What stands in the way of a wish; the first of these that is true of every slot."""

    HELD = "held"  # nothing: it is met, in `slots` and `pools`
    APART = "apart"  # `people` are kept apart
    NO_COMMON_SLOT = "no_common_slot"  # `people` are not all free in any slot allowed; `slots` are those allowed
    NO_POOL = "no_pool"  # in the `slots` they share, all `pools` for it are closed
    PERSON_FULL = "person_full"  # `people` have as many meetings (`wishes`) as they want
    WORTH_MORE = "worth_more"  # in each slot someone or every place is taken; cheapest are `wishes`, worth more
    WORTH_NO_MORE = "worth_no_more"  # as above, but `wishes` are worth no more: it could be held instead of them
    POOLS_FULL = "pools_full"  # in `slots` all are free, and all `pools` are full; cheapest are `wishes`, worth more
    ORDER = "order"  # in `slots` it would come before or after `wishes` that it must not
    WALKING = "walking"  # in `slots` it would be too far to walk for `people`, from or to `wishes`
    EQUAL_GAPS = "equal_gaps"  # in `slots` it fits, but idle gaps would be too unequal
    POSSIBLE = "possible"  # nothing: it could be held besides, in `slots` and `pools`


@dataclass(frozen=True)
class Reason:
    """A code, and what it speaks of; numbers in ascending order."""

    code: ReasonCode
    wishes: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    slots: tuple[int, ...] = ()
    pools: tuple[int, ...] = ()


def why_not(problem: Problem, timetable: Timetable, wish: int) -> Reason:
    """Why the wish is not held in this timetable, everything else staying as it is.

    Places are compared by how far they come (`Obstacle`): a slot in which only a table lacks is told of before one in
    which somebody has another meeting. Where meetings would have to go, the named ones are worth least together.
    """
    place = timetable.places.get(wish)
    if place is not None:
        return Reason(ReasonCode.HELD, slots=(place.slot,), pools=(place.pool,))
    alone = _on_its_own(problem, wish)
    if alone is not None:
        return alone
    board = Board(problem, timetable)
    full = board.full_people(wish)
    if full:
        meetings = {held for person in full for held in board.day[person].values()}
        return Reason(ReasonCode.PERSON_FULL, _sorted(meetings), _sorted(full))
    spots = {spot: board.obstacle(wish, *spot) for spot in board.spots(wish)}
    furthest = max(spots.values())
    return _of_spots(board, wish, furthest, [spot for spot, obstacle in spots.items() if obstacle is furthest])


def _on_its_own(problem: Problem, number: int) -> Reason | None:
    """A reason that holds in every timetable."""
    wish = problem.wishes[number]
    if problem.kept_apart(wish):
        kept = [{a, b} for a, b in problem.apart if {a, b} <= set(wish.people)]
        return Reason(ReasonCode.APART, people=_sorted(set().union(*kept)))
    allowed = set(range(len(problem.slots)) if wish.slots is None else wish.slots) - wish.forbidden
    if wish.fixed_slot is not None:
        allowed &= {wish.fixed_slot}
    common = {slot for slot in allowed if all(slot in problem.people[person].free for person in wish.people)}
    if not common:
        return Reason(ReasonCode.NO_COMMON_SLOT, people=_sorted(wish.people), slots=_sorted(allowed))
    if not problem.possible_slots[number]:
        pools = wish.pools if wish.fixed_pool is None else (wish.fixed_pool,)
        return Reason(ReasonCode.NO_POOL, slots=_sorted(common), pools=_sorted(pools))
    return None


def _of_spots(board: Board, wish: int, obstacle: Obstacle, spots: list[tuple[int, int]]) -> Reason:
    slots = _sorted(slot for slot, _pool in spots)
    if obstacle is Obstacle.ORDER:
        others = {other for slot in slots for other in board.out_of_order(wish, slot)}
        return Reason(ReasonCode.ORDER, _sorted(others), slots=slots)
    if obstacle is Obstacle.WALKING:
        return _walking(board, wish, spots)
    if obstacle is Obstacle.NONE:
        fitting = [spot for spot in spots if _fits(board, wish, spot, set())]
        if not fitting:
            return Reason(ReasonCode.EQUAL_GAPS, slots=slots)
        places = [_sorted(each) for each in zip(*fitting, strict=True)]
        return Reason(ReasonCode.POSSIBLE, slots=places[0], pools=places[1])
    return _displacing(board, wish, obstacle, spots)


def _walking(board: Board, wish: int, spots: list[tuple[int, int]]) -> Reason:
    people, wishes = set(), set()
    for slot, pool in spots:
        for person in board.walkers(wish, slot, pool):
            people.add(person)
            stops = board.neighbours(person, slot)
            wishes |= {board.day[person][stop] for stop in stops if stop in board.day[person]}
    return Reason(
        ReasonCode.WALKING,
        _sorted(wishes),
        _sorted(people),
        _sorted(s for s, _p in spots),
        _sorted(p for _s, p in spots),
    )


def _displacing(board: Board, wish: int, obstacle: Obstacle, spots: list[tuple[int, int]]) -> Reason:
    """Which meetings would have to go: those worth least together, of all places that come as far as any."""
    value = board.problem.wishes[wish].value
    for price, spot in sorted((_price(board, _in_the_way(board, wish, spot)), spot) for spot in spots):
        gone, (slot, pool) = _in_the_way(board, wish, spot), spot
        if price <= value and _fits(board, wish, spot, gone):
            return Reason(ReasonCode.WORTH_NO_MORE, _sorted(gone), slots=(slot,), pools=(pool,))
        if price > value and obstacle is Obstacle.FULL_POOL:
            slots, pools = _sorted(slot for slot, _pool in spots), _sorted(pool for _slot, pool in spots)
            return Reason(ReasonCode.POOLS_FULL, _sorted(gone), slots=slots, pools=pools)
        if price > value:
            busy = [person for person in board.problem.wishes[wish].people if slot in board.day[person]]
            return Reason(ReasonCode.WORTH_MORE, _sorted(gone), _sorted(busy), (slot,), (pool,))
    return _besides(board, wish, spots)


def _besides(board: Board, wish: int, spots: list[tuple[int, int]]) -> Reason:
    """What still stands in the way where all that is taken could be cleared: the rule that comes last."""
    cleared = [(_without(board, _in_the_way(board, wish, spot)), spot) for spot in spots]
    trial, spot = max(cleared, key=lambda each: each[0].obstacle(wish, *each[1]))
    obstacle = trial.obstacle(wish, *spot)
    if obstacle is Obstacle.NONE:
        return Reason(ReasonCode.EQUAL_GAPS, slots=(spot[0],))
    return _of_spots(trial, wish, obstacle, [spot])


def _price(board: Board, wishes: set[int]) -> float:
    """What holding these is worth; a rule is beyond price."""
    asked = [board.problem.wishes[wish] for wish in sorted(wishes)]
    return float("inf") if any(wish.is_rule for wish in asked) else sum(wish.value for wish in asked)


def _in_the_way(board: Board, wish: int, spot: tuple[int, int]) -> set[int]:
    """Meetings that must go for the wish to have its people and a seat in a slot and pool."""
    slot, pool = spot
    days = [board.day[person] for person in board.problem.wishes[wish].people]
    gone = {day[slot] for day in days if slot in day}
    seated = sorted(set(board.seats[spot].values()) - gone, key=lambda held: (_price(board, {held}), held))
    over = len(seated) + 1 - board.problem.pools[pool].capacity[slot]
    return gone | set(seated[: max(0, over)])


def _fits(board: Board, wish: int, spot: tuple[int, int], gone: set[int]) -> bool:
    """Whether the wish can be there, with these meetings gone, breaking no rule that is not already broken."""
    trial = _without(board, gone)
    trial.hold(wish, Place(*spot, trial.seat(*spot)))
    return _broken(board.problem, trial.timetable()) <= _broken(board.problem, board.timetable())


def _without(board: Board, gone: set[int]) -> Board:
    trial = Board(board.problem, board.timetable())
    for held in gone:
        trial.drop(held)
    return trial


def _broken(problem: Problem, timetable: Timetable) -> set[tuple[Rule, tuple[int, ...], tuple[int, ...]]]:
    return {(each.rule, each.wishes, each.people) for each in violations(problem, timetable)}


def _sorted(numbers: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(numbers)))
