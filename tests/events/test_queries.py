"""Reads of events stay in the viewer's hub."""

from datetime import UTC, datetime, timedelta

import pytest

from events.domain.people.participation import register_profiles
from events.models import Event
from events.queries.days import among_whom, coming_events, find_event
from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotAllowed, NotFound
from tests.factories import HubFactory, ProfileFactory

NOW = datetime(2027, 3, 18, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def events(hub: Hub) -> Hub:
    other = HubFactory(slug="nordbro")
    rows = [
        (hub, "later", NOW + 5 * HOUR, NOW + 6 * HOUR),
        (hub, "going-on", NOW - HOUR, NOW + HOUR),
        (hub, "ends-now", NOW - 2 * HOUR, NOW),
        (hub, "over", NOW - 2 * HOUR, NOW - timedelta(seconds=1)),
        (other, "in-the-north", NOW + HOUR, NOW + 2 * HOUR),
    ]
    for each, slug, starts_at, ends_at in rows:
        Event.objects.create(hub=each, slug=slug, name=slug, starts_at=starts_at, ends_at=ends_at)
    return hub


def test_coming_events_are_the_hubs_own_that_have_not_ended(events: Hub) -> None:
    coming = coming_events(Viewer(events.pk), now=NOW)

    assert [event.slug for event in coming] == ["ends-now", "going-on", "later"]


def test_event_is_found_by_its_slug(events: Hub) -> None:
    assert find_event(events.pk, "over").name == "over"


@pytest.mark.parametrize("slug", ["in-the-north", "no-such-event", "", "OVER"])
def test_other_hubs_event_and_missing_event_look_alike(events: Hub, slug: str) -> None:
    with pytest.raises(NotFound) as refusal:
        find_event(events.pk, slug)

    assert (refusal.value.code, refusal.value.details) == ("not_found", {})


def test_event_purpose_names_only_those_who_take_part(events: Hub) -> None:
    inside, _outside = ProfileFactory(), ProfileFactory()
    register_profiles(find_event(events.pk, "later"), profiles=[inside])

    found = among_whom(Viewer(events.pk, Role.MEMBER, 1), purpose="event", slug="later")

    assert found == {inside.pk}


def test_other_purposes_name_everybody(events: Hub) -> None:
    assert among_whom(Viewer(events.pk), purpose="opi_light", slug="") is None


@pytest.mark.parametrize(
    ("purpose", "slug", "role", "refusal"),
    [
        ("event", "", Role.MEMBER, InvalidInput),
        ("project", "later", Role.MEMBER, InvalidInput),
        ("event", "later", Role.VISITOR, NotAllowed),
        ("event", "in-the-north", Role.HUB_ADMIN, NotFound),
    ],
)
def test_event_that_is_missing_foreign_or_closed_is_refused(
    events: Hub, purpose: str, slug: str, role: Role, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        among_whom(Viewer(events.pk, role, 1), purpose=purpose, slug=slug)
