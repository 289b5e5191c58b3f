"""Who takes part: each profile once, in its own event only, for as long as it is there."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from events.models import Event, Participation
from events.queries.days import participant_ids
from hubs.models import Hub
from profiles.models import Profile
from tests.factories import ProfileFactory

START = datetime(2027, 3, 18, 8, tzinfo=UTC)
END = datetime(2027, 3, 18, 15, 30, tzinfo=UTC)


def make_event(hub: Hub, slug: str = "medico-bazar") -> Event:
    return Event.objects.create(hub=hub, slug=slug, name="Medico Bazar", starts_at=START, ends_at=END)


def takes_part(event: Event) -> Profile:
    profile: Profile = ProfileFactory(hub=event.hub)
    Participation.objects.create(hub=event.hub, event=event, profile=profile)
    return profile


def test_participants_of_another_event_are_not_ours(hub: Hub) -> None:
    event, other = make_event(hub), make_event(hub, slug="temamoede")
    takes_part(other)

    assert participant_ids(event) == frozenset()


def test_participation_goes_with_the_profile(hub: Hub) -> None:
    event = make_event(hub)
    leaving, staying = takes_part(event), takes_part(event)

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
    takes_part(event)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        spoil(event)

    assert (Event.objects.get().ends_at, Participation.objects.count()) == (END, 1)
