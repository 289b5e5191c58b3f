"""Making events and signing profiles up."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from events.models import Event, Participation
from hubs.models import Hub
from kernel.errors import InvalidInput
from profiles.models import Profile


def create_event(hub: Hub, *, slug: str, name: str, place: str, starts_at: datetime, ends_at: datetime) -> Event:
    """Store an event, or bring the one of that slug up to date.

    Raises:
        InvalidInput: it would end before it starts.
    """
    if ends_at <= starts_at:
        raise InvalidInput(_("The event must end after it starts."), field="ends_at")
    event, _created = Event.objects.update_or_create(
        hub=hub,
        slug=slug,
        defaults={"name": name, "place": place, "starts_at": starts_at, "ends_at": ends_at},
    )
    return event


@transaction.atomic
def register_profiles(event: Event, *, profiles: Iterable[Profile]) -> int:
    """Sign profiles of the event's own hub up; who is signed up already stays. Returns how many are new."""
    rows = [
        Participation(hub_id=event.hub_id, event=event, profile=profile)
        for profile in profiles
        if profile.hub_id == event.hub_id
    ]
    before = event.participations.count()
    Participation.objects.bulk_create(rows, ignore_conflicts=True)
    return event.participations.count() - before
