"""Computing a timetable: asked for by an organiser, begun by the worker in a process of its own, stopped at will."""

import logging
import subprocess
import sys
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from events.domain.setup.changing import change_event
from events.domain.timetable.timetable_errors import EventNotPlannable, NothingToPlan, RunUnderWay
from events.enums import EventState, RequestMode, RequestState, RunKind, RunState
from events.models import Event, TimetableRun
from hubs.policies import Viewer, require_organiser
from kernel.audit import record_change
from kernel.errors import InvalidInput

logger = logging.getLogger(__name__)

LEAST_SECONDS, MOST_SECONDS = 1, 1800
# A solver tells every two seconds that it lives; one that is silent for so long was killed with its whole process.
SILENT_AFTER = timedelta(seconds=45)
PLANNABLE = (EventState.OPEN, EventState.WISHES_CLOSED, EventState.PUBLISHED)
UNDER_WAY = (RunState.WAITING, RunState.RUNNING)
_children: dict[int, subprocess.Popen[bytes]] = {}


def ask_run(
    event: Event,
    *,
    viewer: Viewer,
    kind: RunKind = RunKind.TIMETABLE,
    seconds: int,
    now: datetime,
    most_moved: int | None = None,
) -> TimetableRun:
    """Let the worker compute; it begins within seconds.

    Raises:
        NotAllowed, NotFound: the viewer does not organise events of this hub.
        EventNotPlannable: it is over, called off or still being prepared.
        NothingToPlan: slots, places or accepted requests are missing.
        RunUnderWay: one run at a time.
        InvalidInput: the number of seconds.
    """
    if not LEAST_SECONDS <= seconds <= MOST_SECONDS:
        told = _("Choose between %(least)d and %(most)d seconds.") % {"least": LEAST_SECONDS, "most": MOST_SECONDS}
        raise InvalidInput(told, field="seconds")
    with transaction.atomic():
        locked = change_event(event, viewer=viewer)
        require_plannable(locked, kind)
        run = _new_run(locked, viewer, kind, seconds, most_moved)
        _record(run, viewer.user_id, "ask_timetable")
    return run


def _new_run(event: Event, viewer: Viewer, kind: RunKind, seconds: int, most_moved: int | None) -> TimetableRun:
    try:
        with transaction.atomic():
            return TimetableRun.objects.create(
                hub_id=event.hub_id, event=event, kind=kind, seconds=seconds, most_moved=most_moved,
                asked_by_id=viewer.user_id,
            )  # fmt: skip
    except IntegrityError as error:
        raise RunUnderWay(_("A timetable is being computed already. Wait until it is done, or stop it.")) from error


def require_plannable(event: Event, kind: RunKind = RunKind.TIMETABLE, *, waiting: int = 0) -> None:
    """Stop where no timetable can come about, and say what to do; `waiting` pairs have their meetings made first.

    Raises:
        EventNotPlannable, NothingToPlan
    """
    if event.state not in PLANNABLE:
        raise EventNotPlannable(
            _("A timetable is computed while the event is open, or its wishes are closed, or it is published.")
        )
    if kind == RunKind.GROUPS:
        return
    if not event.slots.exists():
        raise NothingToPlan(_("The event has no time slots yet. Lay a time grid first."))
    if not event.tables.filter(is_lost=False).exists() and not event.stands.exists():
        raise NothingToPlan(_("The event has no meeting tables and no stands yet. Add some first."))
    if waiting or event.requests.filter(state=RequestState.ACCEPTED).exists():
        return
    if event.request_mode == RequestMode.MUTUAL:
        raise NothingToPlan(_("No two people have marked each other yet, so there is nothing to plan."))
    raise NothingToPlan(_("No meeting request has been accepted yet, so there is nothing to plan."))


def stop_run(run: TimetableRun, *, viewer: Viewer, now: datetime) -> None:
    """Ask the solver to stop; what it has found is kept. A run that has ended stays as it is.

    Raises:
        NotAllowed, NotFound
    """
    require_organiser(viewer)
    with transaction.atomic():
        rows = TimetableRun.objects.filter(pk=run.pk, hub_id=viewer.hub_id)
        waiting = rows.filter(state=RunState.WAITING).update(
            state=RunState.CANCELLED, wants_stop=True, finished_at=now, updated_at=now
        )
        running = rows.filter(state=RunState.RUNNING, wants_stop=False).update(wants_stop=True, updated_at=now)
        if waiting or running:
            _record(run, viewer.user_id, "stop_timetable")


def run_due(now: datetime) -> int:
    """A duty of the worker: begins waiting runs, each in a process of its own, and closes those that broke off.

    Returns at once; how many were begun or closed.
    """
    closed = _close_broken(now)
    begun = 0
    waiting = TimetableRun.objects.filter(state=RunState.WAITING).exclude(kind=RunKind.GROUPS)
    for run in waiting.order_by("pk"):
        mine = TimetableRun.objects.filter(pk=run.pk, state=RunState.WAITING)
        if mine.update(state=RunState.RUNNING, started_at=now, beat_at=now, updated_at=now):
            _children[run.pk] = start_solver(run)
            begun += 1
    return begun + closed


def start_solver(run: TimetableRun) -> subprocess.Popen[bytes]:
    """The solver's own process: it may take all its memory down with it, and nothing else."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "solve_timetable", str(run.public_id)]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, close_fds=True)  # noqa: S603 (our own command)


def _close_broken(now: datetime) -> int:
    """Runs whose process has ended without a word, or is silent: they keep the last plan they wrote."""
    ended = {pk for pk, child in _children.items() if child.poll() is not None}
    closed = 0
    for pk in ended:
        del _children[pk]
        closed += _break_off(TimetableRun.objects.filter(pk=pk), now)
    silent = TimetableRun.objects.filter(beat_at__lt=now - SILENT_AFTER)
    return closed + _break_off(silent, now)


def _break_off(runs: QuerySet[TimetableRun], now: datetime) -> int:
    running = runs.filter(state=RunState.RUNNING)
    stopped = running.filter(wants_stop=True).update(state=RunState.CANCELLED, finished_at=now, updated_at=now)
    broken = running.update(state=RunState.FAILED, finished_at=now, updated_at=now)
    if broken:
        logger.error("%d timetables broke off; their last plan is kept.", broken)
    return stopped + broken


def _record(run: TimetableRun, actor_id: int | None, action: str) -> None:
    record_change(run.hub_id, actor_id=actor_id, action=action, subject_type="timetable_run", subject_id=run.public_id)
