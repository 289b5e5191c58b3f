"""Somebody taken in by hand comes for the profile that the organiser's words name; no other profile is loaded."""

import pytest
from django.db.models.signals import post_init

from events.domain.people.organising_people import add_person
from events.models import Event
from hubs.models import Hub
from profiles.models import Profile
from tests.events.arrivals import NOW, open_event, organiser, written
from tests.factories import HubFactory, OrganisationFactory, ProfileFactory


@pytest.fixture
def event(hub: Hub) -> Event:
    return open_event(hub)


def profile(hub: Hub, name: str, organisation: str, **fields: str) -> Profile:
    return ProfileFactory(hub=hub, organisation=OrganisationFactory(hub=hub, name=organisation), name=name, **fields)


def added(event: Event, organisation: str) -> Profile:
    """The profile for which somebody comes whom the organiser takes in by hand."""
    person = add_person(
        event, organisation=organisation, fields=written(), open_slots=None, stand=None,
        viewer=organiser(event.hub), now=NOW,
    )  # fmt: skip
    return person.participation.profile


@pytest.mark.parametrize("said", ["Ærø Sundhed", "ærø  SUNDHED", "ÆRØ sundhed ApS"])
def test_capitals_and_spaces_do_not_matter_and_only_that_profile_is_loaded(event: Event, said: str) -> None:
    profile(HubFactory(slug="nordbro"), "Ærø Sundhed", "Ærø Sundhed ApS")
    for number in range(3):
        profile(event.hub, f"Andre {number}", f"Andre {number} ApS")
    firm = profile(event.hub, "Ærø Sundhed", "Ærø Sundhed ApS")
    loaded: set[int | None] = set()

    def note(instance: Profile, **_told: object) -> None:
        loaded.add(instance.pk)

    post_init.connect(note, sender=Profile)
    try:
        found = added(event, said)
    finally:
        post_init.disconnect(note, sender=Profile)

    assert (found, loaded) == (firm, {firm.pk})


def test_own_name_comes_before_that_of_an_organisation_and_the_oldest_before_others(event: Event) -> None:
    profile(event.hub, "Afdelingen", "Lund")
    oldest = profile(event.hub, "Lund", "Lund ApS")
    profile(event.hub, "LUND", "Lund Holding", slug="lund-2")

    assert added(event, "lund") == oldest


def test_name_that_nobody_has_becomes_a_profile(event: Event) -> None:
    profile(event.hub, "Lund", "Lund ApS")

    assert added(event, "Lundby").name == "Lundby"
