"""What an organiser sets by hand on an agreed meeting, and takes back again: time and place, its order, guests.

Nothing moves at once: the next timetable, or the next repair of what is published, keeps to it and tells whom it
concerns; only a guest who is left out goes at once. Two who agreed on a meeting themselves keep it: what an organiser
planned, and nothing else, can be taken back here.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from events.domain.locks import lock_requests
from events.domain.setup.changing import ChangedMeanwhile, change_event, save_change
from events.domain.timetable.day_changes import note_left_out
from events.domain.timetable.timetable_errors import MeetingPublished
from events.domain.wishes.asking import free_place_of
from events.domain.wishes.hand_checks import (
    agendas_of,
    require_free,
    require_of_event,
    require_order,
    require_plannable_by_hand,
    require_stand,
    require_to_come,
    require_together,
)
from events.domain.wishes.wish_errors import AgreedThemselves
from events.enums import MeetingState, RequestOrigin, RequestState
from events.models import Event, Meeting, MeetingRequest, MeetingSide, Participant, RequestGuest, Slot, Stand, Table
from events.queries.wishes import host_of
from hubs.policies import Viewer
from kernel.audit import record_change
from kernel.errors import InvalidInput, NotFound


@transaction.atomic
def fix_meeting(
    request: MeetingRequest,
    *,
    slot: Slot | None,
    spot: Table | Stand | None,
    viewer: Viewer,
    version: int,
    now: datetime,
) -> MeetingRequest:
    """Say when and where the meeting must be held; what is None is left to computing.

    Raises:
        NotAllowed, NotFound, EventCalledOff, EventNotPlannable, NoBookings, ChangedMeanwhile
        MeetingPublished: everybody knows when and where; it is moved where it is published.
        KeptApart: one of them does not go to that stand; who, is not told.
        NotComing, PlaceTaken: it cannot be held then and there, or that time has begun.
    """
    event, row = _locked(request, viewer=viewer, version=version, now=now)
    _require_unpublished(row)
    require_of_event(event, None, slot, spot)
    require_to_come(slot, now=now)
    if isinstance(spot, Stand):
        require_stand(spot, people_of_meeting(row))
    row.fixed_slot = slot
    row.fixed_table = spot if isinstance(spot, Table) else None
    row.stand = spot if isinstance(spot, Stand) else None if spot is not None else row.usual_stand
    _save(event, row, viewer, "fix", ["fixed_slot", "fixed_table", "stand"])
    require_free(event, row)
    return row


@transaction.atomic
def release_request(request: MeetingRequest, *, viewer: Viewer, version: int, now: datetime) -> MeetingRequest:
    """Let computing find time and table again.

    Raises:
        NotAllowed, NotFound, EventCalledOff, EventNotPlannable, NoBookings, ChangedMeanwhile, MeetingPublished
    """
    event, row = _locked(request, viewer=viewer, version=version, now=now)
    _require_unpublished(row)
    if row.fixed_table is not None:
        row.stand = row.usual_stand
    row.fixed_slot = row.fixed_table = None
    _save(event, row, viewer, "release", ["fixed_slot", "fixed_table", "stand"])
    return row


@transaction.atomic
def order_meeting(
    request: MeetingRequest, *, before: MeetingRequest, viewer: Viewer, version: int, now: datetime
) -> MeetingRequest:
    """Hold the meeting earlier than another one, instead of any other order that it had.

    What is published stays as it is until a repair; the timetable page tells where it comes in the wrong order.

    Raises:
        NotAllowed, NotFound, EventCalledOff, EventNotPlannable, NoBookings, ChangedMeanwhile
        InvalidInput: it is the same meeting, or one that must come before this one.
        PlaceTaken: the times that are fixed come in another order.
    """
    event, row = _locked(request, viewer=viewer, version=version, now=now)
    require_of_event(event, before, None, None)
    other = event.requests.select_related("fixed_slot").get(pk=before.pk)
    if other.pk == row.pk:
        raise InvalidInput(_("No meeting comes before itself. Choose another meeting."), field="before")
    if row.pk in _later_than(event, other):
        raise InvalidInput(
            _("That meeting must come before this one already. Remove that order first."), field="before"
        )
    row.before = other
    require_order(row)
    _save(event, row, viewer, "order", ["before"])
    return row


@transaction.atomic
def drop_order(request: MeetingRequest, *, viewer: Viewer, version: int, now: datetime) -> MeetingRequest:
    """Let the meeting come before or after any other again.

    Raises:
        NotAllowed, NotFound, EventCalledOff, EventNotPlannable, NoBookings, ChangedMeanwhile
    """
    event, row = _locked(request, viewer=viewer, version=version, now=now)
    row.before = None
    _save(event, row, viewer, "drop_order", ["before"])
    return row


@transaction.atomic
def add_guest(
    request: MeetingRequest, *, guest: Participant, viewer: Viewer, version: int, now: datetime
) -> MeetingRequest:
    """One more person at the meeting; where it is published, the next repair brings and tells the person.

    Raises:
        NotAllowed, NotFound, EventCalledOff, EventNotPlannable, NoBookings, ChangedMeanwhile
        InvalidInput: the person is of the meeting already, or it has as many as there may be.
        NotComing, TakesNoMeetings
        KeptApart: the event's rules, a no, or somebody's private wish; which, is not told.
        PlaceTaken: the meeting's time is fixed, and the person is not free then.
    """
    event, row = _locked(request, viewer=viewer, version=version, now=now)
    agendas = agendas_of(event, [*people_of_meeting(row), guest])
    require_together(event, agendas, row.stand, newcomer=agendas[-1])
    RequestGuest.objects.create(hub_id=row.hub_id, request=row, participant=agendas[-1])
    _save(event, row, viewer, "add_guest", ["guests"])
    require_free(event, row)
    return row


@transaction.atomic
def remove_guest(
    request: MeetingRequest, *, guest: Participant, viewer: Viewer, version: int, now: datetime
) -> MeetingRequest:
    """The meeting is planned without the guest; where it is published, it goes on without at once, and all are told.

    Raises:
        NotAllowed, NotFound, EventCalledOff, EventNotPlannable, NoBookings, ChangedMeanwhile
        MeetingPublished: it has begun.
    """
    event, row = _locked(request, viewer=viewer, version=version, now=now)
    there = row.guests.filter(participant=guest)
    if not there.exists():
        raise NotFound(_("We cannot find that person at this meeting."))
    there.delete()
    _save(event, row, viewer, "remove_guest", ["guests"])
    _leave_out(row, guest, now)
    return row


def _leave_out(row: MeetingRequest, guest: Participant, now: datetime) -> None:
    """Where the meeting is published and the guest is seated, by the own agenda or the one that is shared by now."""
    agendas = {guest.pk, host_of(guest).pk} - {person.pk for person in people_of_meeting(row)}
    sides = MeetingSide.objects.filter(
        meeting__request=row, meeting__state=MeetingState.PLANNED, participant__in=agendas
    )
    for side in sides.select_related("participant", "meeting__event", "meeting__slot"):
        if side.meeting.slot.starts_at <= now:
            raise MeetingPublished(_("This meeting has begun, so whoever is at it stays in the record of it."))
        note_left_out(side.meeting, side.participant, now=now)


@transaction.atomic
def take_back_meeting(request: MeetingRequest, *, viewer: Viewer, version: int, now: datetime) -> MeetingRequest:
    """The meeting that an organiser planned is planned no longer; orders that name it go with it.

    Nobody was told of it yet, so nobody is told now. The receiver's place of the month is free again.

    Raises:
        NotAllowed, NotFound, EventCalledOff, EventNotPlannable, NoBookings, ChangedMeanwhile
        AgreedThemselves: no organiser planned it.
        MeetingPublished: it is called off where it is published, and both sides are told.
    """
    event, row = _locked(request, viewer=viewer, version=version, now=now)
    if row.origin != RequestOrigin.ORGANISER:
        raise AgreedThemselves(_("These people agreed to meet themselves, and can take that back themselves."))
    _require_unpublished(row)
    row.state = RequestState.WITHDRAWN
    row.fixed_slot = row.fixed_table = row.before = None
    row.after.update(before=None, version=F("version") + 1)
    free_place_of(row)
    _save(event, row, viewer, "take_back", ["state"])
    return row


def people_of_meeting(request: MeetingRequest) -> list[Participant]:
    """The two and their guests, by their agendas."""
    guests = (row.participant for row in request.guests.select_related("participant__host"))
    return [host_of(person) for person in (request.sender, request.receiver, *guests)]


def _locked(request: MeetingRequest, *, viewer: Viewer, version: int, now: datetime) -> tuple[Event, MeetingRequest]:
    """The event's row and the agreed request's, for an organiser who saw the request as it is now."""
    event = change_event(request.event, viewer=viewer)
    require_plannable_by_hand(event, now=now)
    lock_requests([request.pk])
    joined = ("before__fixed_slot", "fixed_slot", "fixed_table", "stand")
    people = ("sender__host", "sender__stand", "receiver__host", "receiver__stand")
    rows = MeetingRequest.objects.filter(event=event, state=RequestState.ACCEPTED).select_related(*joined, *people)
    row = rows.filter(pk=request.pk).first()
    if row is None:
        raise NotFound(_("We cannot find that meeting request."))
    if row.version != version:
        raise ChangedMeanwhile(
            _("Another organiser changed this meeting a moment ago. Nothing is lost: see where it is now, and decide."),
            current_version=row.version,
        )
    return event, row


def _require_unpublished(row: MeetingRequest) -> None:
    if Meeting.objects.filter(request=row, state=MeetingState.PLANNED).exists():
        raise MeetingPublished(
            _("This meeting is published. Move it, release it or call it off where it is published.")
        )


def _later_than(event: Event, request: MeetingRequest) -> frozenset[int]:
    """Keys of all meetings that must come after the request, as the orders are now."""
    order = event.requests.filter(state=RequestState.ACCEPTED, before__isnull=False)
    later_of: dict[int, int | None] = dict(order.values_list("pk", "before_id"))
    found: set[int] = set()
    key = later_of.get(request.pk)
    while key is not None and key not in found:
        found.add(key)
        key = later_of.get(key)
    return frozenset(found)


def _save(event: Event, row: MeetingRequest, viewer: Viewer, action: str, changed: Iterable[str]) -> None:
    row.version += 1
    row.save()
    record_change(
        row.hub_id, actor_id=viewer.user_id, action=action, subject_type="meeting_request",
        subject_id=row.public_id, changed_fields=list(changed),
    )  # fmt: skip
    save_change(event, viewer=viewer, action="change_requests", changed=["requests"])
