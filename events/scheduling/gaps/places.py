"""Pools that a solver need not tell apart, and the seats that people get in them once the slots are chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from events.scheduling.problem import Problem
from events.scheduling.timetable import Place, Timetable


@dataclass(frozen=True)
class PoolGroup:
    """Pools that the same wishes may use; where walking matters they are of one zone. `capacity` is by slot."""

    pools: tuple[int, ...]
    wishes: frozenset[int]
    zone: str
    capacity: tuple[int, ...]


def pool_groups(problem: Problem) -> tuple[PoolGroup, ...]:
    """All pools that any wish may use, grouped."""
    users: list[set[int]] = [set() for _pool in problem.pools]
    for number, wish in enumerate(problem.wishes):
        for pool in wish.pools if wish.fixed_pool is None else (wish.fixed_pool,):
            users[pool].add(number)
    alike: dict[tuple[str, frozenset[int]], list[int]] = {}
    walks = _walks_matter(problem)
    for number, table in enumerate(problem.pools):
        if users[number]:
            zone = table.zone if walks else ""
            alike.setdefault((zone, frozenset(users[number])), []).append(number)
    return tuple(
        PoolGroup(tuple(pools), wishes, zone, _together(problem, pools)) for (zone, wishes), pools in alike.items()
    )


def timetable_of(problem: Problem, groups: Sequence[PoolGroup], chosen: Sequence[tuple[int, int]]) -> Timetable:
    """`chosen[w]` is the slot and the group of wish w; seats are dealt out in the order of wishes."""
    seats = {
        (slot, number): iter(
            [(pool, seat) for pool in group.pools for seat in range(problem.pools[pool].capacity[slot])]
        )
        for number, group in enumerate(groups)
        for slot in range(len(problem.slots))
    }
    return Timetable({wish: Place(place[0], *next(seats[place])) for wish, place in enumerate(chosen)})


def _together(problem: Problem, pools: Sequence[int]) -> tuple[int, ...]:
    return tuple(sum(problem.pools[pool].capacity[slot] for pool in pools) for slot in range(len(problem.slots)))


def _walks_matter(problem: Problem) -> bool:
    """Whether any walk takes longer than the shortest pause between two slots."""
    pauses = [b.start - a.end for a, b in pairwise(problem.slots)]
    return max(problem.walking.values(), default=0) > min(pauses, default=0)
