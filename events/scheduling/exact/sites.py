"""Where meetings can be put, as coarsely as the rules allow: sixty like tables are one choice for a solver, not sixty.

A site is a set of pools that no rule can tell apart, or, where moves between places are counted, one seat of one pool.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from events.scheduling.problem import Problem
from events.scheduling.timetable import Place, Timetable


@dataclass(frozen=True)
class Site:
    """Pools taken together (`seat` None), or one seat of the only pool."""

    pools: tuple[int, ...]
    zone: str
    seat: int | None = None


class Sites:
    """The sites of a problem, and for each pool those it is part of."""

    def __init__(self, problem: Problem, sites: list[Site]) -> None:
        self.problem = problem
        self.sites = sites

    @cached_property
    def of_pool(self) -> list[list[int]]:
        """For each pool the numbers of its sites: one, or one a seat."""
        found: list[list[int]] = [[] for _pool in self.problem.pools]
        for number, site in enumerate(self.sites):
            for pool in site.pools:
                found[pool].append(number)
        return found

    def of_wish(self, wish: int, slot: int) -> list[int]:
        """Sites that may hold the wish in the slot."""
        asked = self.problem.wishes[wish]
        return sorted({site for pool in self.problem.pools_of(asked, slot) for site in self.of_pool[pool]})

    def places(self, chosen: Mapping[int, tuple[int, int]], kept: Mapping[int, Place], before: Timetable) -> Timetable:
        """Pools and seats for wishes of which slot and site are known; they stay where they were if they can."""
        seats = _Seats(self.problem, kept)
        late: list[int] = []
        for wish, (slot, site) in sorted(chosen.items()):
            was = before.places.get(wish)
            wanted = self.sites[site]
            if wanted.seat is not None:
                seats.take(wish, Place(slot, wanted.pools[0], wanted.seat))
            elif was is not None and was.slot == slot and was.pool in wanted.pools and seats.free(was):
                seats.take(wish, was)
            else:
                late.append(wish)
        for wish in late:
            slot, site = chosen[wish]
            seats.take_any(wish, slot, self.sites[site].pools)
        return Timetable(seats.places)


class _Seats:
    """Seats that are taken while places are given out."""

    def __init__(self, problem: Problem, kept: Mapping[int, Place]) -> None:
        self.problem = problem
        self.places: dict[int, Place] = {}
        self.taken: dict[tuple[int, int], set[int]] = defaultdict(set)
        for wish, place in kept.items():
            self.take(wish, place)

    def free(self, place: Place) -> bool:
        """Whether the seat is nobody's and the pool has room."""
        taken = self.taken[place.slot, place.pool]
        return place.seat not in taken and place.seat < self.problem.pools[place.pool].capacity[place.slot]

    def take(self, wish: int, place: Place) -> None:
        self.taken[place.slot, place.pool].add(place.seat)
        self.places[wish] = place

    def take_any(self, wish: int, slot: int, pools: tuple[int, ...]) -> None:
        for pool in pools:
            free = (
                seat for seat in range(self.problem.pools[pool].capacity[slot]) if self.free(Place(slot, pool, seat))
            )
            seat = next(free, None)
            if seat is not None:
                self.take(wish, Place(slot, pool, seat))
                return
        raise RuntimeError("A model put more meetings at a site than it has seats.")


def like_pools(problem: Problem) -> Sites:
    """Pools of one zone that the same wishes may use, taken together."""
    users: list[list[int]] = [[] for _pool in problem.pools]
    for number, wish in enumerate(problem.wishes):
        for pool in wish.pools if wish.fixed_pool is None else (wish.fixed_pool,):
            users[pool].append(number)
    alike: dict[tuple[str, tuple[int, ...]], list[int]] = defaultdict(list)
    for number, each in enumerate(problem.pools):
        if users[number]:
            alike[each.zone, tuple(users[number])].append(number)
    return Sites(problem, [Site(tuple(pools), zone) for (zone, _users), pools in alike.items()])


def single_seats(problem: Problem) -> Sites:
    """Each seat on its own: in a slot a pool has the seats that are numbered below its capacity there."""
    sites = [
        Site((number,), pool.zone, seat)
        for number, pool in enumerate(problem.pools)
        for seat in range(max(pool.capacity, default=0))
    ]
    return Sites(problem, sites)
