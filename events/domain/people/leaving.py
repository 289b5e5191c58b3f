"""A profile that is erased: its places at coming events are given back first, so that nobody waits at a table.

Its requests and meetings go with it. Those who count on them are told before, in mails that name neither people nor
words: their cause is gone when they are written.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from events.domain.locks import lock_event
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
    for request, other, slot in losses:
        free_place(request.public_id)
        if event.state != EventState.CANCELLED:
            tell_of_erasure(request, other, slot, now=now)
    return len(left)


def _losses(event: Event, profile: Profile) -> Iterator[tuple[MeetingRequest, list[Participant], Slot | None]]:
    """Living requests that end, who of the others counts on each, and when it was to be held if that was known."""
    planned = {
        meeting.request_id: meeting.slot
        for meeting in Meeting.objects.filter(event=event, state=MeetingState.PLANNED).select_related("slot")
    }
    for request in _requests(event, profile):
        is_agreed = request.state == RequestState.ACCEPTED
        people = [request.sender, *([request.receiver, *_guests(request)] if is_agreed else [])]
        others = [person for person in people if person.participation.profile_id != profile.pk]
        yield request, others, planned.get(request.pk)


def _guests(request: MeetingRequest) -> list[Participant]:
    return [guest.participant for guest in request.guests.select_related("participant__participation")]


def _requests(event: Event, profile: Profile) -> QuerySet[MeetingRequest]:
    of_it = Q(sender__participation__profile=profile) | Q(receiver__participation__profile=profile)
    rows = MeetingRequest.objects.filter(of_it, event=event, state__in=(RequestState.ASKED, RequestState.ACCEPTED))
    return rows.select_related("event", "sender__participation", "receiver__participation").order_by("pk")


def _on_profile_leaves(profile: Profile, now: datetime, **_named: Any) -> None:
    leave_events(profile, now=now)


def connect() -> None:
    """Listen to erasures, once."""
    profile_leaves.connect(_on_profile_leaves, dispatch_uid="events.leave_events")
