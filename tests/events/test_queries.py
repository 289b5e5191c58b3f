"""Reads of events stay in the viewer's hub."""

from datetime import UTC, datetime, timedelta

import pytest

from events.enums import ActivityLevel, EventState, ParticipantState
from events.models import Event, Participation
from events.queries.days import among_whom, coming_events, find_event, participant_ids
from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotAllowed, NotFound
from tests.events.wish_people import make_event, person
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
    Participation.objects.create(hub=events, event=find_event(events.pk, "later"), profile=inside)

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


@pytest.mark.parametrize("state", [EventState.DRAFT, EventState.CANCELLED])
def test_drafts_and_events_called_off_are_no_coming_events(events: Hub, state: EventState) -> None:
    Event.objects.filter(slug="later").update(state=state)
    member = Viewer(events.pk, Role.MEMBER, 1)

    assert [event.slug for event in coming_events(member, now=NOW)] == ["ends-now", "going-on"]
    with pytest.raises(NotFound):
        among_whom(member, purpose="event", slug="later")


@pytest.mark.parametrize(("state", "opens"), [(EventState.DRAFT, True), (EventState.CANCELLED, False)])
def test_organiser_tries_recommendations_of_a_draft(events: Hub, state: EventState, opens: bool) -> None:
    Event.objects.filter(slug="later").update(state=state)
    organiser = Viewer(events.pk, Role.ORGANISER, 1)

    if opens:
        assert among_whom(organiser, purpose="event", slug="later") == frozenset()
        return
    with pytest.raises(NotFound):
        among_whom(organiser, purpose="event", slug="later")


def test_closer_levels_are_no_coming_events_of_visitors(events: Hub) -> None:
    Event.objects.filter(slug="later").update(level=ActivityLevel.CO_CREATION)

    assert [event.slug for event in coming_events(Viewer(events.pk), now=NOW)] == ["ends-now", "going-on"]
    member = Viewer(events.pk, Role.MEMBER, 1)
    assert [event.slug for event in coming_events(member, now=NOW)] == ["ends-now", "going-on", "later"]


def test_profile_whose_people_have_all_cancelled_takes_no_part(hub: Hub) -> None:
    event = make_event(hub)
    gone = person(event, "Asta", state=ParticipantState.CANCELLED)
    waiting = person(event, "Bo", state=ParticipantState.WAITING)
    person(event, "Bodil", profile=waiting.participation.profile, state=ParticipantState.CANCELLED)

    assert participant_ids(event) == {waiting.participation.profile_id}
    assert gone.participation.profile_id not in participant_ids(event)
