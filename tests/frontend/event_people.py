"""An event a month from now and a profile, for pages of who comes and of the organiser's list of them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events.domain.people.registering import Source, register_person
from events.models import Event, Participant
from hubs.models import Hub
from profiles.models import Profile
from tests.events.arrivals import add_slots, open_event, written
from tests.factories import ProfileFactory

NOW = timezone.now()
SOON = NOW + timedelta(days=30)
FORM = {"name": "Kim Holm", "email": "kim@example.test", "kind": "participant", "may_be_asked": "on"}


@pytest.fixture(name="event")
def event_fixture(hub: Hub) -> Event:
    event = open_event(hub, starts_at=SOON, ends_at=SOON + timedelta(hours=7), summary="En dag med standpladser.")
    add_slots(event)
    return event


@pytest.fixture(name="profile")
def profile_fixture(hub: Hub) -> Profile:
    profile: Profile = ProfileFactory(name="Nordlys", slug="nordlys")
    return profile


def comes(event: Event, profile: Profile, email: str = "kim@example.test", **options: object) -> Participant:
    """Somebody whom the organiser has taken in for the profile."""
    fields = written("Kim Holm", email, **options)
    return register_person(event, profile=profile, fields=fields, source=Source.ORGANISER, now=NOW)
