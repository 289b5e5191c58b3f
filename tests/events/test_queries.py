"""Reads of events stay in the viewer's hub."""

from datetime import UTC, datetime, timedelta

import pytest

from events.models import Event
from events.queries import coming_events, find_event
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import NotFound
from tests.factories import HubFactory

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
