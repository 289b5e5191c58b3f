"""Exhibitors who wait for a stand, stands laid for them, and who has which, for tests of giving stands."""

import pytest

from events.domain.setup.stands import StandRows, lay_stands
from events.enums import PeopleKind
from events.models import Event, Stand
from hubs.policies import Viewer
from profiles.models import Profile, ProfileTheme, Term
from tests.events.setting_up import person_at
from tests.factories import ProfileFactory


def exhibitor(event: Event, name: str, *themes: Term, people: int = 1) -> Profile:
    """A profile of whom so many come, as exhibitors."""
    profile = ProfileFactory(hub=event.hub, name=name)
    for theme in themes:
        ProfileTheme.objects.create(hub=event.hub, profile=profile, theme=theme)
    for number in range(people):
        person_at(event, f"{name} {number}", profile)
    event.people.filter(participation__profile=profile).update(kind=PeopleKind.EXHIBITOR)
    return profile


@pytest.fixture(name="rows")
def rows_fixture(viewer: Viewer, event: Event) -> list[Stand]:
    """Twelve stands, 1 to 12; the event has version 2."""
    hall = event.halls.all()[0]
    return lay_stands(event, viewer=viewer, version=1, hall=hall, rows=StandRows(rows=1, each=12))


def holders(event: Event) -> dict[str, str]:
    """Who has which stand."""
    rows = event.stands.filter(profile__isnull=False).select_related("profile")
    return {stand.number: stand.profile.name for stand in rows if stand.profile}
