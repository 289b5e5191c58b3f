"""Changing one published meeting by hand: another time or place, or calling it off; both sides are always told."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from events.domain.setup.changing import ChangedMeanwhile, change_event, save_change
from events.domain.timetable.meeting_places import require_open
from events.domain.timetable.meetings import call_off_meeting, people_in, put_meeting
from events.domain.timetable.planning import problem_of
from events.domain.timetable.stored_timetables import Spot, spot_of
from events.domain.timetable.telling_meetings import tell_changed
from events.domain.timetable.timetable_errors import MeetingGone, PlaceTaken
from events.domain.wishes.hand_checks import require_to_come
from events.enums import MeetingState, RequestState
from events.models import Event, Meeting, Slot, Stand, Table
from hubs.policies import Viewer
from kernel.audit import record_change
from kernel.errors import NotFound
from matching.domain.introductions.capacity import free_place


@transaction.atomic
def move_meeting(
    meeting: Meeting,
    *,
    slot: Slot,
    table: Table | None = None,
    stand: Stand | None = None,
    viewer: Viewer,
    version: int,
    now: datetime,
) -> Meeting:
    """Hold the meeting then and there, and keep it there: later computing takes it as fixed. Both sides are told.

    `version` is that of the meeting as the organiser saw it. Choosing where it is already only fixes it.

    Raises:
        NotAllowed, NotFound, EventCalledOff
        ChangedMeanwhile: another organiser moved it or called it off since.
        MeetingGone: it is called off.
        PlaceTaken: it would break a rule of the timetable; that time has begun; or the meeting has, and only its place
            can still be corrected.
    """
    event, row = _locked(meeting, viewer=viewer, version=version)
    plan = problem_of(event)
    wish = plan.wish_of.get(row.request_id)
    if wish is None:
        raise MeetingGone(_("Somebody of this meeting does not come any more, so it cannot be moved. Call it off."))
    spot = Spot(slot, table, stand)
    moves = spot_of(row).key != spot.key
    if moves:
        _require_time(row, slot, now)
        require_open(plan, wish, spot, now=now)
        put_meeting(row, spot, now=now, is_fixed=True)
    else:
        row.is_fixed, row.version = True, row.version + 1
        row.save()
    _fix(row, spot)
    _record(row, viewer, "move_meeting")
    save_change(event, viewer=viewer, action="change_timetable", changed=["meetings"])
    if moves:
        tell_changed(event, people_in([row]), now=now)
    return row


def _require_time(meeting: Meeting, slot: Slot, now: datetime) -> None:
    if slot.pk == meeting.slot_id:
        return
    if meeting.slot.starts_at <= now:
        raise PlaceTaken(_("This meeting has begun already and keeps its time. Its place can still be corrected."))
    require_to_come(slot, now=now)


def _fix(meeting: Meeting, spot: Spot) -> None:
    request = meeting.request
    request.fixed_slot, request.fixed_table = spot.slot, spot.table
    request.version += 1
    request.save(update_fields=["fixed_slot", "fixed_table", "version", "updated_at"])


@transaction.atomic
def release_meeting(meeting: Meeting, *, viewer: Viewer, version: int) -> Meeting:
    """Let later computing move the meeting again; nothing changes now, so nobody is told.

    Raises:
        NotAllowed, NotFound, EventCalledOff, ChangedMeanwhile, MeetingGone
    """
    event, row = _locked(meeting, viewer=viewer, version=version)
    row.is_fixed, row.version = False, row.version + 1
    row.save()
    row.request.fixed_slot = row.request.fixed_table = None
    row.request.version += 1
    row.request.save(update_fields=["fixed_slot", "fixed_table", "version", "updated_at"])
    _record(row, viewer, "release_meeting")
    save_change(event, viewer=viewer, action="change_timetable", changed=["meetings"])
    return row


@transaction.atomic
def cancel_meeting(meeting: Meeting, *, viewer: Viewer, version: int, now: datetime) -> Meeting:
    """Call the meeting off for good: it is not planned again. Both sides are told.

    Raises:
        NotAllowed, NotFound, EventCalledOff, ChangedMeanwhile, MeetingGone
    """
    event, row = _locked(meeting, viewer=viewer, version=version)
    withdraw_meeting(row, now=now)
    _record(row, viewer, "cancel_meeting")
    save_change(event, viewer=viewer, action="change_timetable", changed=["meetings"])
    tell_changed(event, people_in([row]), now=now)
    return row


def withdraw_meeting(meeting: Meeting, *, now: datetime) -> None:
    """Call it off, and its request with it; the receiver's place of the month is free again."""
    call_off_meeting(meeting, now=now)
    free_place(meeting.request.public_id)
    request = meeting.request
    # That it was agreed once is kept: two whose meeting was called off for good are not planned anew.
    request.answered_at = request.answered_at or now
    request.state, request.fixed_slot, request.fixed_table = RequestState.WITHDRAWN, None, None
    request.version += 1
    request.save()


def _locked(meeting: Meeting, *, viewer: Viewer, version: int) -> tuple[Event, Meeting]:
    """The event's row and the meeting's, for an organiser who saw the meeting as it is now."""
    event = change_event(meeting.event, viewer=viewer)
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("request", "slot", "table", "stand")
    row = rows.filter(pk=meeting.pk, event=event).first()
    if row is None:
        raise NotFound(_("We cannot find that meeting."))
    if row.version != version:
        raise ChangedMeanwhile(
            _("Another organiser changed this meeting a moment ago. Nothing is lost: see where it is now, and decide."),
            current_version=row.version,
        )
    if row.state != MeetingState.PLANNED:
        raise MeetingGone(_("This meeting is called off already."))
    return event, row


def _record(meeting: Meeting, viewer: Viewer, action: str) -> None:
    record_change(
        meeting.hub_id, actor_id=viewer.user_id, action=action, subject_type="meeting", subject_id=meeting.public_id
    )
