"""From a problem to the best timetable within a given time, with what is proven about each objective.

A start is made by construction, then each objective in its order is improved without loss to those before it: small
problems by one exact model, large ones by neighbourhoods, and by the whole model while time remains.

`on_progress` is called in the caller's own thread, at each improvement and about twice a second between, so that a
wish to cancel is heard; until a timetable is known the one it is given is empty. It never sees one that breaks a rule,
except equal idle gaps in a large problem, which are worked towards and, where time does not suffice, noted as missed.
"""

from events.scheduling.clashes import find_clash
from events.scheduling.exact.searching import Watch
from events.scheduling.exact.stages import Stages
from events.scheduling.exact.starting import Task, first_timetable
from events.scheduling.problem import Problem
from events.scheduling.solved import OnProgress, Solved, go_on
from events.scheduling.timetable import Rule, Timetable, violations

NOT_FOUND = "No timetable that holds all that must be held was found in the time given; there may be one."
NOT_NARROWED = "There is no timetable that holds all that must be held; which rules clash was not found in time."
UNEQUAL = "Idle gaps are less equal than asked: no timetable in which they are was found in the time given."


def solve(
    problem: Problem,
    *,
    seconds: float,
    seed: int = 0,
    start: Timetable | None = None,
    on_progress: OnProgress = go_on,
    workers: int = 2,
) -> Solved:
    """The best timetable found in about `seconds` of wall-clock time.

    `start` is kept as far as it breaks no rule, and improved. Where nothing can satisfy the rules the timetable is
    None and `clash` names rules that cannot hold together; without a clash `notes` say that time was too short.
    A problem that is solved before the time is up gives the same figures again with the same seed.
    """
    watch = Watch(seconds, on_progress)
    task = Task(problem, watch, seed, workers)
    first = first_timetable(task, start)
    if first.timetable is None:
        return _unsolved(problem, watch, impossible=first.impossible)
    stages = Stages(task, first.timetable)
    stages.run()
    notes = (UNEQUAL,) if _checked(problem, stages.timetable) else ()
    return Solved(stages.timetable, tuple(stages.reached), seconds=watch.spent, cancelled=watch.cancelled, notes=notes)


def _unsolved(problem: Problem, watch: Watch, *, impossible: bool) -> Solved:
    clash = find_clash(problem, watch) if impossible else None
    notes = () if clash else (NOT_NARROWED if impossible else NOT_FOUND,)
    return Solved(None, seconds=watch.spent, clash=clash, cancelled=watch.cancelled, notes=notes)


def _checked(problem: Problem, timetable: Timetable) -> bool:
    """Whether idle gaps are unequal; any other rule that is broken is a mistake of ours that must not be published."""
    broken = {each.rule for each in violations(problem, timetable)}
    if broken - {Rule.EQUAL_GAPS}:
        raise RuntimeError(f"The solver broke rules of the timetable: {', '.join(sorted(broken))}.")
    return bool(broken)
