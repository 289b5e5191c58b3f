"""Two ways to the fewest idle gaps by SAT: by cores (RC2), and by asking for a timetable that attains the bound.

Both tell what they find as they go. Neither heeds a deadline, so large problems are given to processes that can be
ended (gap_process.py).
Source: Ignatiev, Morgado and Marques-Silva, RC2 (JSAT 2019).
"""

from collections.abc import Callable, Generator, Iterator

from pysat.examples.rc2 import RC2
from pysat.formula import WCNF

from events.scheduling.gaps.gap_clauses import GapClauses
from events.scheduling.gaps.gap_improving import GapImprover
from events.scheduling.gaps.gap_narrowing import SOLVER, Finding, Narrowing
from events.scheduling.problem import Problem
from events.scheduling.timetable import Timetable, gaps_of_people

_FIRST_CONFLICTS = 3_000
_CONFLICTS_TO_NARROW = 1_500
_GROWTH = 1.4
_CONFLICTS_FOR_A_MOVE = 4_000
_LEAST_MOVES = 2
# So many people more may wait where it cannot be told whether fewer would do.
_WIDENING = 0.3

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


def from_below(problem: Problem, known_bound: KnownBound, *, seed: int = 0) -> Iterator[Finding | None]:
    """Asks whether as few gaps will do as are not ruled out; in between improves the best timetable there is.

    None stands for work done without a result: a moment to stop.
    """
    narrowing = Narrowing(problem, seed=seed)
    first = yield from _answered(narrowing)
    yield first
    if first.timetable is None:
        return
    narrow = yield from _narrowed(narrowing)
    yield Finding(narrow)
    start = min((first.timetable, narrow), key=lambda timetable: _gaps(problem, timetable))
    improver = GapImprover(problem, start, seed=seed)
    bound, conflicts = 0, float(_FIRST_CONFLICTS)
    while (known := max(bound, known_bound())) < improver.gaps:
        if known > bound:
            narrowing.narrow()
        bound = known
        found = narrowing.ask(bound, int(conflicts))
        yield found
        if found is not None and found.timetable is not None:
            return
        if found is not None:
            bound = found.bound
            narrowing.narrow()
        yield from _improved(improver, bound, max(_LEAST_MOVES, int(conflicts) // _CONFLICTS_FOR_A_MOVE))
        conflicts *= _GROWTH


def _answered(narrowing: Narrowing) -> Generator[None, None, Finding]:
    """Any timetable at all."""
    while (found := narrowing.ask(None, _FIRST_CONFLICTS)) is None:
        yield None
    return found


def _narrowed(narrowing: Narrowing) -> Generator[Finding | None, None, Timetable]:
    """A timetable in which few people wait, however often."""
    narrowing.narrow()
    conflicts = float(_CONFLICTS_TO_NARROW)
    while True:
        size = narrowing.size
        found = narrowing.ask(None, int(conflicts))
        if found is not None and found.timetable is not None:
            return found.timetable
        yield None
        if narrowing.size == size:
            narrowing.widen(_WIDENING)
            conflicts *= _GROWTH


def _improved(improver: GapImprover, bound: int, moves: int) -> Iterator[Finding | None]:
    for _move in range(moves):
        if improver.gaps <= bound:
            return
        yield Finding(improver.timetable) if improver.improve(bound) else None


def _gaps(problem: Problem, timetable: Timetable) -> int:
    return sum(gaps_of_people(problem, timetable))
