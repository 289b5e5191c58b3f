"""What happens to published meetings when people, slots or the whole event fall away: called off, and told."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from events.domain.timetable.meetings import call_off_meeting, entry_of, go_on_without, people_in
from events.domain.timetable.moving import withdraw_meeting
from events.domain.timetable.telling_meetings import tell_changed, tell_left_out, tell_of_meetings_left
from events.enums import COMING, MeetingState
from events.models import Event, Meeting, MeetingRequest, MeetingSide, Participant, RequestGuest, Slot
from events.queries.wishes import OPEN, has_begun
from hubs.policies import Viewer
from kernel.audit import record_change
from matching.domain.introductions.capacity import free_places


@transaction.atomic
def note_cancellation(participant: Participant, *, team: Iterable[Participant] = (), now: datetime) -> int:
    """Call off the meetings of a person who does not come, and tell the others; how many meetings.

    Where the person was only a guest, the meeting goes on without. The `team` shared the agenda until now: those of
    them who come are told like the others; what is called off stays in their calendars as such, and names them to
    nobody. The requests stay: somebody who comes after all is planned again; until then they take no place of
    anybody's month. Freed tables show on the organiser's page, to be offered to others. What has begun was held, or
    not: both sides tell that, and it keeps its place.
    """
    own = MeetingRequest.objects.filter(Q(sender=participant) | Q(receiver=participant))
    _free_places(own.exclude(has_begun(now)))
    meetings = _planned(participant.event).filter(sides__participant=participant, slot__starts_at__gt=now).distinct()
    as_guest = {row.request_id for row in RequestGuest.objects.filter(participant=participant)}
    going_on = [row for row in meetings if row.request_id in as_guest]
    called_off = [row for row in meetings if row.request_id not in as_guest]
    for meeting in going_on:
        meeting.sides.filter(participant=participant, rated_at__isnull=True).delete()
        meeting.changed_at = now
        meeting.save(update_fields=["changed_at", "updated_at"])
    _call_off(called_off, actor=None, now=now)
    coming = [colleague for colleague in team if colleague.state in COMING]
    _keep_told(called_off, coming)
    others = [person for person in people_in([*called_off, *going_on]) if person.pk != participant.pk]
    tell_changed(participant.event, others, now=now)
    for colleague in coming:
        lost = [meeting for meeting in going_on if not meeting.sides.filter(participant=colleague).exists()]
        tell_of_meetings_left(colleague, lost, now=now)
    return len(called_off)


@transaction.atomic
def note_left_out(meeting: Meeting, guest: Participant, *, now: datetime) -> None:
    """A published meeting goes on without a guest, who comes still: the guest is told, and the others who is there."""
    gone = entry_of(meeting)
    meeting.sides.filter(participant=guest, rated_at__isnull=True).delete()
    go_on_without((meeting,), now=now)
    tell_changed(meeting.event, people_in((meeting,)), now=now)
    tell_left_out(meeting.event, {guest: (gone,)}, now=now)


def _keep_told(meetings: Iterable[Meeting], colleagues: Iterable[Participant]) -> None:
    """A side of what is called off, for calendars: see `events.queries.circles`."""
    left = [
        MeetingSide(hub_id=meeting.hub_id, meeting=meeting, participant=colleague)
        for meeting in meetings
        for colleague in colleagues
    ]
    MeetingSide.objects.bulk_create(left, ignore_conflicts=True)


@transaction.atomic
def note_slot_lost(slot: Slot, *, actor: Viewer | None, now: datetime) -> int:
    """Call off the meetings of a slot that is taken away, and tell everybody; how many.

    The requests stay accepted, so that the next repair finds them another time where there is one.
    """
    meetings = list(_planned(slot.event).filter(slot=slot))
    MeetingRequest.objects.filter(event=slot.event, fixed_slot=slot).update(fixed_slot=None, fixed_table=None)
    _call_off(meetings, actor=actor, now=now)
    tell_changed(slot.event, people_in(meetings), now=now)
    return len(meetings)


@transaction.atomic
def note_event_called_off(event: Event, *, actor: Viewer | None, now: datetime) -> int:
    """Call off every meeting of an event that is not held; how many. One mail tells of the event and its meetings.

    Nobody's month has a place taken by a request of such an event.
    """
    meetings = list(_planned(event))
    _call_off(meetings, actor=actor, now=now)
    _free_places(MeetingRequest.objects.filter(event=event))
    return len(meetings)


@transaction.atomic
def note_withdrawal(request: MeetingRequest, *, actor: Viewer | None, now: datetime) -> bool:
    """Call off the published meeting of a request that one side takes back, and tell both; whether there was one."""
    meeting = _planned(request.event).filter(request=request).first()
    if meeting is None:
        return False
    withdraw_meeting(meeting, now=now)
    _record(meeting, actor)
    tell_changed(request.event, people_in([meeting]), now=now)
    return True


def _free_places(requests: QuerySet[MeetingRequest]) -> None:
    free_places(requests.filter(state__in=OPEN).values_list("public_id", flat=True))


def _planned(event: Event) -> QuerySet[Meeting]:
    rows = Meeting.objects.filter(event=event, state=MeetingState.PLANNED)
    return rows.select_related("slot", "table", "stand", "request").order_by("pk")


def _call_off(meetings: Iterable[Meeting], *, actor: Viewer | None, now: datetime) -> None:
    for meeting in meetings:
        call_off_meeting(meeting, now=now)
        _record(meeting, actor)


def _record(meeting: Meeting, actor: Viewer | None) -> None:
    record_change(
        meeting.hub_id, actor_id=actor.user_id if actor else None, action="call_off_meeting", subject_type="meeting",
        subject_id=meeting.public_id,
    )  # fmt: skip
