"""What the solver's own process does with one run: build the problem, solve, write down what is found as it comes.

Only that process imports this module: the solvers are heavy, and no page needs them.
"""

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from events.domain.timetable.begun_meetings import begun_meetings, begun_wishes, passed, plan_ahead
from events.domain.timetable.planning import Plan, is_broken, problem_of
from events.domain.timetable.stored_timetables import (
    published_spots,
    published_timetable,
    spots_of,
    stored_timetable,
    written,
)
from events.domain.timetable.timetable_changes import changes_of
from events.domain.timetable.timetable_errors import SlotsOverlap
from events.enums import RunKind, RunState
from events.models import TimetableRun
from events.scheduling.problem import Problem
from events.scheduling.reasons import ReasonCode, why_not
from events.scheduling.repair.repairing import repair
from events.scheduling.solved import Clash, Objective, Progress, Reached, Solved
from events.scheduling.solving import NOT_NARROWED, solve
from events.scheduling.timetable import Rule, Timetable, value_of, violations

WRITE_EVERY_SECONDS = 1.0
# Looking into why wishes are not met, at most; on the day itself an organiser waits for the repair.
REASONS_SECONDS = {RunKind.TIMETABLE: 15.0, RunKind.REPAIR: 4.0}
WORKERS = 2
HOMELESS_WEIGHT = 2.0
ENDED = (RunState.DONE, RunState.CANCELLED, RunState.IMPOSSIBLE, RunState.FAILED)
StopAsked = Callable[[], bool]


def compute(run: TimetableRun, *, stop_asked: StopAsked, write_every: float = WRITE_EVERY_SECONDS) -> RunState:
    """Do the whole run; returns how it ended.

    Everything is written by `update` of the run's own row, so that an organiser who stops it meanwhile is not undone.
    """
    try:
        plan = problem_of(run.event)
    except SlotsOverlap:
        return _end(run, RunState.FAILED, notes=["slots_overlap"])
    _write(run, fingerprint=plan.fingerprint)
    began = _began(run)
    # What has begun when the run begins is over and done with.
    plan, standing = plan_ahead(plan, published_timetable(plan), now=began)
    if run.kind == RunKind.REPAIR:
        return _repair(run, plan, standing, stop_asked, began=began)
    return _solve(run, plan, standing, _Listener(run, plan, stop_asked, write_every), stop_asked)


def _began(run: TimetableRun) -> datetime:
    return run.started_at or timezone.now()


def _solve(
    run: TimetableRun, plan: Plan, standing: Timetable, listener: "_Listener", stop_asked: StopAsked
) -> RunState:
    start = _start(run, plan, standing)
    solved = solve(plan.problem, seconds=run.seconds, start=start, on_progress=listener, workers=WORKERS)
    if solved.timetable is None:
        return _end_without(run, plan, solved)
    state = RunState.CANCELLED if solved.cancelled or stop_asked() else RunState.DONE
    return _end_with(run, plan, solved.timetable, solved.reached, state)


def _repair(run: TimetableRun, plan: Plan, published: Timetable, stop_asked: StopAsked, *, began: datetime) -> RunState:
    """Fewest changes to what is published; what was set by hand and cannot be held any more is called off."""
    homeless = published_spots(plan).keys() - published.places.keys() - begun_wishes(plan, now=began)
    repaired = repair(
        _favouring(plan.problem, homeless),
        published,
        most_moved=run.most_moved,
        seconds=run.seconds,
        on_progress=lambda _progress: not stop_asked(),
        workers=WORKERS,
    )
    if is_broken(plan, repaired.timetable, of_repair=True):
        return _end(run, RunState.FAILED, notes=["rules_broken"])
    _write(run, changes=changes_of(plan, spots_of(plan, repaired.timetable), begun_by=began))
    state = RunState.CANCELLED if repaired.cancelled or stop_asked() else RunState.DONE
    reached = [_unfavoured(each, plan, repaired.timetable) if homeless else each for each in repaired.reached]
    return _end_with(run, plan, repaired.timetable, reached, state)


def _favouring(problem: Problem, homeless: Collection[int]) -> Problem:
    """Meetings that people know of and that lost their place come before wishes that never had one."""
    wishes = (
        replace(wish, value=HOMELESS_WEIGHT * wish.value) if number in homeless else wish
        for number, wish in enumerate(problem.wishes)
    )
    return replace(problem, wishes=tuple(wishes))


def _unfavoured(each: Reached, plan: Plan, timetable: Timetable) -> Reached:
    """The value without that favour; the bound stays one, but proves nothing to the last."""
    if each.objective != Objective.VALUE:
        return each
    return replace(each, reached=value_of(plan.problem, timetable), proven=False)


def _start(run: TimetableRun, plan: Plan, standing: Timetable) -> Timetable | None:
    """Where to begin: what stands of what is published, else what an earlier run found, where it breaks no rule."""
    earlier = run.event.runs.filter(kind=RunKind.TIMETABLE, state__in=ENDED).exclude(pk=run.pk).exclude(plan={})
    kept = [standing, *(stored_timetable(plan, row.plan) for row in earlier.order_by("-pk")[:1])]
    return next((each for each in kept if each.places and not is_broken(plan, each)), None)


