"""The first timetable that breaks no rule: by construction, else by the model, which also shows when there is none."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from events.scheduling.exact.aims import Aims
from events.scheduling.exact.board import Board, filled
from events.scheduling.exact.chains import Chains, Window
from events.scheduling.exact.costs import Costs
from events.scheduling.exact.model import Scope, TimetableModel, everything
from events.scheduling.exact.neighbourhoods import Search, uneven_people
from events.scheduling.exact.searching import Effort, Watch, run
from events.scheduling.large.constructing import construct
from events.scheduling.large.evening import even_gaps
from events.scheduling.problem import Problem
from events.scheduling.solved import Progress
from events.scheduling.timetable import Timetable

_SMALL = 12_000  # choices of wish and slot that one model solves in a moment
_MEDIUM = 60_000  # those that one model can still hold, given time
_ALONE = 3_000  # those that one worker solves as fast, and the same each time
_CONSTRUCTED = 1_500  # choices from which on it pays to construct
_CONSTRUCTING = 0.3  # share of the time
_EVENING_OUT = 0.8  # share of the time that is left
_BY_CHAINS = 0.4  # share of that
_FEW_UNEVEN = 10  # people for whom meetings may be given up one by one
_CHEAP = 0.9  # share of the value that must be left


class Task:
    """A problem, the time for it, and what all who work at it share."""

    def __init__(self, problem: Problem, watch: Watch, seed: int, workers: int) -> None:
        self.problem = problem
        self.watch = watch
        self.seed = seed
        self.costs = Costs(problem)
        self.search = Search(problem, self.costs, watch, seed)
        self.choices = sum(len(slots) for slots in problem.possible_slots)
        self.workers = 1 if self.choices <= _ALONE else workers

    @property
    def small(self) -> bool:
        """Whether the whole model is the best way."""
        return self.choices <= _SMALL

    @property
    def medium(self) -> bool:
        """Whether the whole model is a way at all."""
        return self.choices <= _MEDIUM

    @cached_property
    def rules(self) -> list[int]:
        """Wishes that must be held."""
        return [number for number, wish in enumerate(self.problem.wishes) if wish.is_rule]

    def effort(self, share: float) -> Effort:
        """A share of the time that is left."""
        return Effort(share * max(0.0, self.watch.left), self.seed, self.workers)

    def lacking(self, timetable: Timetable) -> int:
        """How many wishes that must be held are not."""
        return sum(wish not in timetable.places for wish in self.rules)

    def rank_before_evening(self, timetable: Timetable) -> tuple[int, int]:
        """Less is better: meetings lacking that must be held, then the value."""
        return self.lacking(timetable), self.costs.value(timetable.places)

    def window(self, timetable: Timetable) -> Window | None:
        """Idle gaps that people may have while those of a timetable stay equal enough."""
        within = self.problem.equal_within
        if within is None or self.uneven(timetable):
            return None
        most = max((gaps for gaps in self.costs.gaps_of_those_who_meet(timetable) if gaps is not None), default=0)
        least = max(0, most - within)
        return Window(least, least + within, strict=True)

    def uneven(self, timetable: Timetable) -> bool:
        """Whether idle gaps are less equal than asked."""
        if self.problem.equal_within is None:
            return False
        gaps = [gaps for gaps in self.costs.gaps_of_those_who_meet(timetable) if gaps is not None]
        return bool(gaps) and max(gaps) - min(gaps) > self.problem.equal_within


@dataclass(frozen=True)
class Start:
    """A timetable to begin with; None where rules cannot hold together (`impossible`), or where time ran out."""

    timetable: Timetable | None
    impossible: bool = False


def first_timetable(task: Task, wanted: Timetable | None) -> Start:
    """A timetable that holds all that must be held; idle gaps may be too unequal only in a problem that is not small.

    Of `wanted`, meetings that break no rule are kept.
    """
    costs = [-weight for weight in task.costs.weights]
    timetable = filled(task.problem, wanted or Timetable({}), costs)
    if task.choices > _CONSTRUCTED and not task.watch.over:
        timetable = min((_constructed(task, timetable), timetable), key=task.rank_before_evening)
    if task.lacking(timetable) or (task.small and task.uneven(timetable)):
        start = _by_model(task, timetable)
        if start.timetable is None:
            return start
        timetable = start.timetable if task.small else filled(task.problem, start.timetable, costs)
    if task.uneven(timetable):
        timetable = _evened(task, timetable)
    return Start(timetable)


def _constructed(task: Task, timetable: Timetable) -> Timetable:
    """A timetable near the bound, from one that breaks no rule but perhaps equal gaps."""

    def heard(progress: Progress) -> bool:
        if not task.lacking(progress.timetable) and not task.uneven(progress.timetable):
            task.watch.tell(progress.objective, progress.reached, progress.bound, progress.timetable)
        task.watch.beat()
        return not task.watch.cancelled

    problem = replace(task.problem, equal_within=None)  # evened out later, at a lower price
    seconds = _CONSTRUCTING * task.watch.left
    return construct(problem, seconds=seconds, seed=task.seed, on_progress=heard, enough=0.0, start=timetable)


def _by_model(task: Task, timetable: Timetable) -> Start:
    """All rules by the model; in a problem that is not small only those on wishes that must be held."""
    scope = everything(task.problem) if task.small else Scope(task.rules)
    model = TimetableModel(task.problem, scope, task.search.sites)
    if task.small:
        Aims(model, task.costs).equal_gaps(Timetable({}))
    model.hint(timetable)
    outcome = run(model.cp, model.cells, task.effort(1), task.watch)
    if outcome.cells is None:
        return Start(None, outcome.impossible)
    return Start(model.timetable(outcome.cells, timetable))


def _evened(task: Task, timetable: Timetable) -> Timetable:
    """Idle gaps made as equal as asked if time allows, at the price of meetings where it must be."""
    levels = range(len(task.problem.slots))
    level = min(levels, key=lambda level: (task.search.unequal(timetable, level), level))
    window = Window(level, level + (task.problem.equal_within or 0), strict=False)
    seconds = _EVENING_OUT * task.watch.left
    timetable = Chains(task.problem, timetable, task.watch, task.seed, window).run(_BY_CHAINS * seconds)
    timetable = task.search.evened(timetable, level, (1 - _BY_CHAINS) * seconds)
    few = 0 < sum(far > 0 for far in uneven_people(task.costs, timetable, level)) <= _FEW_UNEVEN
    return _by_dropping(task, timetable) if few and not task.watch.cancelled else timetable


def _by_dropping(task: Task, timetable: Timetable) -> Timetable:
    """Meetings of those who wait most given up, if that costs little; else idle gaps stay less equal than asked."""
    board = Board(task.problem, timetable)
    even_gaps(board, np.array(task.costs.weights, dtype=float))
    dropped = board.timetable()
    cheap = task.costs.value(dropped.places) <= _CHEAP * task.costs.value(timetable.places)
    return dropped if cheap and not task.lacking(dropped) else timetable
