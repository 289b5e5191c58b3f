"""Few idle gaps by letting only few people wait at all: everybody else's day has no gap, which settles most of it.

Who has to be let wait is read from the cores of the SAT solver: people who cannot all be without a gap. Most forums
have their fewest gaps with such a handful of people, and finding a timetable takes seconds instead of minutes.
Source: cores as in Fu and Malik, "On solving the partial MAX-SAT problem" (SAT 2006).
"""

from dataclasses import dataclass
from random import Random

from pysat.solvers import Solver

from events.scheduling.gaps.clauses import FALSE
from events.scheduling.gaps.gap_clauses import GapClauses
from events.scheduling.problem import Problem
from events.scheduling.timetable import Timetable

SOLVER = "cadical195"
_CONFLICTS_TO_SHRINK = 300


@dataclass(frozen=True)
class Finding:
    """A timetable, or a number of gaps that none can be below; `infeasible`: there is no timetable."""

    timetable: Timetable | None = None
    bound: int = 0
    infeasible: bool = False


class Narrowing:
    """Asks for timetables in which few may wait, with at most so many gaps; who may wait grows with each refusal."""

    def __init__(self, problem: Problem, *, seed: int = 0) -> None:
        self._random = Random(seed)  # noqa: S311 - an order to ask in is no secret
        self._encoded = GapClauses(problem)
        self._waits = {person: counted[0] for person, counted in enumerate(self._encoded.counted) if counted}
        self._more_than: dict[int, int] = {}
        # Those who may wait now; and those of them who must be let wait whatever the number of gaps.
        self._may = set(self._waits)
        self._must: set[int] = set()
        self._solver = Solver(name=SOLVER)
        self._solver.configure({"seed": seed})
        self._solver.append_formula(self._encoded.clauses.clauses)

    @property
    def size(self) -> int:
        """How many people may wait."""
        return len(self._may)

    def narrow(self) -> None:
        """From now on only those may wait of whom it is known that they must be let."""
        self._may = set(self._must)

    def widen(self, share: float) -> None:
        """Some more people, drawn by lot, may wait."""
        others = [person for person in self._waits if person not in self._may]
        self._may.update(self._random.sample(others, min(len(others), 1 + int(share * len(others)))))

    def ask(self, most: int | None, conflicts: int) -> Finding | None:
        """For at most so many gaps (None: any number); None if so much work gave no answer, or just for fewer people.

        In the latter case more may wait afterwards.
        """
        gapless = {-wait: person for person, wait in self._waits.items() if person not in self._may}
        assumptions = list(gapless)
        self._random.shuffle(assumptions)
        total = [] if most is None else [-self._counted(most)]
        found = self._solved([*assumptions, *total], conflicts)
        if found is None:
            return None
        if found:
            return Finding(self._encoded.timetable(self._solver.get_model()))
        core = set(self._solver.get_core() or ())
        blamed = [literal for literal in assumptions if literal in core]
        counts = core.intersection(total)
        if not blamed:
            return Finding(bound=most + 1) if counts and most is not None else Finding(infeasible=True)
        people = {gapless[literal] for literal in self._shrunk([*counts], blamed)}
        self._may |= people
        if not counts:
            self._must |= people
        return None

    def _shrunk(self, kept: list[int], blamed: list[int]) -> list[int]:
        """Fewer assumptions that cannot hold together, as far as that takes little work."""
        for literal in list(blamed):
            fewer = [other for other in blamed if other != literal]
            if fewer and len(fewer) < len(blamed) and self._solved([*fewer, *kept], _CONFLICTS_TO_SHRINK) is False:
                core = set(self._solver.get_core() or ())
                # None of them: the count alone is refused, which the next question says.
                blamed = [other for other in fewer if other in core] or blamed
        return blamed

    def _counted(self, most: int) -> int:
        """A literal that there are more gaps than that; made when asked for, as small counters serve best."""
        if most not in self._more_than:
            clauses = self._encoded.clauses
            done = len(clauses.clauses)
            literals = [literal for counted in self._encoded.counted for literal in counted]
            self._more_than[most] = ([*clauses.counted(literals, most + 1), *[FALSE] * (most + 1)])[most]
            self._solver.append_formula(clauses.clauses[done:])
        return self._more_than[most]

    def _solved(self, assumptions: list[int], conflicts: int) -> bool | None:
        self._solver.conf_budget(conflicts)
        answer: bool | None = self._solver.solve_limited(assumptions=assumptions)
        return answer
