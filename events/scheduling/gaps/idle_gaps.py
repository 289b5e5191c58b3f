"""A timetable that holds every wish with the fewest idle gaps, and the proof that fewer there cannot be.

Two processes search by different ways; the best timetable of one and the best bound of the other meet.
"""

import math
import queue
import time
from dataclasses import dataclass

from events.scheduling.gaps.gap_narrowing import Finding
from events.scheduling.gaps.gap_process import WAYS, Ended, GapProcess, Inbox, Task
from events.scheduling.gaps.gap_search import from_below
from events.scheduling.problem import Problem
from events.scheduling.solved import Objective, OnProgress, Progress, go_on
from events.scheduling.timetable import Timetable, gaps_of_people

# Up to so many pairs of wish and slot a problem is first tried here, for so many rounds, without other processes.
_SMALL = 800
_ROUNDS = 40
_HEARTBEAT_SECONDS = 0.25


@dataclass(frozen=True)
class GapsProof:
    """The best timetable with its idle gaps, and `bound`, which no timetable is below.

    `gaps` is None where there is no timetable: none was found in time, or (`infeasible`, `proven`) there is none.
    """

    timetable: Timetable | None
    gaps: int | None
    bound: int
    proven: bool
    infeasible: bool = False
    cancelled: bool = False


def prove_fewest_gaps(problem: Problem, *, seconds: float, seed: int = 0, on_progress: OnProgress = go_on) -> GapsProof:
    """All wishes held, whether they say so or not, every rule kept, and the total number of idle gaps smallest.

    `seconds` are wall-clock seconds of two cores. Which of several best timetables it is may differ between runs,
    `seed` or not: two processes race.

    Raises:
        RuntimeError: a search failed; says how.

    Source: Bofill et al., JAIR 2022.
    """
    search = _Search(problem, seconds, seed, on_progress)
    if not _possible_alone(problem):
        search.take(Finding(infeasible=True))
    if len(problem.wishes) == 0:
        search.take(Finding(Timetable({})))
    pairs = sum(map(len, problem.possible_slots))
    if pairs <= _SMALL and seconds > 0:
        search.run_here()
    search.run_beside()
    return search.proof()


def _possible_alone(problem: Problem) -> bool:
    """Whether each wish has a slot, and each person slots enough."""
    for person, wishes in zip(problem.people, problem.wishes_of, strict=True):
        most = len(person.free) if person.most is None else min(person.most, len(person.free))
        if len(wishes) > most:
            return False
    return all(problem.possible_slots)


class _Search:
    """What is known so far, and whether to go on."""

    def __init__(self, problem: Problem, seconds: float, seed: int, on_progress: OnProgress) -> None:
        self._problem = problem
        self._started = time.monotonic()
        self._seconds = seconds
        self._seed = seed
        self._on_progress = on_progress
        self._best: Timetable | None = None
        self._gaps = math.inf
        self._bound = 0
        self._infeasible = False
        self._cancelled = False

    def take(self, finding: Finding) -> None:
        """Keep what is better than what was known, and tell the listener."""
        self._infeasible = self._infeasible or finding.infeasible
        better = finding.bound > self._bound
        self._bound = max(self._bound, finding.bound)
        if finding.timetable is not None:
            gaps = sum(gaps_of_people(self._problem, finding.timetable))
            if gaps < self._gaps:
                self._best, self._gaps, better = finding.timetable, gaps, True
        if better:
            self._tell()

    def run_here(self) -> None:
        """A few rounds in this process."""
        for number, finding in enumerate(from_below(self._problem, lambda: self._bound, seed=self._seed)):
            if finding is not None:
                self.take(finding)
            if number >= _ROUNDS or self._over():
                return

    def run_beside(self) -> None:
        """Both ways, each in its own process, until one has settled it or time is up."""
        if self._over():
            return
        inbox: Inbox = queue.Queue()
        limit = math.ceil(self._left()) + 1
        processes: list[GapProcess] = []
        try:
            processes += [GapProcess(Task(way, self._problem, limit, self._seed), inbox) for way in WAYS]
            self._listen(inbox, processes)
        finally:
            for process in processes:
                process.end()

    def proof(self) -> GapsProof:
        """What is known at the end."""
        gaps = None if self._best is None else int(self._gaps)
        proven = self._infeasible or self._bound >= self._gaps
        return GapsProof(self._best, gaps, self._bound, proven, self._infeasible, self._cancelled)

    def _listen(self, inbox: Inbox, processes: list[GapProcess]) -> None:
        running = len(processes)
        while running and not self._over():
            try:
                told = inbox.get(timeout=max(0.0, min(_HEARTBEAT_SECONDS, self._left())))
            except queue.Empty:
                # Nothing new: the listener is asked all the same, so that it can end the search.
                self._tell()
                continue
            if isinstance(told, Ended):
                running -= 1
                if told.fault:
                    raise RuntimeError(f"The search for the fewest gaps failed: {told.fault}")
                continue
            known = self._bound
            self.take(told)
            if self._bound > known:
                for process in processes:
                    process.tell_bound(self._bound)

    def _tell(self) -> None:
        if self._best is not None and not self._cancelled:
            elapsed = time.monotonic() - self._started
            said = Progress(Objective.GAPS, self._gaps, self._bound, elapsed, self._best)
            self._cancelled = not self._on_progress(said)

    def _left(self) -> float:
        return self._seconds - (time.monotonic() - self._started)

    def _over(self) -> bool:
        return self._infeasible or self._cancelled or self._bound >= self._gaps or self._left() <= 0
