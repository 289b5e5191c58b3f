"""An event that is open, its slots, and people who sign up: plain rows for the tests of who comes."""

from datetime import UTC, datetime, timedelta

import pytest

from events.domain.people.person_fields import PersonFields
from events.domain.people.registering import Source, register_person
from events.models import Event, EventTerms, Participant, Slot
from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from mailgate.models import OutgoingMail
from profiles.models import Profile
from tests.factories import AffiliationFactory, MembershipFactory, ProfileFactory

START = datetime(2027, 3, 18, 8, tzinfo=UTC)
END = datetime(2027, 3, 18, 15, 30, tzinfo=UTC)
NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def open_event(hub: Hub, slug: str = "medico-bazar", **options: object) -> Event:
    """An event for which one can sign up at `NOW`."""
    values = {"name": "Medico Bazar", "place": "Aarhus", "starts_at": START, "ends_at": END, **options}
    return Event.objects.create(hub=hub, slug=slug, **values)


def add_slots(event: Event, number: int = 3) -> list[Slot]:
    """Slots of 20 minutes from the start on."""
    return [
        Slot.objects.create(
            hub_id=event.hub_id, event=event,
            starts_at=event.starts_at + timedelta(minutes=20 * index),
            ends_at=event.starts_at + timedelta(minutes=20 * index + 20),
        )
        for index in range(number)
    ]  # fmt: skip


def add_terms(event: Event, number: int = 1) -> EventTerms:
    """Terms to agree to."""
    return EventTerms.objects.create(hub_id=event.hub_id, event=event, number=number, text=f"Vilkår {number}")


def written(name: str = "Kim Holm", email: str = "kim@example.test", **options: object) -> PersonFields:
    """What a form says."""
    return PersonFields(name=name, email=email, **options)


def comes(event: Event, number: int = 1, *, profile: Profile | None = None, **options: object) -> Participant:
    """Somebody who signs up at `NOW`, or when `at` says."""
    at = options.pop("at", NOW)
    source = options.pop("source", Source.PERSON)
    fields = written(f"Person Nummer {number}", f"person.nr{number}@example.test", **options)
    owner = profile or ProfileFactory(hub=event.hub, organisation__hub=event.hub)
    return register_person(event, profile=owner, fields=fields, source=source, now=at)


def organiser(hub: Hub) -> Viewer:
    """Somebody who runs the hub's events."""
    user = MembershipFactory(hub=hub, role=Role.ORGANISER).user
    return Viewer(hub.pk, Role.ORGANISER, user.pk)


def member(profile: Profile) -> Viewer:
    """Somebody who speaks for the profile's organisation."""
    user = MembershipFactory(hub=profile.hub).user
    AffiliationFactory(organisation=profile.organisation, user=user)
    return Viewer(profile.hub_id, Role.MEMBER, user.pk, frozenset({profile.organisation_id}))


def kinds() -> list[str]:
    """Kinds of the mails that wait, in order of the alphabet."""
    return sorted(OutgoingMail.objects.values_list("kind", flat=True))


@pytest.fixture(name="event")
def event_fixture(hub: Hub) -> Event:
    return open_event(hub)
