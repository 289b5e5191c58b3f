"""Reads: the hub's events, and who takes part."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from events.enums import ActivityLevel, EventState, ParticipantState
from events.models import Event, Participation
from hubs.policies import Viewer, may_organise, may_see_participants
from kernel.errors import InvalidInput, NotAllowed, NotFound
from matching.enums import Purpose

# Levels whose page everybody may read; the others are for people of the hub.
OPEN_LEVELS = (ActivityLevel.OPEN, ActivityLevel.COMMUNITY)
_STAYING = frozenset(ParticipantState) - {ParticipantState.CANCELLED}


def coming_events(viewer: Viewer, *, now: datetime) -> QuerySet[Event]:
    """Events of the viewer's hub that have not ended and are open to the viewer; none that is a draft or called off."""
    rows = Event.objects.filter(hub_id=viewer.hub_id, ends_at__gte=now)
    rows = rows.exclude(state__in=(EventState.DRAFT, EventState.CANCELLED))
    return rows if may_see_participants(viewer) else rows.filter(level__in=OPEN_LEVELS)


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
    """Profile ids of those who take part: with somebody who has not cancelled, or with nobody named so far."""
    staying = Q(people__isnull=True) | Q(people__state__in=_STAYING)
    rows = Participation.objects.filter(staying, event=event)
    return frozenset(rows.values_list("profile_id", flat=True))


def among_whom(viewer: Viewer, *, purpose: str, slug: str) -> frozenset[int] | None:
    """Whom a recommendation may name: those who take part for the event purpose, everybody (None) for another.

    Raises:
        InvalidInput: the event is missing, or named for another purpose.
        NotAllowed: the viewer may not see who takes part.
        NotFound: there is no such event, it is called off, or it is a draft and the viewer no organiser.
    """
    if purpose != Purpose.EVENT:
        if slug:
            raise InvalidInput(_("Leave the event out, or choose the purpose event."), field="event")
        return None
    if not slug:
        raise InvalidInput(_("Say which event: its address, such as medico-bazar."), field="event")
    if not may_see_participants(viewer):
        raise NotAllowed(_("Only members of the hub may see who takes part in an event."))
    event = find_event(viewer.hub_id, slug)
    is_prepared = event.state == EventState.DRAFT and may_organise(viewer)
    if event.state in (EventState.DRAFT, EventState.CANCELLED) and not is_prepared:
        raise NotFound(_("We cannot find that event."))
    return participant_ids(event)
