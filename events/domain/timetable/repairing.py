"""Repairing a published timetable after the day has changed: proposed first, applied when an organiser says so."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from events.domain.timetable.begun_meetings import plan_ahead
from events.domain.timetable.planning import Plan
from events.domain.timetable.publishing import publish_run
from events.domain.timetable.running import ask_run
from events.domain.timetable.stored_timetables import published_timetable
from events.domain.timetable.timetable_errors import TimetableOutdated
from events.enums import MeetingState, RunKind
from events.models import Event, Meeting, Publication, TimetableRun
from events.scheduling.timetable import Rule, violations
from hubs.policies import Viewer

REPAIR_SECONDS = 10
# Without a wish of the organiser, a repair may move this share of the published meetings, and a few at least.
MOVED_SHARE, MOVED_LEAST = 0.02, 3


@dataclass(frozen=True)
class Damage:
    """What of the published timetable cannot be held any more, and why: a code for each meeting."""

    meetings: tuple[tuple[Meeting, str], ...]

    def __bool__(self) -> bool:
        return bool(self.meetings)


def damage_of(plan: Plan, *, now: datetime) -> Damage:
    """Published meetings ahead whose people, place or time are no longer what they were."""
    meetings = {row.request_id: row for row in plan.meetings if row.slot.starts_at > now}
    published = published_timetable(plan)
    found: dict[int, str] = {}
    for request_id, row in meetings.items():
        wish = plan.wish_of.get(request_id)
        if wish is None:
            found[request_id] = "not_coming"
        elif row.slot_id not in plan.slot_number:
            found[request_id] = "lost_slot"
        elif (row.table_id is not None and row.table_id not in plan.seat_of_table) or wish not in published.places:
            found[request_id] = "lost_table"
    ahead, standing = plan_ahead(plan, published, now=now)
    for broken in violations(ahead.problem, standing):
        # What the plan wants besides, and what concerns nobody in particular, is no damage.
        if broken.rule not in (Rule.MUST_HOLD, Rule.EQUAL_GAPS):
            for wish in broken.wishes:
                found.setdefault(plan.requests[wish].pk, str(broken.rule))
    return Damage(tuple((meetings[pk], code) for pk, code in sorted(found.items()) if pk in meetings))


def usual_most_moved(event: Event) -> int:
    """How many meetings a repair may move unless somebody says otherwise."""
    return usual_most_moved_of(_published(event).count())


def usual_most_moved_of(meetings: int) -> int:
    """The same, of so many published meetings."""
    return max(MOVED_LEAST, round(MOVED_SHARE * meetings))


def _published(event: Event) -> QuerySet[Meeting]:
    return Meeting.objects.filter(event=event, state=MeetingState.PLANNED)


def propose_repair(
    event: Event, *, viewer: Viewer, most_moved: int | None = None, seconds: int = REPAIR_SECONDS, now: datetime
) -> TimetableRun:
    """Let the worker find the repair that changes least; it is shown before it is applied.

    Raises:
        NotAllowed, NotFound, EventCalledOff, EventNotPlannable, NothingToPlan, RunUnderWay
        TimetableOutdated: nothing is published yet that could be repaired.
    """
    if not _published(event).exists() and not Publication.objects.filter(event=event).exists():
        raise TimetableOutdated(_("Nothing is published yet that could be repaired. Compute a timetable first."))
    bound = usual_most_moved(event) if most_moved is None else max(0, most_moved)
    return ask_run(event, viewer=viewer, kind=RunKind.REPAIR, seconds=seconds, now=now, most_moved=bound)


def apply_repair(run: TimetableRun, *, viewer: Viewer, version: int, now: datetime) -> Publication:
    """Do what the repair shows, and tell everybody whose meetings change.

    Raises:
        As `publish_run`; NotFound besides when the run is no repair.
    """
    return publish_run(run, viewer=viewer, version=version, now=now)
