"""Places that get free go to those who wait, the longest waiting first; every count of places is under one lock."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from events.domain.groups.telling_groups import telling_of_groups
from events.domain.locks import lock_event, lock_profiles, lock_requests
from events.domain.people.telling_people import tell_people
from events.enums import EventState, ParticipantState, RequestState
from events.models import Event, MeetingRequest, Participant
from events.queries.people import people_in_requests, places_left, queue_of
from hubs.policies import Viewer, require_organiser
from kernel.audit import record_changes
from kernel.errors import NotFound

logger = logging.getLogger(__name__)
S = ParticipantState
LIVING = (EventState.OPEN, EventState.WISHES_CLOSED, EventState.PUBLISHED)
_PLACE = ("state", "queued_at", "cancelled_at", "reconfirmed_at", "version", "updated_at")
# Rows in one statement: more at a time are slower on SQLite, which reads each statement anew.
BATCH = 200


def has_room(event: Event) -> bool:
    """Whether somebody new gets a place: one is left, and nobody waits for it."""
    left = places_left(event)
    return left is None or (left > 0 and not queue_of(event).filter(state=S.WAITING).exists())


@transaction.atomic
def promote_waiting(event: Event, *, now: datetime) -> int:
    """Give free places to those who wait, then to those on the standby list; returns how many were given."""
    return fill_places(lock_event(event), now=now)


def fill_places(event: Event, *, now: datetime) -> int:
    """The same under the caller's lock; an event that is over or called off gives no places."""
    if event.state not in LIVING or event.ends_at <= now:
        return 0
    left = places_left(event)
    lucky = list(queue_of(event) if left is None else queue_of(event)[: max(left, 0)])
    give_places(event, lucky, now=now, actor=None)
    return len(lucky)


def _lock_places_of(people: Sequence[Participant]) -> None:
    """Whose places of the month may be counted anew, all at once: each alone would be in the order of the queue."""
    agreed = MeetingRequest.objects.filter(Q(sender__in=people) | Q(receiver__in=people), state=RequestState.ACCEPTED)
    rows = list(agreed.values_list("pk", "receiver__participation__profile_id"))
    lock_requests(key for key, _profile in rows)
    lock_profiles(profile for _key, profile in rows)


@transaction.atomic
def promote_person(person: Participant, *, viewer: Viewer, now: datetime) -> Participant:
    """Give one who waits, or who cancelled, a place now, out of turn and even when the event is full.

    Raises:
        NotAllowed: the viewer is no organiser.
        NotFound: another hub's person.
    """
    require_organiser(viewer)
    lock_event(person.event)
    locked = Participant.objects.select_related("event").filter(hub_id=viewer.hub_id, pk=person.pk).first()
    if locked is None:
        raise NotFound(_("We cannot find that person at this event."))
    if locked.state != S.REGISTERED:
        give_places(locked.event, (locked,), now=now, actor=viewer)
    return locked


def give_places(event: Event, people: Sequence[Participant], *, now: datetime, actor: Viewer | None) -> None:
    """Let these people of the event come, under the caller's lock, and tell them: as many queries as for one.

    What was agreed with those who come again counts anew, person by person.
    """
    if not people:
        return
    for person in people:
        _let_in(person, event, now=now)
    with telling_of_groups(event, now=now):
        Participant.objects.bulk_update(people, _PLACE, batch_size=BATCH)
    record_changes(
        event.hub_id, actor_id=actor.user_id if actor else None, action="promote", subject_type="event_participant",
        changed_fields={person.public_id: ("state",) for person in people},
    )  # fmt: skip
    tell_people(event, people, "event_place_free", now=now)
    asked = people_in_requests(event)
    returning = [person for person in people if person.pk in asked]
    _lock_places_of(returning)
    for person in returning:
        _count_safely(person, now=now)


def _count_safely(person: Participant, *, now: datetime) -> None:
    """Whoever gave the place up, or imports, is not kept from it by what the next one had agreed."""
    try:
        with transaction.atomic():
            count_agreements(person, now=now)
    except Exception as error:
        logger.error("agreements of who comes again: %s in event %s", type(error).__name__, person.event_id)


def _let_in(person: Participant, event: Event, *, now: datetime) -> None:
    person.state, person.queued_at, person.cancelled_at = S.REGISTERED, None, None
    # Who gets a place late has been asked by getting it: the mail has a link to give it back.
    is_late = person.reconfirm_asked_at is not None or (event.reconfirm_at is not None and event.reconfirm_at <= now)
    person.reconfirmed_at = now if is_late else person.reconfirmed_at
    person.version += 1
    person.updated_at = timezone.now()


def count_agreements(person: Participant, *, now: datetime) -> None:
    """What somebody who comes again had agreed counts anew; the module that does it is above this one in its turn."""
    if person.requests_sent.exists() or person.requests_received.exists():
        from events.domain.wishes.returning import note_return

        note_return(person, now=now)
