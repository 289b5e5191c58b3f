"""Two ways to the fewest idle gaps by SAT: by cores (RC2), and by asking for ever more gaps from below.

Both tell what they find as they go. Neither heeds a deadline, so large problems are given to processes that can be
ended (gap_process.py).
Source: Ignatiev, Morgado and Marques-Silva, RC2 (JSAT 2019).
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

from pysat.examples.rc2 import RC2
from pysat.formula import WCNF
from pysat.solvers import Solver

from events.scheduling.gap_clauses import GapClauses
from events.scheduling.gap_improving import GapImprover
from events.scheduling.problem import Problem
from events.scheduling.timetable import Timetable

SOLVER = "cadical195"
_FIRST_CONFLICTS = 2_000
_GROWTH = 1.4
_CONFLICTS_FOR_A_MOVE = 1_000
_LEAST_MOVES = 5


@dataclass(frozen=True)
class Finding:
    """A timetable, or a number of gaps that none can be below; `infeasible`: there is no timetable."""

    timetable: Timetable | None = None
    bound: int = 0
    infeasible: bool = False


# Asks for the bound that is known by now from elsewhere; tells what was found.
KnownBound = Callable[[], int]
Tell = Callable[[Finding], None]


def by_cores(problem: Problem, tell: Tell) -> None:
    """Core-guided MaxSAT: each core raises the bound, the first model is the optimum."""
    encoded = GapClauses(problem)
    formula = WCNF()
    formula.extend(encoded.clauses.clauses)
    formula.extend([[-gap] for gap in encoded.all_gaps], weights=[1] * len(encoded.all_gaps))
    with RC2(formula, solver=SOLVER) as solver:
        process_core = solver.process_core

        def process_and_tell() -> None:
            process_core()
            tell(Finding(bound=solver.cost))

        # RC2 has no listeners: each core goes through this method of the instance.
        solver.process_core = process_and_tell
        model = solver.compute()
        tell(Finding(infeasible=True) if model is None else Finding(encoded.timetable(model), bound=solver.cost))


def from_below(problem: Problem, known_bound: KnownBound) -> Iterator[Finding | None]:
    """Asks whether as few gaps will do as are not ruled out; in between improves the best timetable there is.

    None stands for work done without a result: a moment to stop.
    """
    first = yield from _answered(_Question(problem, None, seed=0))
    yield first
    if first.timetable is None:
        return
    improver = GapImprover(problem, first.timetable)
    bound, conflicts = 0, float(_FIRST_CONFLICTS)
    lowest: _Question | None = None
    while (bound := max(bound, known_bound())) < improver.gaps:
        if lowest is None or lowest.most != bound:
            lowest = _Question(problem, bound, seed=bound)
        found = lowest.ask(int(conflicts))
        yield found
        if found is not None and found.timetable is not None:
            return
        bound = max(bound, found.bound if found is not None else 0)
        yield from _improved(improver, bound, max(_LEAST_MOVES, int(conflicts) // _CONFLICTS_FOR_A_MOVE))
        conflicts *= _GROWTH


def _improved(improver: GapImprover, bound: int, moves: int) -> Iterator[Finding | None]:
    for _move in range(moves):
        if improver.gaps <= bound:
            return
        yield Finding(improver.timetable) if improver.improve(bound) else None


class _Question:
    """Is there a timetable with at most so many gaps (None: any)? Can be asked on, with what was learnt before."""

    def __init__(self, problem: Problem, most: int | None, *, seed: int) -> None:
        self.most = most
        # RC2 has the implied counts; without them timetables that exist are found sooner, so the ways complement
        # each other.
        self.encoded = GapClauses(problem, counting=False)
        if most is not None:
            literals = [literal for counted in self.encoded.counted for literal in counted]
            self.encoded.clauses.at_most(literals, most)
        self.solver = Solver(name=SOLVER)
        self.solver.configure({"seed": seed})
        self.solver.append_formula(self.encoded.clauses.clauses)

    def ask(self, conflicts: int) -> Finding | None:
        """An answer, or None when so many conflicts were not enough."""
        self.solver.conf_budget(conflicts)
        found = self.solver.solve_limited()
        if found is None:
            return None
        if found:
            return Finding(self.encoded.timetable(self.solver.get_model()))
        return Finding(infeasible=True) if self.most is None else Finding(bound=self.most + 1)


def _answered(question: _Question) -> Generator[None, None, Finding]:
    while (found := question.ask(_FIRST_CONFLICTS)) is None:
        yield None
    return found
