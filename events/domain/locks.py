"""Locks of an event, in one order everywhere: two who change it at once never wait for each other in a circle.

1. the event's row; several events in order of their keys;
2. its participants, in order of their keys;
3. its questions, requests, meetings, offers and the round of suggestions, each in order of their keys;
4. profiles, whose places of the month are counted, in order of their keys; then introductions, as `matching` has it.

A step may be left out, but none is taken after a later one. Every row of an event refers to it: while one is
written, PostgreSQL holds the event's key, which waits for whoever has locked the event. Who writes such a row locks the
event before anything else, therefore, also where the row alone would do.
"""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from events.models import Event, Participant
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


def lock_profiles(keys: Iterable[int]) -> None:
    """Lock all profiles of which a transaction takes places of the month, before it takes the first."""
    rows = Profile.objects.select_for_update(no_key=True).filter(pk__in=set(keys))
    list(rows.order_by("pk").values_list("pk"))
