"""Writing published meetings: made, moved, called off; each change of time or place counts the sequence up."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F

from events.domain.timetable.stored_timetables import Spot, spot_of
from events.enums import MeetingState
from events.gone_entries import GoneEntry
from events.models import Meeting, MeetingRequest, MeetingSide, Participant


def make_meeting(request: MeetingRequest, spot: Spot, people: Iterable[Participant], *, now: datetime) -> Meeting:
    """The meeting of a request at a spot; one that was called off comes back under its old calendar entry."""
    meeting = Meeting.objects.select_related("slot", "table", "stand").filter(request=request).first()
    if meeting is None:
        meeting = Meeting.objects.create(
            hub_id=request.hub_id, event_id=request.event_id, request=request, slot=spot.slot, table=spot.table,
            stand=spot.stand, is_fixed=_is_fixed(request), changed_at=now,
        )  # fmt: skip
    elif meeting.state != MeetingState.PLANNED or spot_of(meeting).key != spot.key:
        put_meeting(meeting, spot, now=now, is_fixed=_is_fixed(request))
    seat_people(meeting, people)
    return meeting


def put_meeting(meeting: Meeting, spot: Spot, *, now: datetime, is_fixed: bool) -> None:
    """Hold the meeting there from now on."""
    meeting.state, meeting.is_fixed = MeetingState.PLANNED, is_fixed
    meeting.slot, meeting.table, meeting.stand = spot.slot, spot.table, spot.stand
    _count_up(meeting, now)


def lift_meetings(meetings: Iterable[Meeting]) -> None:
    """Free the tables of meetings that are about to move, so that two may swap: no table is ever held twice."""
    Meeting.objects.filter(pk__in=[meeting.pk for meeting in meetings]).update(table=None)


def call_off_meeting(meeting: Meeting, *, now: datetime) -> None:
    """The meeting is not held; the row stays, so that calendars can be told. What a hand had set is let go."""
    MeetingRequest.objects.filter(pk=meeting.request_id).update(fixed_slot=None, fixed_table=None)
    meeting.state, meeting.is_fixed = MeetingState.CANCELLED, False
    _count_up(meeting, now)


def _count_up(meeting: Meeting, now: datetime) -> None:
    meeting.sequence += 1
    meeting.version += 1
    meeting.changed_at = now
    meeting.save()


def entry_of(meeting: Meeting) -> GoneEntry:
    """What calendars have of it, for those who lose it while it goes on."""
    return GoneEntry(meeting.public_id, meeting.slot.starts_at, meeting.slot.ends_at, meeting.sequence)


def go_on_without(meetings: Iterable[Meeting], *, now: datetime) -> None:
    """Note that a guest has gone from them; the others are told of the moment.

    Two more: the calling off in the guest's calendar is the next number, and a guest who is back comes after that.
    """
    keys = [meeting.pk for meeting in meetings]
    Meeting.objects.filter(pk__in=keys).update(sequence=F("sequence") + 2, changed_at=now, updated_at=now)


def _is_fixed(request: MeetingRequest) -> bool:
    return request.fixed_slot_id is not None or request.fixed_table_id is not None


def seat_people(meeting: Meeting, people: Iterable[Participant]) -> None:
    """Exactly these take part; what somebody said of the meeting already is never thrown away."""
    wanted = {person.pk: person for person in people}
    present = set(meeting.sides.values_list("participant_id", flat=True))
    meeting.sides.filter(rated_at__isnull=True).exclude(participant__in=wanted).delete()
    MeetingSide.objects.bulk_create(
        MeetingSide(hub_id=meeting.hub_id, meeting=meeting, participant=person)
        for key, person in wanted.items()
        if key not in present
    )


def people_in(meetings: Iterable[Meeting]) -> list[Participant]:
    """Everybody who takes part in any of the meetings, once."""
    keys = [meeting.pk for meeting in meetings]
    return list(Participant.objects.filter(meetings__meeting__in=keys).distinct().order_by("pk"))
