"""Reads: the hub's events, and who takes part."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from events.models import Event, Participation
from hubs.policies import Viewer
from kernel.errors import NotFound


def coming_events(viewer: Viewer, *, now: datetime) -> QuerySet[Event]:
    """Events of the viewer's hub that have not ended."""
    return Event.objects.filter(hub_id=viewer.hub_id, ends_at__gte=now)


def find_event(hub_id: int, slug: str) -> Event:
    """One event of the hub.

    Raises:
        NotFound: there is none of that name.
    """
    event = Event.objects.filter(hub_id=hub_id, slug=slug).first()
    if event is None:
        raise NotFound(_("We cannot find that event."))
    return event


def participant_ids(event: Event) -> frozenset[int]:
    """Profile ids of those who take part."""
    return frozenset(Participation.objects.filter(event=event).values_list("profile_id", flat=True))
