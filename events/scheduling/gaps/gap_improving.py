"""Fewer idle gaps step by step: most meetings stay in their slots, a SAT solver moves those around people who wait.

Source: large neighbourhood search (Shaw, CP 1998), with a SAT solver's assumptions as the frozen part.
"""

from random import Random

from pysat.solvers import Solver

from events.scheduling.gaps.gap_clauses import GapClauses
from events.scheduling.problem import Problem
from events.scheduling.timetable import Timetable, gaps_of_people

_SOLVER = "cadical195"
_CONFLICTS = 1_500
_FIRST_SHARE, _LEAST_SHARE, _MOST_SHARE, _SHARE_STEP = 0.4, 0.15, 0.95, 0.01
# A move asks for at most a quarter fewer at once.
_BOLDNESS = 4


class GapImprover:
    """Improves a timetable move by move; the share of meetings that may move adapts to how moves fare."""

    def __init__(self, problem: Problem, timetable: Timetable, *, seed: int = 0) -> None:
        self.timetable = timetable
        self._problem = problem
        self._random = Random(seed)  # noqa: S311 - which meetings to move is no secret
        self._share = _FIRST_SHARE
        self._step = self.gaps
        # The implied counts help to see that there is no timetable; they only slow down finding one nearby.
        self._encoded = GapClauses(problem, counting=False)
        literals = [literal for counted in self._encoded.counted for literal in counted]
        self._more_than = self._encoded.clauses.counted(literals, self.gaps)
        self._solver = Solver(name=_SOLVER)
        self._solver.append_formula(self._encoded.clauses.clauses)

    @property
    def gaps(self) -> int:
        """Idle gaps of the timetable as it is."""
        return sum(gaps_of_people(self._problem, self.timetable))

    def improve(self, bound: int) -> bool:
        """One move; whether there are fewer gaps now. `bound` is what there cannot be fewer than."""
        gaps = self.gaps
        self._step = max(1, min(self._step, gaps // _BOLDNESS))
        wanted = max(bound, gaps - self._step)
        moving = self._moving()
        frozen = [
            self._encoded.held[wish][place.slot]
            for wish, place in sorted(self.timetable.places.items())
            if wish not in moving
        ]
        self._solver.conf_budget(_CONFLICTS)
        found = self._solver.solve_limited(assumptions=[-self._more_than[wanted], *frozen])
        if found:
            self.timetable = self._encoded.timetable(self._solver.get_model())
            self._step *= 2
            return True
        self._step //= 2
        step = -_SHARE_STEP if found is None else _SHARE_STEP
        self._share = min(_MOST_SHARE, max(_LEAST_SHARE, self._share + step))
        return False

    def _moving(self) -> set[int]:
        """Wishes of somebody who waits, and of people who meet those, or of any."""
        problem, random = self._problem, self._random
        waiting = [person for person, gaps in enumerate(gaps_of_people(problem, self.timetable)) if gaps]
        moving = set(problem.wishes_of[random.choice(waiting)])
        nearby = random.random() < 0.5
        while len(moving) < self._share * len(problem.wishes):
            if nearby and random.random() < 0.7:
                person = random.choice(problem.wishes[random.choice(sorted(moving))].people)
            else:
                person = random.randrange(len(problem.people))
            moving.update(problem.wishes_of[person])
        return moving
