"""What a timetable is asked to do: people, pools of tables, wishes for meetings, and the rules between them.

Everything is numbered from 0, so that solvers work on arrays; `key` leads back to whoever asked.
A slot is one meeting period; breaks of the day lie between slots and cost nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from events.scheduling.errors import InvalidProblem


@dataclass(frozen=True)
class Slot:
    """One period in which meetings are held; minutes are counted from the start of the first day, in UTC.

    `session` groups slots that lie between two long breaks (morning, afternoon): waiting over a long break
    is no idle gap only where `Problem.gaps_over_breaks` is False.
    """

    start: int
    end: int
    session: int = 0


@dataclass(frozen=True)
class Person:
    """Someone who meets others.

    `free` are slots in which the person may meet (availability minus sessions attended or spoken in).
    `busy_at` tells, for slots in which the person sits in a session, in which zone: walking from there counts.
    `most` caps the meetings; `guaranteed` is how many are promised if the person has that many wishes.
    """

    key: str
    free: frozenset[int]
    organisation: str = ""
    most: int | None = None
    guaranteed: int = 0
    busy_at: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Pool:
    """Interchangeable seats in one zone: the tables of a hall, or the seat(s) at one stand.

    `capacity[s]` is how many meetings it can hold in slot `s`.
    """

    key: str
    zone: str
    capacity: tuple[int, ...]


@dataclass(frozen=True)
class Wish:
    """A meeting that is wished for: two people, or more (a group, or several of one stand).

    `value` is what holding it is worth (must above want, times the predicted value); `must_hold` makes it a rule
    that it is held. `pools` are where it may be held; `slots` narrows the periods (None: any), `forbidden` closes some.
    `fixed_slot` and `fixed_pool` were set by hand and imply `must_hold`.
    """

    key: str
    people: tuple[int, ...]
    pools: tuple[int, ...]
    value: float = 1.0
    must_hold: bool = False
    slots: frozenset[int] | None = None
    forbidden: frozenset[int] = frozenset()
    fixed_slot: int | None = None
    fixed_pool: int | None = None

    @property
    def is_rule(self) -> bool:
        """Whether a timetable without it is none."""
        return self.must_hold or self.fixed_slot is not None or self.fixed_pool is not None


@dataclass(frozen=True)
class Precedence:
    """If both are held, wish `before` is held in an earlier slot than wish `after`."""

    before: int
    after: int


@dataclass(frozen=True)
class Problem:
    """The whole task.

    `walking[(a, b)]` are minutes from zone a to zone b (missing: 0, and symmetric unless both are given); a person
    cannot have two meetings in a row whose pause is shorter than the walk. `equal_within`: the numbers of idle gaps
    of any two people who meet differ by at most this (None: no such rule). `apart`: pairs of people who never meet
    ("no thanks", or of one organisation where the event wants that); a wish of such a pair is never held.
    """

    slots: tuple[Slot, ...]
    people: tuple[Person, ...]
    pools: tuple[Pool, ...]
    wishes: tuple[Wish, ...]
    precedences: tuple[Precedence, ...] = ()
    walking: Mapping[tuple[str, str], int] = field(default_factory=dict)
    equal_within: int | None = None
    gaps_over_breaks: bool = True
    apart: frozenset[tuple[int, int]] = frozenset()

    def __post_init__(self) -> None:
        _check(self)

    def walk(self, a: str, b: str) -> int:
        """Minutes from one zone to another."""
        if a == b:
            return 0
        return self.walking.get((a, b), self.walking.get((b, a), 0))

    def kept_apart(self, wish: Wish) -> bool:
        """Whether two of its people never meet."""
        people = wish.people
        return any((a, b) in self.apart or (b, a) in self.apart for i, a in enumerate(people) for b in people[i + 1 :])

    @cached_property
    def possible_slots(self) -> tuple[tuple[int, ...], ...]:
        """For each wish the slots in which it could be held on its own: everybody free, allowed, a pool open."""
        return tuple(self._possible(wish) for wish in self.wishes)

    @cached_property
    def wishes_of(self) -> tuple[tuple[int, ...], ...]:
        """For each person the numbers of the wishes it is part of."""
        found: list[list[int]] = [[] for _person in self.people]
        for number, wish in enumerate(self.wishes):
            for person in wish.people:
                found[person].append(number)
        return tuple(tuple(each) for each in found)

    def pools_of(self, wish: Wish, slot: int) -> tuple[int, ...]:
        """Pools that may hold the wish in the slot."""
        allowed = wish.pools if wish.fixed_pool is None else (wish.fixed_pool,)
        return tuple(pool for pool in allowed if self.pools[pool].capacity[slot] > 0)

    def _possible(self, wish: Wish) -> tuple[int, ...]:
        if self.kept_apart(wish):
            return ()
        slots = set(range(len(self.slots))) if wish.slots is None else set(wish.slots)
        if wish.fixed_slot is not None:
            slots &= {wish.fixed_slot}
        slots -= wish.forbidden
        for person in wish.people:
            slots &= self.people[person].free
        return tuple(sorted(slot for slot in slots if self.pools_of(wish, slot)))


def _check(problem: Problem) -> None:
    slots, people, pools, wishes = (
        len(each) for each in (problem.slots, problem.people, problem.pools, problem.wishes)
    )
    for slot, later in pairwise(problem.slots):
        _require(slot.start < slot.end <= later.start, "Slots must follow each other without overlap.")
    for person in problem.people:
        _require(all(0 <= slot < slots for slot in person.free), f"{person.key}: free in a slot that does not exist.")
    for pool in problem.pools:
        _require(len(pool.capacity) == slots and min(pool.capacity, default=0) >= 0, f"{pool.key}: a capacity a slot.")
    for wish in problem.wishes:
        _require(len(set(wish.people)) == len(wish.people) >= 2, f"{wish.key}: at least two different people.")
        _require(all(0 <= person < people for person in wish.people), f"{wish.key}: a person who does not exist.")
        _require(all(0 <= pool < pools for pool in wish.pools), f"{wish.key}: a pool that does not exist.")
        _require(wish.fixed_slot is None or 0 <= wish.fixed_slot < slots, f"{wish.key}: fixed in no slot.")
        _require(wish.fixed_pool is None or 0 <= wish.fixed_pool < pools, f"{wish.key}: fixed in no pool.")
        _require(0 <= wish.value < float("inf"), f"{wish.key}: the value must be a number from 0.")
    for rule in problem.precedences:
        _require(
            0 <= rule.before < wishes and 0 <= rule.after < wishes, "A precedence names a wish that does not exist."
        )


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise InvalidProblem(message)
