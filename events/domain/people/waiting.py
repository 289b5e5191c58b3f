"""Places that get free go to those who wait, the longest waiting first; every count of places is under one lock."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from events.domain.people.telling_people import tell_person
from events.enums import EventState, ParticipantState
from events.models import Event, Participant
from events.queries.people import places_left, queue_of
from hubs.policies import Viewer, require_organiser
from kernel.audit import record_change
from kernel.errors import NotFound

S = ParticipantState
LIVING = (EventState.OPEN, EventState.WISHES_CLOSED, EventState.PUBLISHED)


def lock_event(event: Event) -> Event:
    """The event's row, locked until the transaction ends: places are counted and given under it.

    Raises:
        NotFound: it was removed.
    """
    locked = Event.objects.select_for_update().filter(pk=event.pk).first()
    if locked is None:
        raise NotFound(_("We cannot find that event."))
    return locked


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
    lucky = queue_of(event) if left is None else queue_of(event)[: max(left, 0)]
    return sum(_give_place(person, now=now, actor=None) for person in list(lucky))


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
        _give_place(locked, now=now, actor=viewer)
    return locked


def _give_place(person: Participant, *, now: datetime, actor: Viewer | None) -> bool:
    person.state, person.queued_at, person.cancelled_at = S.REGISTERED, None, None
    # Who gets a place late has been asked by getting it: the mail has a link to give it back.
    asked_at = person.event.reconfirm_at
    is_late = person.reconfirm_asked_at is not None or (asked_at is not None and asked_at <= now)
    person.reconfirmed_at = now if is_late else person.reconfirmed_at
    person.version += 1
    person.save()
    record_change(
        person.hub_id, actor_id=actor.user_id if actor else None, action="promote",
        subject_type="event_participant", subject_id=person.public_id, changed_fields=["state"],
    )  # fmt: skip
    tell_person(person, "event_place_free", now=now)
    count_agreements(person, now=now)
    return True


def count_agreements(person: Participant, *, now: datetime) -> None:
    """What somebody who comes again had agreed counts anew; the module that does it is above this one in its turn."""
    if person.requests_sent.exists() or person.requests_received.exists():
        from events.domain.wishes.returning import note_return

        note_return(person, now=now)
