"""Making events and signing profiles up: the hub's own profiles, each once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from events.domain.people.participation import create_event, register_profiles
from events.models import Event, Participation
from events.queries.days import participant_ids
from hubs.models import Hub
from kernel.errors import InvalidInput
from profiles.models import Profile
from tests.factories import HubFactory, ProfileFactory

START = datetime(2027, 3, 18, 8, tzinfo=UTC)
END = datetime(2027, 3, 18, 15, 30, tzinfo=UTC)


def make_event(hub: Hub, slug: str = "medico-bazar", name: str = "Medico Bazar") -> Event:
    return create_event(hub, slug=slug, name=name, place="Aarhus", starts_at=START, ends_at=END)


def foreign_profile() -> Profile:
    return ProfileFactory(organisation__hub=HubFactory(slug="nordbro"))


def test_event_is_stored(hub: Hub) -> None:
    make_event(hub)

    assert list(Event.objects.values_list("hub", "slug", "name", "place", "starts_at", "ends_at")) == [
        (hub.pk, "medico-bazar", "Medico Bazar", "Aarhus", START, END)
    ]


def test_event_of_that_slug_is_brought_up_to_date_and_keeps_its_participants(hub: Hub) -> None:
    event = make_event(hub)
    register_profiles(event, profiles=[ProfileFactory(hub=hub)])

    again = make_event(hub, name="Medico Bazar 2027")

    assert again == event
    assert list(Event.objects.values_list("name", flat=True)) == ["Medico Bazar 2027"]
    assert len(participant_ids(again)) == 1


def test_event_of_that_slug_in_another_hub_is_another_one(hub: Hub) -> None:
    make_event(HubFactory(slug="nordbro"), name="I nord")

    make_event(hub)

    assert sorted(Event.objects.values_list("name", flat=True)) == ["I nord", "Medico Bazar"]


@pytest.mark.parametrize("ends_at", [START, START - timedelta(seconds=1), START - timedelta(days=365)])
def test_event_that_ends_before_it_starts_is_refused(hub: Hub, ends_at: datetime) -> None:
    event = make_event(hub)

    with pytest.raises(InvalidInput) as refusal:
        create_event(hub, slug=event.slug, name="Nyt", place="", starts_at=START, ends_at=ends_at)

    event.refresh_from_db()
    assert refusal.value.details == {"field": "ends_at"}
    assert (event.name, event.ends_at) == ("Medico Bazar", END)


def test_profiles_are_signed_up_once(hub: Hub) -> None:
    event = make_event(hub)
    one, two, three = (ProfileFactory(hub=hub) for _ in range(3))

    counts = [
        register_profiles(event, profiles=[one, two]),
        register_profiles(event, profiles=[one, two]),
        register_profiles(event, profiles=[two, three, three]),
        register_profiles(event, profiles=[]),
    ]

    assert counts == [2, 0, 1, 0]
    assert participant_ids(event) == {one.pk, two.pk, three.pk}
    assert set(Participation.objects.values_list("hub", flat=True)) == {hub.pk}


def test_other_hubs_profiles_are_not_signed_up(hub: Hub) -> None:
    event = make_event(hub)
    ours, foreign = ProfileFactory(hub=hub), foreign_profile()

    count = register_profiles(event, profiles=[foreign, ours])

    assert count == 1
    assert participant_ids(event) == {ours.pk}


def test_participants_of_another_event_are_not_ours(hub: Hub) -> None:
    event, other = make_event(hub), make_event(hub, slug="temamoede")
    register_profiles(other, profiles=[ProfileFactory(hub=hub)])

    assert participant_ids(event) == frozenset()


def test_participation_goes_with_the_profile(hub: Hub) -> None:
    event = make_event(hub)
    leaving, staying = ProfileFactory(hub=hub), ProfileFactory(hub=hub)
    register_profiles(event, profiles=[leaving, staying])

    leaving.delete()

    assert participant_ids(event) == {staying.pk}


@pytest.mark.parametrize(
    ("spoil", "constraint"),
    [
        (lambda event: Event.objects.filter(pk=event.pk).update(ends_at=START), "event_ends_later"),
        (
            lambda event: Event.objects.create(hub=event.hub, slug=event.slug, name="To", starts_at=START, ends_at=END),
            None,
        ),
        (
            lambda event: Participation.objects.create(hub=event.hub, event=event, profile=event.participants.get()),
            None,
        ),
    ],
    ids=["ends when it starts", "slug twice", "takes part twice"],
)
def test_database_refuses(hub: Hub, spoil: Callable[[Event], object], constraint: str | None) -> None:
    event = make_event(hub)
    register_profiles(event, profiles=[ProfileFactory(hub=hub)])

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        spoil(event)

    assert (Event.objects.get().ends_at, Participation.objects.count()) == (END, 1)
