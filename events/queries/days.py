"""Reads: the hub's events, and who takes part."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from events.models import Event, Participation
from hubs.policies import Viewer, may_see_participants
from kernel.errors import InvalidInput, NotAllowed, NotFound
from matching.enums import Purpose


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


def among_whom(viewer: Viewer, *, purpose: str, slug: str) -> frozenset[int] | None:
    """Whom a recommendation may name: those who take part for the event purpose, everybody (None) for another.

    Raises:
        InvalidInput: the event is missing, or named for another purpose.
        NotAllowed: the viewer may not see who takes part.
        NotFound: there is no such event.
    """
    if purpose != Purpose.EVENT:
        if slug:
            raise InvalidInput(_("Leave the event out, or choose the purpose event."), field="event")
        return None
    if not slug:
        raise InvalidInput(_("Say which event: its address, such as medico-bazar."), field="event")
    if not may_see_participants(viewer):
        raise NotAllowed(_("Only members of the hub may see who takes part in an event."))
    return participant_ids(find_event(viewer.hub_id, slug))
