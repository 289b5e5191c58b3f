"""Running CP-SAT so that a caller stays in charge: told of progress in its own thread, heard within a fraction of a
second when it wants to stop, and never left with a thread that outlives the call.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic

from ortools.sat.python import cp_model
from ortools.sat.python.cp_model_helper import Literal

from events.scheduling.solved import Objective, OnProgress, Progress
from events.scheduling.timetable import Timetable

_POLL_SECONDS = 0.1
_BEAT_SECONDS = 0.5

Cell = tuple[int, int, int]  # wish, slot, site


class Watch:
    """The clock of one call of the solver, and the ear of its caller."""

    def __init__(self, seconds: float, on_progress: OnProgress) -> None:
        self.began = monotonic()
        self.seconds = seconds
        self.cancelled = False
        self._on_progress = on_progress
        self._told = self.began
        self._last = (Objective.VALUE, 0.0, 0.0, Timetable({}))

    @property
    def spent(self) -> float:
        """Seconds since the start."""
        return monotonic() - self.began

    @property
    def left(self) -> float:
        """Seconds that remain."""
        return self.seconds - self.spent

    @property
    def over(self) -> bool:
        """Whether to stop with what is known."""
        return self.cancelled or self.left <= 0

    def tell(self, objective: Objective, reached: float, bound: float, timetable: Timetable) -> None:
        """Something better is known."""
        self._last = (objective, reached, bound, timetable)
        self._call()

    def beat(self) -> None:
        """Ask now and then whether to go on, though there is no news."""
        if monotonic() - self._told >= _BEAT_SECONDS:
            self._call()

    def _call(self) -> None:
        if self.cancelled:
            return
        objective, reached, bound, timetable = self._last
        self._told = monotonic()
        if not self._on_progress(Progress(objective, reached, bound, self.spent, timetable)):
            self.cancelled = True


@dataclass(frozen=True)
class Outcome:
    """What CP-SAT found: the true cells of the best solution (None: none), its cost, and the proven least cost."""

    cells: list[Cell] | None
    cost: int
    bound: int
    proven: bool
    impossible: bool
    core: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Effort:
    """How hard to search."""

    seconds: float
    seed: int = 0
    workers: int = 1


News = tuple[list[Cell], float, float]  # true cells, cost, proven least cost
OnFound = Callable[[list[Cell], float, float], None]


class _Listener(cp_model.CpSolverSolutionCallback):
    """Passes solutions on to the caller's thread; it must not raise, as it is called from inside the solver."""

    def __init__(self, cells: Mapping[Cell, Literal], news: SimpleQueue[News | None]) -> None:
        super().__init__()
        self._cells = cells
        self._news = news

    def on_solution_callback(self) -> None:
        """Called in a thread of the solver."""
        true = [cell for cell, literal in self._cells.items() if self.boolean_value(literal)]
        self._news.put((true, self.objective_value, self.best_objective_bound))


class _Job:
    """One solve in a thread of its own."""

    def __init__(self, cp: cp_model.CpModel, effort: Effort, seconds: float) -> None:
        self.cp = cp
        self.news: SimpleQueue[News | None] = SimpleQueue()
        self.status: cp_model.CpSolverStatus = cp_model.UNKNOWN
        self.failure: BaseException | None = None
        self.listener: _Listener | None = None
        self.solver = cp_model.CpSolver()
        self.solver.parameters.max_time_in_seconds = max(0.01, seconds)
        self.solver.parameters.random_seed = effort.seed
        self.solver.parameters.num_workers = effort.workers
        # The linear relaxation of a timetable is nearly whole: with all of it a step is solved 10 to 100 times sooner.
        self.solver.parameters.linearization_level = 2
        if effort.workers == 2:
            self.solver.parameters.subsolvers.extend(("max_lp", "default_lp"))
        self.thread = Thread(target=self._solve, name="timetable-solver")

    def _solve(self) -> None:
        try:
            self.status = self.solver.solve(self.cp, self.listener)
        except BaseException as failure:  # raised again where the caller is
            self.failure = failure
        finally:
            self.news.put(None)

    def listen(self, watch: Watch, on_found: OnFound | None) -> None:
        """Until the solver is done: hand on its news, and stop it when nobody wants them any more."""
        while True:
            if watch.cancelled:
                self.solver.stop_search()
            try:
                found = self.news.get(timeout=_POLL_SECONDS)
            except Empty:
                watch.beat()
                continue
            if found is None:
                return
            if on_found is not None and not watch.cancelled:
                on_found(*found)

    def end(self) -> None:
        """No thread outlives the call; one that has not yet begun to search cannot hear the first word."""
        while self.thread.is_alive():
            self.solver.stop_search()
            self.thread.join(_POLL_SECONDS)


def run(
    cp: cp_model.CpModel,
    cells: Mapping[Cell, Literal],
    effort: Effort,
    watch: Watch,
    on_found: OnFound | None = None,
) -> Outcome:
    """Solve a model while listening to `watch`; an exception of the caller's own code passes through."""
    job = _Job(cp, effort, min(effort.seconds, watch.left))
    job.listener = _Listener(cells, job.news) if on_found is not None else None
    job.thread.start()
    try:
        job.listen(watch, on_found)
    finally:
        job.end()
    if job.failure is not None:
        raise job.failure
    return _outcome(job, cells)


def _outcome(job: _Job, cells: Mapping[Cell, Literal]) -> Outcome:
    solver, status = job.solver, job.status
    if status == cp_model.MODEL_INVALID:
        raise RuntimeError(f"The model of the timetable is not valid: {job.cp.validate()}")
    if status == cp_model.INFEASIBLE:
        return Outcome(None, 0, 0, proven=True, impossible=True, core=_core(job))
    if status == cp_model.UNKNOWN:
        return Outcome(None, 0, 0, proven=False, impossible=False)
    true = [cell for cell, literal in cells.items() if solver.boolean_value(literal)]
    bound = ceil(solver.best_objective_bound - 1e-6)
    return Outcome(true, round(solver.objective_value), bound, proven=status == cp_model.OPTIMAL, impossible=False)


def _core(job: _Job) -> frozenset[int]:
    return frozenset(job.solver.sufficient_assumptions_for_infeasibility())
