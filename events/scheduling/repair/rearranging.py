"""A repair as a task with numbers: what was published, how much of it may change, and the exact step over a part of it.

The task has no wishes that must be held: those weigh more than all others, so that what became impossible is missing
from the answer instead of spoiling it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from events.scheduling.exact.aims import Aims
from events.scheduling.exact.costs import Costs
from events.scheduling.exact.model import Scope, TimetableModel
from events.scheduling.exact.searching import Effort, Watch, run
from events.scheduling.exact.sites import Sites, like_pools
from events.scheduling.problem import Problem, Wish
from events.scheduling.timetable import Place, Timetable, violations

Places = Mapping[int, Place]


def without_musts(problem: Problem) -> Problem:
    """The same problem, in which no wish has to be held; one that was fixed may only be held where it was fixed."""
    return replace(problem, wishes=tuple(_optional(wish) for wish in problem.wishes))


def _optional(wish: Wish) -> Wish:
    if not wish.is_rule:
        return wish
    slots = wish.slots
    if wish.fixed_slot is not None:
        slots = frozenset({wish.fixed_slot}) & (slots if slots is not None else frozenset({wish.fixed_slot}))
    pools = wish.pools if wish.fixed_pool is None else (wish.fixed_pool,)
    return replace(wish, must_hold=False, fixed_slot=None, fixed_pool=None, slots=slots, pools=pools)


@dataclass(frozen=True)
class Worth:
    """Whole numbers: what holding each wish counts, and what it counts besides that it stays at its home."""

    held: tuple[int, ...]
    stays: int

    @classmethod
    def of_value(cls, problem: Problem) -> "Worth":
        """Most value first; among equals what moves least. Rules weigh more than everything else together."""
        values = _whole(problem)
        above = sum(values) + len(values) + 1
        return cls(tuple(v + above * wish.is_rule for v, wish in zip(values, problem.wishes, strict=True)), 1)

    @classmethod
    def of_keeping(cls, problem: Problem) -> "Worth":
        """Most rules first, then as many as possible stay where they are, of these the most valuable."""
        values = _whole(problem)
        stays = sum(values) + 1
        above = stays * (len(values) + 1)
        return cls(tuple(v + above * wish.is_rule for v, wish in zip(values, problem.wishes, strict=True)), stays)


def _whole(problem: Problem) -> list[int]:
    """Values as whole numbers, the greatest a million in events of everyday size."""
    greatest = max((wish.value for wish in problem.wishes), default=0.0) or 1.0
    scale = 1_000_000 if len(problem.wishes) < 3_000 else 10_000
    return [round(wish.value / greatest * scale) for wish in problem.wishes]


@dataclass(frozen=True)
class Found:
    """A timetable, if any, and whether none is better."""

    timetable: Timetable | None
    proven: bool


@dataclass(frozen=True)
class Task:
    """Of the meetings at `home`, their published places, at most `most_changed` may be held elsewhere or not at all.

    `musts` are the wishes that had to be held before `without_musts`.
    """

    problem: Problem
    home: Places
    most_changed: int
    worth: Worth
    musts: frozenset[int] = frozenset()

    @cached_property
    def sites(self) -> Sites:
        """Where meetings can be put."""
        return like_pools(self.problem)

    @cached_property
    def costs(self) -> Costs:
        """Objectives as whole numbers."""
        return Costs(self.problem)

    def site(self, place: Place) -> int:
        """The site that a pool is part of."""
        return self.sites.of_pool[place.pool][0]

    @cached_property
    def home_cells(self) -> dict[int, tuple[int, int]]:
        """Slot and site of each published place."""
        return {wish: (place.slot, self.site(place)) for wish, place in self.home.items()}

    def changed(self, timetable: Timetable) -> int:
        """How many published meetings are not at home."""
        return sum(not at_home(place, timetable.places.get(wish)) for wish, place in self.home.items())

    def worth_of(self, timetable: Timetable) -> int:
        """What the timetable counts."""
        held = sum(self.worth.held[wish] for wish in timetable.places)
        return held + self.worth.stays * (len(self.home) - self.changed(timetable))

    def allows(self, timetable: Timetable) -> bool:
        """Whether no rule is broken, and no more is changed than may be."""
        return self.changed(timetable) <= self.most_changed and not violations(self.problem, timetable)

    def better(self, found: Timetable | None, standing: Timetable) -> Timetable:
        """What was found, if it is allowed and counts more; else what stands."""
        if found is None or self.worth_of(found) <= self.worth_of(standing) or not self.allows(found):
            return standing
        return found

    def rearrange(self, free: Iterable[int], standing: Timetable, watch: Watch, effort: Effort) -> Found:
        """The best timetable in which all wishes but `free` are as in `standing`."""
        inside = sorted(set(free))
        part = set(inside)
        others = {wish: place for wish, place in standing.places.items() if wish not in part}
        model = TimetableModel(self.problem, Scope(inside, kept=others), self.sites)
        Aims(model, self.costs).equal_gaps(Timetable(others))
        self._aim(model, inside, len(self.home) - self._elsewhere(others, inside))
        model.hint(standing)
        outcome = run(model.cp, model.cells, effort, watch)
        if outcome.cells is None:
            return Found(None, outcome.impossible)
        return Found(model.timetable(outcome.cells, Timetable(dict(self.home))), outcome.proven)

    def _elsewhere(self, others: Places, inside: Collection[int]) -> int:
        """Published meetings outside of the part that have left their home."""
        part = set(inside)
        return sum(not at_home(place, others.get(wish)) for wish, place in self.home.items() if wish not in part)

    def _aim(self, model: TimetableModel, inside: Collection[int], stayable: int) -> None:
        outside = len(self.home) - sum(wish in self.home for wish in inside)
        homes = [model.cells.get((wish, *self.home_cells[wish]), model.zero) for wish in inside if wish in self.home]
        must_stay = stayable - outside - self.most_changed
        if must_stay > 0:
            model.cp.add(sum(homes) >= must_stay)
        gain = sum(self.worth.held[wish] * model.held[wish] for wish in inside)
        model.cp.maximize(gain + self.worth.stays * sum(homes))


def at_home(home: Place, place: Place | None) -> bool:
    """Whether a meeting is held in its published slot and pool; another seat of the pool is no other place."""
    return place is not None and (place.slot, place.pool) == (home.slot, home.pool)
