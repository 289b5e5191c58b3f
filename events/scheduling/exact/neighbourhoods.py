"""Large-neighbourhood search: some wishes are placed anew, best of all ways, while the others stay; never for worse.

Which wishes are freed decides how far one gets: people around an unmet wish or an idle gap, a few slots of everybody,
or all who want one pool.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

import numpy as np

from events.scheduling.exact.aims import Aims
from events.scheduling.exact.costs import Costs, gaps_in
from events.scheduling.exact.model import Scope, TimetableModel
from events.scheduling.exact.searching import Effort, Watch, run
from events.scheduling.exact.sites import Sites, like_pools
from events.scheduling.problem import Problem
from events.scheduling.solved import Objective
from events.scheduling.timetable import Timetable, meetings_of_people

_STEP_SECONDS = 1.0  # of one neighbourhood; also how long a cancel can take
_QUICK_SECONDS = 0.15  # a step solved sooner may be larger
_PEOPLE, _SLOTS = 0.6, 0.3  # shares of neighbourhoods around people, and of slots; the rest is of pools
_USUAL, _UNEVEN = 60, 24  # wishes of the first neighbourhood, and where idle gaps are to be made equal
_FEWEST = 12  # wishes of the smallest neighbourhood


@dataclass(frozen=True)
class Aim:
    """What a search makes small, what it must not make larger, and the cost at which nothing is left to win.

    Where `level` is given, the search is to make idle gaps equal: near `level`, before the objective; else equal gaps
    are a rule like others.
    """

    objective: Objective
    keep: tuple[Objective, ...] = ()
    least: int = -(2**62)
    level: int | None = None


@dataclass(frozen=True)
class Found:
    """A timetable, its cost, and whether none is better."""

    timetable: Timetable
    cost: int
    proven: bool


class Neighbourhoods:
    """Picks what to free next."""

    def __init__(self, problem: Problem, costs: Costs, random: np.random.Generator) -> None:
        self.problem = problem
        self.costs = costs
        self.random = random
        self.possible = [wish for wish, slots in enumerate(problem.possible_slots) if slots]

    def pick(self, timetable: Timetable, aim: Aim, size: int) -> Scope:
        """A neighbourhood of about `size` wishes."""
        if size >= len(self.possible):
            return self._scope(timetable, self.possible, None)
        kind = self.random.random()
        if kind < _PEOPLE or aim.level is not None:
            return self._around_people(timetable, aim, size)
        return self._of_slots(timetable, size) if kind < _PEOPLE + _SLOTS else self._of_pool(timetable, size)

    def _scope(self, timetable: Timetable, free: Sequence[int], slots: frozenset[int] | None) -> Scope:
        chosen = set(free)
        kept = {wish: place for wish, place in timetable.places.items() if wish not in chosen}
        return Scope(sorted(chosen), kept, slots)

    def _around_people(self, timetable: Timetable, aim: Aim, size: int) -> Scope:
        """Wishes of someone who could gain, then of those they are asked by, and so on."""
        people = self._gainers(timetable, aim) or list(range(len(self.problem.people)))
        queue = [people[self.random.integers(len(people))]]
        seen, free = set(queue), set[int]()
        while queue and len(free) < size:
            person = queue.pop(self.random.integers(len(queue)))
            wishes = [wish for wish in self.problem.wishes_of[person] if self.problem.possible_slots[wish]]
            free.update(wishes)
            met = sorted({other for wish in wishes for other in self.problem.wishes[wish].people} - seen)
            seen.update(met)
            queue += met
        return self._scope(timetable, sorted(free), None)

    def _gainers(self, timetable: Timetable, aim: Aim) -> list[int]:
        """People with an unmet wish, too few meetings, or idle gaps; too many or few where these are to be equal."""
        people = range(len(self.problem.people))
        if aim.level is not None:
            return [person for person, far in enumerate(uneven_people(self.costs, timetable, aim.level)) if far]
        if aim.objective is Objective.VALUE:
            unmet = [wish for wish in self.possible if wish not in timetable.places and self.costs.weights[wish]]
            return sorted({person for wish in unmet for person in self.problem.wishes[wish].people})
        if aim.objective is Objective.GUARANTEE:
            held = meetings_of_people(self.problem, timetable)
            return [person for person in people if held[person] < self.costs.promised[person]]
        return [person for person in people if gaps_in(self.problem, self.costs.slots_of(timetable, person))]

    def _of_slots(self, timetable: Timetable, size: int) -> Scope:
        """Whatever is held in a few slots, and some of what is not held and could be there."""
        count = len(self.problem.slots)
        few = min(count, 2 + int(self.random.integers(3)))
        slots = frozenset(self.random.choice(count, few, replace=False).tolist())
        held = [wish for wish in self.possible if (at := timetable.places.get(wish)) and at.slot in slots]
        unmet = [
            wish
            for wish in self.possible
            if wish not in timetable.places and not slots.isdisjoint(self.problem.possible_slots[wish])
        ]
        held, unmet = self._some(held, 3 * size), self._some(unmet, size)
        return self._scope(timetable, [*held, *unmet], slots)

    def _of_pool(self, timetable: Timetable, size: int) -> Scope:
        pool = int(self.random.integers(len(self.problem.pools)))
        free = [
            wish
            for wish in self.possible
            if pool in (self.problem.wishes[wish].pools if wish not in timetable.places else ())
            or ((at := timetable.places.get(wish)) is not None and at.pool == pool)
        ]
        return self._scope(timetable, self._some(free, size), None)

    def _some(self, wishes: list[int], most: int) -> list[int]:
        return wishes if len(wishes) <= most else self.random.choice(wishes, most, replace=False).tolist()


class Search:
    """Steps through neighbourhoods of one timetable."""

    def __init__(self, problem: Problem, costs: Costs, watch: Watch, seed: int) -> None:
        self.problem = problem
        self.costs = costs
        self.watch = watch
        self.random = np.random.default_rng(seed)
        self.sites: Sites = like_pools(problem)
        self.near = Neighbourhoods(problem, costs, self.random)
        self.size = _USUAL

    def improve(self, timetable: Timetable, aim: Aim, seconds: float) -> Found:
        """The best timetable found within the time; no worse than the one given in anything that `aim` names."""
        until = monotonic() + seconds
        self.size = _USUAL if aim.level is None else _UNEVEN
        best = Found(timetable, self.cost(timetable, aim), proven=False)
        while not self._enough(best, aim, until):
            self.watch.beat()
            found = self.step(best, aim, min(_STEP_SECONDS, until - monotonic()))
            if found.cost < best.cost:
                self._tell(found, aim)
            best = found
        return best

    def evened(self, timetable: Timetable, level: int, seconds: float) -> Timetable:
        """Idle gaps as equal as time allows, near a level; meetings are given up for it where they must be."""
        aim = Aim(Objective.VALUE, level=level, least=self._weight - 1)
        return self.improve(timetable, aim, seconds).timetable

    def _enough(self, best: Found, aim: Aim, until: float) -> bool:
        reached = best.cost <= aim.least
        return reached or best.proven or self.watch.over or monotonic() >= until or not self.near.possible

    def step(self, best: Found, aim: Aim, seconds: float) -> Found:
        """One neighbourhood solved; the timetable is another one only where it is no worse."""
        scope = self.near.pick(best.timetable, aim, self.size)
        model = TimetableModel(self.problem, scope, self.sites)
        self._ask(Aims(model, self.costs), best.timetable, aim)
        model.hint(best.timetable)
        began = monotonic()
        outcome = run(model.cp, model.cells, Effort(seconds, int(self.random.integers(2**31))), self.watch)
        self._resize(outcome.proven, monotonic() - began)
        if outcome.cells is None:
            return best
        timetable = model.timetable(outcome.cells, best.timetable)
        cost = self.cost(timetable, aim)
        proven = (
            outcome.proven and scope.slots is None and not scope.kept and len(scope.free) == len(self.near.possible)
        )
        return Found(timetable, cost, proven) if cost <= best.cost else best

    def _ask(self, aims: Aims, timetable: Timetable, aim: Aim) -> None:
        for objective in aim.keep:
            aims.keep(objective, self.costs.within(objective, timetable, aims.model.scope.free, aims.people))
        cost = aims.cost(aim.objective)
        if aim.level is not None:
            cost = cost + self._weight * aims.unequal(aim.level)
        else:
            aims.equal_gaps(Timetable(aims.model.scope.kept))
        aims.model.cp.minimize(cost)

    def cost(self, timetable: Timetable, aim: Aim) -> int:
        """Cost of a timetable as the aim counts it."""
        cost = self.costs.of(aim.objective, timetable)
        return cost if aim.level is None else cost + self._weight * self.unequal(timetable, aim.level)

    def unequal(self, timetable: Timetable, level: int) -> int:
        """How far idle gaps of people who meet are, summed, from lying between `level` and `level + equal_within`."""
        return sum(uneven_people(self.costs, timetable, level))

    @property
    def _weight(self) -> int:
        return sum(self.costs.weights) + 1

    def _resize(self, proven: bool, seconds: float) -> None:
        """Neighbourhoods grow while they are solved at once, and shrink where they are not solved in time."""
        if not proven:
            self.size = max(_FEWEST, self.size * 3 // 4)
        elif seconds < _QUICK_SECONDS:
            self.size += self.size // 8 + 1

    def _tell(self, found: Found, aim: Aim) -> None:
        if aim.level is None:
            shown = self.costs.shown(aim.objective, found.cost)
            self.watch.tell(aim.objective, shown, self.costs.shown(aim.objective, aim.least), found.timetable)


def uneven_people(costs: Costs, timetable: Timetable, level: int) -> list[int]:
    """For each person how far its idle gaps are from lying between `level` and `level + equal_within`, if it meets."""
    most = level + (costs.problem.equal_within or 0)
    return [
        0 if gaps is None else max(0, gaps - most, level - gaps) for gaps in costs.gaps_of_those_who_meet(timetable)
    ]
