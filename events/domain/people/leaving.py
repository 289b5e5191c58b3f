"""A profile that is erased: its places at coming events are given back first, so that nobody waits at a table.

Its requests and meetings go with it. Those who count on them are told before, in mails that name neither people nor
words: their cause is gone when they are written.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from events.domain.locks import lock_all_of, lock_event
from events.domain.people.registering import cancel_person
from events.domain.timetable.telling_meetings import tell_of_erasure
from events.enums import EventState, MeetingState, ParticipantState, RequestState
from events.models import Event, Meeting, MeetingRequest, Participant, Slot
from matching.domain.introductions.capacity import free_place
from matching.domain.introductions.leaving import profile_leaves
from profiles.models import Profile


@transaction.atomic
def leave_events(profile: Profile, *, now: datetime) -> int:
    """Cancel the profile's people at every event still to come, and tell those who lose a meeting; how many people.

    Meetings go on where the profile's people were only guests. Called before the profile is locked: events come first.
    """
    own = Participant.objects.filter(participation__profile=profile, event__ends_at__gt=now)
    events = Event.objects.filter(pk__in=own.values("event")).exclude(state=EventState.OVER)
    locked = [lock_event(event) for event in events.order_by("pk")]
    return sum(_leave(event, profile, now=now) for event in locked)


def _leave(event: Event, profile: Profile, *, now: datetime) -> int:
    losses = list(_losses(event, profile))
    # Who has no place goes first: no place that gets free is given to somebody who leaves as well.
    people = Participant.objects.filter(event=event, participation__profile=profile)
    rows = sorted(people.order_by("pk"), key=lambda person: person.state == ParticipantState.REGISTERED)
    left = [row for row in rows if row.state != ParticipantState.CANCELLED]
    for person in left:
        cancel_person(person, now=now, tells=False)
    for loss in losses:
        free_place(loss.request.public_id)
        if event.state != EventState.CANCELLED:
            tell_of_erasure(loss.request, loss.others, loss.slot, now=now)
            tell_of_erasure(loss.request, loss.sharing, loss.slot, shared=True, now=now)
    return len(left)


@dataclass(frozen=True)
class _Loss:
    """A living request that ends: who of the others counts on it, who shares an agenda that leaves, and when it was."""

    request: MeetingRequest
    others: list[Participant]
    sharing: list[Participant]
    slot: Slot | None


def _losses(event: Event, profile: Profile) -> Iterator[_Loss]:
    """Living requests that end; an agenda may be shared by people of another profile of the organisation."""
    planned = {
        meeting.request_id: meeting.slot
        for meeting in Meeting.objects.filter(event=event, state=MeetingState.PLANNED).select_related("slot")
    }
    for request in _requests(event, profile):
        is_agreed = request.state == RequestState.ACCEPTED
        people = [request.sender, *([request.receiver, *_guests(request)] if is_agreed else [])]
        others = [person for person in people if person.participation.profile_id != profile.pk]
        leaving = [person for person in people if person.participation.profile_id == profile.pk]
        slot = planned.get(request.pk)
        yield _Loss(request, others, _sharing(leaving, others, profile) if slot is not None else [], slot)


def _sharing(leaving: list[Participant], others: list[Participant], profile: Profile) -> list[Participant]:
    """Who stays, and has what is planned in the agenda of who leaves, and by nothing else."""
    team = Participant.objects.filter(host__in=leaving).exclude(participation__profile=profile)
    return list(team.exclude(pk__in=[person.pk for person in others]).order_by("pk"))


def _guests(request: MeetingRequest) -> list[Participant]:
    return [guest.participant for guest in request.guests.select_related("participant__participation")]


def _requests(event: Event, profile: Profile) -> QuerySet[MeetingRequest]:
    of_it = Q(sender__participation__profile=profile) | Q(receiver__participation__profile=profile)
    rows = MeetingRequest.objects.filter(of_it, event=event, state__in=(RequestState.ASKED, RequestState.ACCEPTED))
    return rows.select_related("event", "sender__participation", "receiver__participation").order_by("pk")


def _on_profile_leaves(profile: Profile, now: datetime, **_named: Any) -> None:
    lock_all_of(profile)
    leave_events(profile, now=now)


def connect() -> None:
    """Listen to erasures, once."""
    profile_leaves.connect(_on_profile_leaves, dispatch_uid="events.leave_events")
