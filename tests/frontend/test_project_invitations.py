"""The mailed link of an invitation to a project: reading changes nothing, one answer without signing in, dead ends."""

import pytest
from django.test import Client

from hubs.models import Hub
from mailgate.links import sign
from matching.domain.projects.participants import withdraw_invitation
from matching.enums import Consent
from matching.models import Participant, Project
from profiles.models import Profile
from tests.factories import HubFactory, OrganisationFactory, ProfileFactory
from tests.frontend.conftest import body
from tests.matching.projects.tables import FIELDS, NOW, TODAY, found, seat, speaker


@pytest.fixture
def owner(hub: Hub) -> Profile:
    profile: Profile = ProfileFactory(name="Nordlys", slug="nordlys", contact_email="nord@example.test")
    return profile


@pytest.fixture
def project(owner: Profile) -> Project:
    return found(owner)


@pytest.fixture
def clinic(hub: Hub) -> Profile:
    profile: Profile = ProfileFactory(
        name="Natklinikken", slug="natklinikken", kind="clinician", contact_email="nat@example.test"
    )
    return profile


@pytest.fixture
def invited(project: Project, clinic: Profile) -> Participant:
    return seat(project, speaker(project.owner), clinic, "public", yes=None)


def link(participant: Participant) -> str:
    return f"/en/invitation/{sign('invitation', participant=str(participant.public_id))}/"


@pytest.mark.parametrize("method", ["get", "head"])
def test_reading_the_link_changes_nothing(client: Client, invited: Participant, method: str) -> None:
    response = getattr(client, method)(link(invited))

    assert response.status_code == 200
    assert Participant.objects.get(pk=invited.pk).consent == Consent.INVITED


def test_link_shows_what_is_asked_and_no_address(client: Client, invited: Participant) -> None:
    page = body(client, link(invited))

    assert "Nordlys invites you to a project" in page
    assert FIELDS.idea in page
    assert "@example.test" not in page


def test_link_answers_without_signing_in_and_only_once(client: Client, invited: Participant) -> None:
    address = link(invited)

    first = client.post(address, {"answer": "yes"})
    assert (first.status_code, first["Location"]) == (302, address)
    assert "You have said yes" in body(client, address)
    again = client.post(address, {"answer": "no"})

    assert again.status_code == 409
    assert "has said yes already" in again.content.decode()
    assert Participant.objects.get(pk=invited.pk).consent == Consent.YES


def test_answer_that_is_none_is_asked_for_again(client: Client, invited: Participant) -> None:
    response = client.post(link(invited), {"answer": "perhaps"})

    assert response.status_code == 422
    assert "Choose yes or no." in response.content.decode()


def test_link_of_an_invitation_taken_back_says_that_it_is_gone(client: Client, invited: Participant) -> None:
    address = link(invited)
    withdraw_invitation(invited, viewer=speaker(invited.project.owner), now=NOW)

    for response in (client.get(address), client.post(address, {"answer": "yes"})):
        assert response.status_code == 410
        assert "There is nothing to answer any more" in response.content.decode()


def test_forged_and_foreign_links_lead_nowhere(client: Client, invited: Participant) -> None:
    token = sign("invitation", participant=str(invited.public_id))
    other = sign("answer", participant=str(invited.public_id))

    for made_up in (token[:-2] + "xx", other, "x", "x" * 2000, "%F0%9F%99%82"):
        assert client.get(f"/en/invitation/{made_up}/").status_code == 404
        assert client.post(f"/en/invitation/{made_up}/", {"answer": "yes"}).status_code == 404
    assert Participant.objects.get(pk=invited.pk).consent == Consent.INVITED


def test_old_link_says_how_to_go_on(client: Client, invited: Participant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frontend.views.project_invitations.LINK_DAYS", -1)

    page = body(client, link(invited), 410)

    assert "The link is too old" in page
    assert "How to go on" in page


def test_link_to_another_hubs_room_finds_nothing(client: Client, hub: Hub) -> None:
    elsewhere = OrganisationFactory(hub=HubFactory(slug="nordhub", name="Nordhub"))
    foreign = found(ProfileFactory(organisation=elsewhere))

    assert client.get(link(foreign.participants.get())).status_code == 410


def test_link_of_an_ended_project_asks_nothing(client: Client, invited: Participant) -> None:
    Project.objects.update(state="blocked", ended_on=TODAY)

    assert "The project has ended" in body(client, link(invited))
    assert client.post(link(invited), {"answer": "yes"}).status_code == 409
