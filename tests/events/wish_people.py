"""A small event whose people offer and seek something, and an encoder that knows words."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from events.models import Event, EventStatement, Participant, Participation
from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from matching.serving import use_encoder
from tests.encoders import WordHashEncoder
from tests.factories import HubFactory, MembershipFactory, OrganisationFactory, ProfileFactory

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
STARTS = datetime(2027, 3, 18, 8, tzinfo=UTC)
NEED = "Vi søger afprøvning af vores sensor mod tryksår hos ældre borgere."
OFFER = "Vi tilbyder afprøvning af sensor mod tryksår på vores afdeling."


def make_event(hub: Hub | None = None, slug: str = "bazar", **values: Any) -> Event:
    told = {"name": "Medico Bazar", "starts_at": STARTS, "ends_at": STARTS + timedelta(hours=8)} | values
    return Event.objects.create(hub=hub or HubFactory(), slug=slug, **told)


def person(
    event: Event, name: str, *, need: str = "", offer: str = "", kind: str = "firm", profile: Any = None, **values: Any
) -> Participant:
    """Somebody who comes and takes meetings, for an organisation of its own unless a profile is given."""
    if profile is None:
        profile = ProfileFactory(
            hub=event.hub, organisation=OrganisationFactory(hub=event.hub, name=f"{name} ApS"), name=f"{name} ApS",
            kind=kind, languages=["da", "en"],
        )  # fmt: skip
    part, _new = Participation.objects.get_or_create(event=event, profile=profile, defaults={"hub": event.hub})
    for what, text in (("need", need), ("offer", offer)):
        if text:
            EventStatement.objects.create(hub=event.hub, participation=part, kind=what, text=text, language="da")
    told = {"meets": True, "email": f"{name.lower()}@firma.example", "code": name.upper()[:12]} | values
    return Participant.objects.create(hub=event.hub, event=event, participation=part, name=name, **told)


def two(event: Event) -> tuple[Participant, Participant]:
    """One who seeks what the other offers."""
    return person(event, "Asta", need=NEED), person(event, "Bo", offer=OFFER, kind="clinician")


def speaks_as(someone: Participant) -> Viewer:
    user = MembershipFactory(hub=someone.hub).user
    return Viewer(someone.hub_id, Role.MEMBER, user.pk, frozenset({someone.organisation_id}))


def organiser(event: Event) -> Viewer:
    member = MembershipFactory(hub=event.hub, role=Role.ORGANISER)
    return Viewer(event.hub_id, Role.ORGANISER, member.user_id)


@pytest.fixture(name="encoder")
def encoder_fixture() -> Iterator[WordHashEncoder]:
    made = WordHashEncoder()
    use_encoder(made)
    yield made
    use_encoder(None)


@pytest.fixture(name="event")
def event_fixture(hub: Hub, encoder: WordHashEncoder) -> Event:
    return make_event(hub)