class _Listener:
    """Writes the best so far at most once a second, and tells the solver whether to go on."""

    def __init__(self, run: TimetableRun, plan: Plan, stop_asked: StopAsked, every: float) -> None:
        self._run, self._plan, self._stop_asked, self._every = run, plan, stop_asked, every
        self._reached: dict[str, dict[str, object]] = {}
        self._next = 0.0

    def __call__(self, progress: Progress) -> bool:
        self._reached[str(progress.objective)] = {
            "objective": str(progress.objective),
            "reached": progress.reached,
            "bound": progress.bound,
            "proven": False,
        }
        if time.monotonic() >= self._next and not is_broken(self._plan, progress.timetable):
            _write(
                self._run,
                plan=written(self._plan, progress.timetable),
                reached=list(self._reached.values()),
                beat_at=timezone.now(),
            )
            self._next = time.monotonic() + self._every
        return not self._stop_asked()


def _end_with(
    run: TimetableRun, plan: Plan, timetable: Timetable, reached: Iterable[Reached], state: RunState
) -> RunState:
    """Keep what was found; a solver whose timetable breaks a rule has failed, and its last good one stays."""
    broken = {each.rule for each in violations(plan.problem, timetable)}
    if is_broken(plan, timetable, of_repair=run.kind == RunKind.REPAIR):
        return _end(run, RunState.FAILED, notes=["rules_broken"])
    # First what counts: looking for reasons takes its time, and may be broken off.
    _write(run, plan=written(plan, timetable), reached=[_told(each) for each in reached], beat_at=timezone.now())
    notes = ["unequal"] if Rule.EQUAL_GAPS in broken else []
    seconds = REASONS_SECONDS[RunKind(run.kind)]
    return _end(run, state, unmet=_unmet(plan, timetable, seconds=seconds, began=_began(run)), notes=notes)


def _told(each: Reached) -> dict[str, object]:
    return {"objective": str(each.objective), "reached": each.reached, "bound": each.bound, "proven": each.proven}


def _unmet(plan: Plan, timetable: Timetable, *, seconds: float, began: datetime) -> dict[str, dict[str, object]]:
    """Why each request that is not held is not, worth most first; of very many, the last stay without a reason.

    Those whose published meeting had begun were held, planned or not.
    """
    until = time.monotonic() + seconds
    found: dict[str, dict[str, object]] = {}
    held = {row.request_id for row in begun_meetings(plan, now=began)}
    unmet = (n for n, request in enumerate(plan.requests) if n not in timetable.places and request.pk not in held)
    for wish in sorted(unmet, key=lambda wish: (-plan.problem.wishes[wish].value, wish)):
        unknown: dict[str, object] = {"code": "unknown"}
        reason = _reason(plan, timetable, wish) if time.monotonic() < until else unknown
        found[str(plan.requests[wish].public_id)] = reason
    left_out = plan.event.requests.in_bulk(list(plan.left_out.keys() - held))
    found |= {str(left_out[pk].public_id): {"code": str(code)} for pk, code in plan.left_out.items() if pk in left_out}
    return found


def _reason(plan: Plan, timetable: Timetable, wish: int) -> dict[str, object]:
    reason = why_not(plan.problem, timetable, wish)
    too_late = passed(plan, wish) if reason.code is ReasonCode.NO_COMMON_SLOT else None
    return {
        "code": str(too_late or reason.code),
        "requests": [str(plan.requests[number].public_id) for number in reason.wishes],
        "people": [str(plan.people[number].public_id) for number in reason.people],
        "slots": [str(plan.slots[number].public_id) for number in reason.slots],
        "pools": [plan.pools[number].key for number in reason.pools],
    }


def _end_without(run: TimetableRun, plan: Plan, solved: Solved) -> RunState:
    if solved.cancelled:
        return _end(run, RunState.CANCELLED)
    if solved.clash is None and NOT_NARROWED in solved.notes:
        return _end(run, RunState.IMPOSSIBLE, notes=["not_narrowed"])
    return _end_impossible(run, plan, solved.clash)


def _end_impossible(run: TimetableRun, plan: Plan, clash: Clash | None) -> RunState:
    if clash is None:
        return _end(run, RunState.FAILED, notes=["nothing_found"])
    told = {
        "requests": [str(plan.requests[number].public_id) for number in clash.wishes],
        "people": [str(plan.people[number].public_id) for number in clash.people],
        "pools": [plan.pools[number].key for number in clash.pools],
        "order": [_pair(plan, number) for number in clash.precedences],
        "equal_gaps": clash.equal_gaps,
    }
    return _end(run, RunState.IMPOSSIBLE, clash=told)


def _pair(plan: Plan, number: int) -> list[str]:
    rule = plan.problem.precedences[number]
    return [str(plan.requests[rule.before].public_id), str(plan.requests[rule.after].public_id)]


def _end(run: TimetableRun, state: RunState, **found: object) -> RunState:
    now = timezone.now()
    _write(run, state=state, beat_at=now, finished_at=now, **found)
    return state


def _write(run: TimetableRun, **values: object) -> None:
    """Only while the run is still ours: one that was closed meanwhile keeps what it had."""
    now: datetime = timezone.now()
    TimetableRun.objects.filter(pk=run.pk, state=RunState.RUNNING).update(updated_at=now, **values)
