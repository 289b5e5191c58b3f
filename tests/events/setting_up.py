"""An event in the making, and its organiser, for tests of setting up."""

from datetime import date, datetime, time, timedelta
from uuid import uuid4

import pytest

from events.domain.setup.creating import NewEvent, create_event
from events.enums import MeetingState, RequestState
from events.models import (
    Event,
    Meeting,
    MeetingRequest,
    MeetingSide,
    Participant,
    Participation,
    Slot,
    Stand,
    Table,
)
from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from profiles.models import Profile
from tests.factories import MembershipFactory, ProfileFactory

DAY = date(2027, 3, 18)


def organiser_of(hub: Hub) -> Viewer:
    """An organiser of the hub."""
    person = MembershipFactory(hub=hub, role=Role.ORGANISER).user
    return Viewer(hub.pk, role=Role.ORGANISER, user_id=person.pk)


def draft(viewer: Viewer, kind: str = "medico_bazar", **change: object) -> Event:
    """A draft from the template of the kind."""
    values: dict[str, object] = {"name": "Medico Bazar", "kind": kind, "day": DAY, "place": "Aarhus", **change}
    return create_event(viewer, new=NewEvent(**values), once=uuid4())  # type: ignore[arg-type]


def person_at(event: Event, name: str = "Mette", profile: Profile | None = None) -> Participant:
    """A registered person of a profile of its own."""
    profile = profile or ProfileFactory(hub=event.hub)
    participation, _new = Participation.objects.get_or_create(hub_id=event.hub_id, event=event, profile=profile)
    return Participant.objects.create(
        hub_id=event.hub_id, event=event, participation=participation, name=name, meets=True,
        email=f"{uuid4().hex[:8]}@example.test", code=uuid4().hex[:8],
    )  # fmt: skip


def request_between(event: Event, *, now: datetime, **change: object) -> MeetingRequest:
    """An accepted request of two new people."""
    values: dict[str, object] = {"state": RequestState.ACCEPTED, **change}
    return MeetingRequest.objects.create(
        hub_id=event.hub_id, event=event, sender=person_at(event), receiver=person_at(event, "Jens"),
        asked_at=now, expires_at=now + timedelta(days=7), **values,
    )  # fmt: skip


def meeting_in(
    slot: Slot, *, now: datetime, table: Table | None = None, stand: Stand | None = None,
    state: MeetingState = MeetingState.PLANNED,
) -> Meeting:  # fmt: skip
    """A meeting of two new people in the slot."""
    event = slot.event
    request = request_between(event, now=now)
    meeting = Meeting.objects.create(
        hub_id=event.hub_id, event=event, request=request, slot=slot, table=table, stand=stand, state=state,
        changed_at=now,
    )  # fmt: skip
    for person in (request.sender, request.receiver):
        MeetingSide.objects.create(hub_id=event.hub_id, meeting=meeting, participant=person)
    return meeting


def clocks(event: Event) -> list[str]:
    """Starts of the grid's slots on the clock of the place."""
    return [f"{slot.starts_at.astimezone(event.zone):%H:%M}" for slot in event.slots.all()]


@pytest.fixture(name="viewer")
def viewer_fixture(hub: Hub) -> Viewer:
    return organiser_of(hub)


@pytest.fixture(name="event")
def event_fixture(viewer: Viewer) -> Event:
    return draft(viewer)


TEN, NOON, ONE = time(10), time(12), time(13)
