"""Who sits at a project's table, on its page: inviting, answering, leaving, taking back."""

import pytest
from django.test import Client

from hubs.models import Hub
from matching.enums import Consent
from matching.models import ContactRules, LoadPlace, Participant, Project
from profiles.models import Profile
from tests.factories import ProfileFactory
from tests.frontend.conftest import SCRIPT, body, speaks_for
from tests.matching.projects.tables import found, seat, speaker


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


def room(project: Project, path: str = "") -> str:
    return f"/en/projects/{project.public_id}/{path}"


def test_candidate_is_invited_once(client: Client, project: Project, owner: Profile, clinic: Profile) -> None:
    client = speaks_for(client, owner)
    for _time in range(2):
        answer = client.post(room(project, "invite/"), {"profile": "natklinikken", "part": "public"})
        assert (answer.status_code, answer["Location"]) == (302, room(project) + "#table")

    assert project.participants.filter(profile=clinic, consent=Consent.INVITED).count() == 1
    assert "Nobody has said yes for the public part." in body(client, room(project))


def test_full_month_is_told_in_the_room(client: Client, project: Project, owner: Profile, clinic: Profile) -> None:
    ContactRules.objects.create(hub=clinic.hub, profile=clinic, monthly_cap=0)

    response = speaks_for(client, owner).post(
        room(project, "invite/"), {"profile": "natklinikken", "part": "public"}, follow=True
    )

    assert "Natklinikken takes no more requests" in response.content.decode()
    assert (LoadPlace.objects.count(), project.participants.count()) == (0, 1)


@pytest.mark.parametrize("posted", [{"profile": "natklinikken", "part": "king"}, {"profile": "natklinikken"}])
def test_invitation_without_a_part_invites_nobody(
    client: Client, project: Project, owner: Profile, clinic: Profile, posted: dict[str, str]
) -> None:
    assert speaks_for(client, owner).post(room(project, "invite/"), posted).status_code == 302
    assert project.participants.count() == 1


def test_somebody_is_invited_by_name(client: Client, project: Project, owner: Profile, clinic: Profile) -> None:
    client = speaks_for(client, owner)

    unknown = client.post(room(project, "invite/by-name/"), {"name": SCRIPT, "part": "public"})
    assert unknown.status_code == 422
    assert "No profile that is open to you has that name." in unknown.content.decode()
    assert client.post(room(project, "invite/by-name/"), {"name": "natklin", "part": "public"}).status_code == 302
    assert project.participants.filter(profile=clinic).exists()


def test_name_of_several_names_them(client: Client, project: Project, owner: Profile) -> None:
    for number in (1, 2):
        ProfileFactory(name=f"Afdeling {number}")

    page = speaks_for(client, owner).post(room(project, "invite/by-name/"), {"name": "Afdeling", "part": "public"})

    assert "Afdeling 1; Afdeling 2" in page.content.decode()


def test_invited_person_answers_in_the_room(client: Client, project: Project, invited: Participant) -> None:
    address = room(project, f"table/{invited.public_id}/answer/")
    assert speaks_for(Client(), project.owner).post(address, {"answer": "yes"}).status_code == 403

    client = speaks_for(client, invited.profile)
    assert client.post(address, {"answer": "perhaps"}).status_code == 302
    assert Participant.objects.get(pk=invited.pk).consent == Consent.INVITED
    client.post(address, {"answer": "yes"})
    assert Participant.objects.get(pk=invited.pk).consent == Consent.YES
    assert client.get(address).status_code == 405


def test_participant_leaves(client: Client, project: Project, invited: Participant) -> None:
    Participant.objects.filter(pk=invited.pk).update(consent=Consent.YES)
    client = speaks_for(client, invited.profile)
    assert "Leave the project" in body(client, room(project))

    answer = client.post(room(project, f"table/{invited.public_id}/leave/"))

    assert (answer.status_code, answer["Location"]) == (302, "/en/projects/")
    assert client.get(room(project)).status_code == 404


def test_invitation_is_taken_back(client: Client, project: Project, owner: Profile, invited: Participant) -> None:
    address = room(project, f"table/{invited.public_id}/withdraw/")
    assert speaks_for(Client(), invited.profile).post(address).status_code == 403

    assert speaks_for(client, owner).post(address).status_code == 302
    assert not Participant.objects.filter(pk=invited.pk).exists()
