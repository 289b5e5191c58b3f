"""Locks of an event, in one order everywhere: two who change it at once never wait for each other in a circle.

1. the event's row; several events in order of their keys;
2. its participants, in order of their keys;
3. its questions, requests, meetings, offers and the round of suggestions, each in order of their keys;
4. profiles, whose places of the month are counted, in order of their keys; then introductions, as `matching` has it.

A step may be left out, but none is taken after a later one; what a transaction holds already it may ask for again.
Every row of an event refers to it: while a new one is written, PostgreSQL holds the event's key, which waits for
whoever has locked the event. Who changes rows of an event locks the event before anything else, therefore, also where
the row alone would do. Only a single statement that changes no keys and takes no other lock goes without, as in
`forgetting`.
"""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from events.models import Event, Meeting, MeetingRequest, Participant, Participation
from kernel.errors import NotFound
from profiles.models import Profile


def lock_event(event: Event) -> Event:
    """The event's row, locked until the transaction ends: places are counted and given under it.

    Raises:
        NotFound: it was removed.
    """
    locked = Event.objects.select_for_update().filter(pk=event.pk).first()
    if locked is None:
        raise NotFound(_("We cannot find that event."))
    return locked


def lock_people(keys: Iterable[int]) -> None:
    """Lock these participants, under their event's lock."""
    rows = Participant.objects.select_for_update().filter(pk__in=set(keys))
    list(rows.order_by("pk").values_list("pk"))


def lock_requests(keys: Iterable[int]) -> None:
    """Lock these requests and then their meetings, under their event's lock."""
    wanted = set(keys)
    list(MeetingRequest.objects.select_for_update().filter(pk__in=wanted).order_by("pk").values_list("pk"))
    list(Meeting.objects.select_for_update().filter(request__in=wanted).order_by("pk").values_list("pk"))


def lock_profiles(keys: Iterable[int]) -> None:
    """Lock all profiles of which a transaction takes places of the month, before it takes the first."""
    rows = Profile.objects.select_for_update(no_key=True).filter(pk__in=set(keys))
    list(rows.order_by("pk").values_list("pk"))


def lock_all_of(profile: Profile) -> None:
    """Lock all that goes with the profile when it is erased, at past events too, before the profile itself is locked.

    At that very moment somebody may rate a meeting that was held, which locks the profiles of both after the meeting.
    """
    events = Participation.objects.filter(profile=profile).values("event")
    list(Event.objects.select_for_update().filter(pk__in=events).order_by("pk").values_list("pk"))
    lock_people(Participant.objects.filter(participation__profile=profile).values_list("pk", flat=True))
    of_it = Q(sender__participation__profile=profile) | Q(receiver__participation__profile=profile)
    lock_requests(MeetingRequest.objects.filter(of_it).values_list("pk", flat=True))
