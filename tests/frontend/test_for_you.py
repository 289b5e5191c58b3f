"""Recommendations: for one's own profile, for any profile by facilitators, for nobody else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from events.models import Event, Participation
from hubs.enums import Role
from hubs.models import Hub
from matching.enums import Purpose
from profiles.models import Profile
from tests.factories import (
    AffiliationFactory,
    HubFactory,
    MembershipFactory,
    OrganisationFactory,
    ProfileFactory,
    StatementFactory,
)
from tests.frontend.conftest import SCRIPT, speaks_for, works_as

ADDRESS = "/en/for-you/nordlys/"


@pytest.fixture
def profile(hub: Hub, build_index: Callable[[], object]) -> Profile:
    """A firm that seeks a test; a clinic and a research group that offer one."""
    profile: Profile = ProfileFactory(name="Nordlys", slug="nordlys")
    StatementFactory(profile=profile, kind="need", text="Vi søger afprøvning af vores sensor.")
    add("Sårklinikken", "clinician", "Vi tilbyder afprøvning af sensor.")
    add("Sensorgruppen", "researcher", "Vi tilbyder afprøvning af sensor i laboratoriet.")
    build_index()
    return profile


def add(name: str, kind: str, text: str) -> Profile:
    other: Profile = ProfileFactory(name=name, kind=kind)
    StatementFactory(profile=other, text=text)
    return other


def names_in(group: object) -> list[str]:
    return [match.profile.name for match in group.matches]  # type: ignore[attr-defined]


def test_visitor_is_asked_to_sign_in(client: Client, profile: Profile) -> None:
    for address in ("/en/for-you/", ADDRESS):
        response = client.get(address)
        assert (response.status_code, response["Location"]) == (302, f"/en/account/login/?next={address}")


def test_own_profile_is_opened(client: Client, profile: Profile) -> None:
    response = speaks_for(client, profile).get("/en/for-you/")

    assert (response.status_code, response["Location"]) == (302, ADDRESS)


def test_opi_light_shows_departments_with_the_pair_of_texts(client: Client, profile: Profile) -> None:
    response = speaks_for(client, profile).get(ADDRESS)

    page = response.content.decode()
    (group,) = response.context["groups"]
    assert names_in(group) == ["Sårklinikken"]
    assert "Vi søger <mark>afprøvning</mark>" in page
    assert "They offer" in page
    assert 'href="?purpose=opi_light" aria-current="page"' in page


def test_project_groups_candidates_by_the_part_that_is_missing(client: Client, profile: Profile) -> None:
    response = speaks_for(client, profile).get(ADDRESS, {"purpose": "project"})

    page = response.content.decode()
    groups = response.context["groups"]
    assert {group.anchor: names_in(group) for group in groups} == {
        "part-knowledge": ["Sensorgruppen"],
        "part-public": ["Sårklinikken"],
    }
    assert 'href="#part-knowledge"' in page
    assert 'id="part-knowledge"' in page


def test_missing_part_without_candidates_says_whom_to_ask(
    client: Client, hub: Hub, build_index: Callable[[], object]
) -> None:
    profile = ProfileFactory(name="Alene", slug="alene")
    StatementFactory(profile=profile, kind="need", text="Vi søger afprøvning.")
    build_index()

    page = speaks_for(client, profile).get("/en/for-you/alene/?purpose=project").content.decode()

    assert page.count("Nobody in the hub fits this part yet.") == 2


def test_event_recommends_only_among_those_who_take_part(client: Client, profile: Profile) -> None:
    now = timezone.now()
    event = Event.objects.create(
        hub=profile.hub, slug="bazar", name="Medico Bazar", place="Aarhus",
        starts_at=now + timedelta(days=9), ends_at=now + timedelta(days=10),
    )  # fmt: skip
    group = Profile.objects.get(name="Sensorgruppen")
    Participation.objects.create(hub=profile.hub, event=event, profile=group)

    response = speaks_for(client, profile).get(ADDRESS, {"purpose": "event"})

    (found,) = response.context["groups"]
    assert names_in(found) == ["Sensorgruppen"]
    assert "Medico Bazar" in response.content.decode()


def test_without_an_event_the_page_says_so(client: Client, profile: Profile) -> None:
    response = speaks_for(client, profile).get(ADDRESS, {"purpose": "event"})

    assert response.context["groups"] == ()
    assert "No event is planned" in response.content.decode()


def test_participants_stay_closed_to_people_without_membership(client: Client, profile: Profile) -> None:
    now = timezone.now()
    Event.objects.create(
        hub=profile.hub, slug="bazar", name="Medico Bazar", starts_at=now, ends_at=now + timedelta(days=1)
    )
    person = AffiliationFactory(organisation=profile.organisation).user
    client.force_login(person)

    response = client.get(ADDRESS, {"purpose": "event"})

    assert response.context["event"] is None
    assert "Medico Bazar" not in response.content.decode()


@pytest.mark.parametrize("purpose", ["", "nonsense", SCRIPT])
def test_unknown_purpose_means_opi_light(client: Client, profile: Profile, purpose: str) -> None:
    response = speaks_for(client, profile).get(ADDRESS, {"purpose": purpose})

    assert response.context["purpose"] == "opi_light"


@pytest.mark.parametrize("purpose", Purpose.values)
def test_every_purpose_has_a_page_that_says_what_it_is_for(client: Client, profile: Profile, purpose: str) -> None:
    response = speaks_for(client, profile).get(ADDRESS, {"purpose": purpose})

    assert response.status_code == 200
    assert response.context["purpose"] == purpose
    assert len(response.context["purpose_lead"]) > 40


def test_facilitator_opens_any_profile_and_reads_its_name(client: Client, profile: Profile) -> None:
    response = works_as(client, profile.hub, Role.FACILITATOR).get(ADDRESS)

    page = response.content.decode()
    assert "Who fits Nordlys" in page
    assert "Nordlys seeks" in page
    assert "You seek" not in page


def test_other_member_may_not_read_recommendations(client: Client, profile: Profile) -> None:
    response = speaks_for(client, ProfileFactory(name="En anden")).get(ADDRESS)

    page = response.content.decode()
    assert response.status_code == 403
    assert "Sårklinikken" not in page
    assert "This page is not open to you" in page


def test_profile_of_another_hub_is_not_found(client: Client, hub: Hub) -> None:
    elsewhere = OrganisationFactory(hub=HubFactory(slug="nordhub", name="Nordhub"))
    ProfileFactory(organisation=elsewhere, name="Fremmed", slug="fremmed")

    assert works_as(client, hub, Role.FACILITATOR).get("/en/for-you/fremmed/").status_code == 404


def test_member_without_profile_learns_how_to_start(client: Client, hub: Hub) -> None:
    client.force_login(MembershipFactory(hub=hub).user)

    page = client.get("/en/for-you/").content.decode()

    assert 'href="/en/start/"' in page


def test_facilitator_without_profile_learns_where_to_look(client: Client, hub: Hub) -> None:
    page = works_as(client, hub, Role.FACILITATOR).get("/en/for-you/").content.decode()

    assert "See who fits" in page
    assert 'href="/en/start/"' not in page


def test_person_with_two_profiles_can_choose(client: Client, profile: Profile) -> None:
    other = ProfileFactory(name="Sydlys", slug="sydlys", organisation=profile.organisation)

    page = speaks_for(client, profile).get(ADDRESS).content.decode()

    assert f'href="/en/for-you/{other.slug}/?purpose=opi_light"' in page


def test_recommendations_only_read(client: Client, profile: Profile) -> None:
    assert speaks_for(client, profile).post(ADDRESS).status_code == 405
