"""Pages of project rooms: who sees what, every change, hostile input, double posts, edit conflicts, the mailed link."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from hubs.enums import Role
from hubs.models import Hub
from mailgate.links import sign
from matching.enums import Consent
from matching.models import Milestone, Participant, Project, ShownList
from profiles.models import Profile
from tests.factories import HubFactory, OrganisationFactory, ProfileFactory, StatementFactory
from tests.frontend.conftest import SCRIPT, body, speaks_for, works_as
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


def room(project: Project, path: str = "") -> str:
    return f"/en/projects/{project.public_id}/{path}"


def link(participant: Participant) -> str:
    return f"/en/invitation/{sign('invitation', participant=str(participant.public_id))}/"


def founding(once: str | None = None, **change: object) -> dict[str, object]:
    return {
        "once": once or str(uuid4()), "owner": "nordlys", "name": FIELDS.name, "idea": FIELDS.idea, "language": "da",
        "own_part": "firm", "parts": ["firm", "public"], **change,
    }  # fmt: skip


# The list and founding


def test_list_teaches_the_first_step(client: Client, owner: Profile) -> None:
    page = body(speaks_for(client, owner), "/en/projects/")

    assert "No project yet" in page
    assert 'href="/en/projects/new/"' in page


def test_list_shows_what_waits_and_what_is_ones_own(client: Client, invited: Participant, clinic: Profile) -> None:
    page = body(speaks_for(client, clinic), "/en/projects/")

    assert "Nordlys invites you to “Færre fald”" in page
    assert "Founded by Nordlys" in page


def test_visitor_is_asked_to_sign_in(client: Client, project: Project) -> None:
    for address in ("/en/projects/", "/en/projects/new/", room(project), room(project, "end/"), "/en/shortlists/"):
        response = client.get(address)
        assert (response.status_code, response["Location"]) == (302, f"/en/account/login/?next={address}")


def test_room_is_founded_once_however_often_the_form_is_sent(client: Client, owner: Profile) -> None:
    client = speaks_for(client, owner)
    posted = founding()

    answers = [client.post("/en/projects/new/", posted) for _time in range(2)]

    project = Project.objects.get()
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, room(project))] * 2
    assert [role.part for role in project.roles.all()] == ["firm", "public"]


def test_room_begins_with_ones_own_text(client: Client, owner: Profile) -> None:
    statement = StatementFactory(profile=owner, kind="need", text="Vi søger en afdeling til afprøvning.")

    page = body(speaks_for(client, owner), f"/en/projects/new/?statement={statement.public_id}")

    assert page.count("Vi søger en afdeling til afprøvning.") == 2
    assert 'value="nordlys"' in page


def test_text_of_somebody_else_founds_nothing(client: Client, owner: Profile, clinic: Profile) -> None:
    statement = StatementFactory(profile=clinic)

    assert speaks_for(client, owner).get(f"/en/projects/new/?statement={statement.public_id}").status_code == 403


def test_refused_form_keeps_what_was_typed(client: Client, owner: Profile) -> None:
    response = speaks_for(client, owner).post("/en/projects/new/", founding(name="", idea=SCRIPT))

    page = response.content.decode()
    assert response.status_code == 422
    assert "Look at this once more" in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert Project.objects.count() == 0


@pytest.mark.parametrize(
    "change",
    [
        {"owner": "natklinikken"}, {"parts": ["king"]}, {"own_part": "x"}, {"once": "no"}, {"language": "xx"},
        {"idea": "x" * 20_000}, {"name": "a\x00b"},
    ],
)  # fmt: skip
def test_founding_refuses_what_nobody_can_choose(
    client: Client, owner: Profile, clinic: Profile, change: dict[str, object]
) -> None:
    assert speaks_for(client, owner).post("/en/projects/new/", founding(**change)).status_code == 422
    assert Project.objects.count() == 0


def test_facilitator_founds_for_a_profile_that_is_named(client: Client, hub: Hub, owner: Profile) -> None:
    client = works_as(client, hub, Role.FACILITATOR)

    assert "You speak for no profile yourself." in body(client, "/en/projects/new/")
    assert client.post("/en/projects/new/?for=nordlys", founding()).status_code == 302
    assert Project.objects.get().owner == owner


# The room


def test_room_says_what_is_missing(client: Client, project: Project, owner: Profile) -> None:
    page = body(speaks_for(client, owner), room(project))

    assert "The circle is not whole yet" in page
    assert "No commercial part at the table" in page
    assert "The search is being prepared." in page


def test_room_shows_candidates_and_logs_them(
    client: Client, project: Project, owner: Profile, clinic: Profile, build_index: Callable[[], object]
) -> None:
    StatementFactory(profile=clinic, text="Vi vil opdage fald om natten.")
    build_index()

    page = body(speaks_for(client, owner), room(project))

    assert page.count('class="bridge-card"') == 1
    assert "Færre fald seeks" in page
    assert '<input type="hidden" name="profile" value="natklinikken">' in page
    shown = ShownList.objects.get()
    assert (shown.seeker, [row.profile for row in shown.impressions.all()]) == (owner, [clinic])


def test_candidate_with_whom_one_is_in_contact_is_marked(
    client: Client, project: Project, owner: Profile, clinic: Profile, build_index: Callable[[], object]
) -> None:
    from matching.models import Introduction

    StatementFactory(profile=clinic, text="Vi vil opdage fald om natten.")
    build_index()
    Introduction.objects.create(hub=owner.hub, seeker=owner, receiver=clinic, state="sent", sent_at=NOW, expires_at=NOW)

    assert "You are in contact already" in body(speaks_for(client, owner), room(project))


def test_participant_reads_the_room_without_its_levers(
    client: Client, project: Project, invited: Participant, clinic: Profile
) -> None:
    client = speaks_for(client, clinic)

    page = body(client, room(project))

    assert "Yes, we take part" in page
    assert "nord@example.test" not in page
    for lever in ("edit/", "parts/", "end/", "invite/"):
        assert room(project, lever) not in page
        assert client.get(room(project, lever)).status_code in {403, 405}


def test_addresses_open_with_the_yes(client: Client, project: Project, invited: Participant, clinic: Profile) -> None:
    Participant.objects.filter(pk=invited.pk).update(consent=Consent.YES)

    assert "nord@example.test" in body(speaks_for(client, clinic), room(project))
    assert "nat@example.test" in body(speaks_for(Client(), project.owner), room(project))


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ORGANISER])
def test_room_is_closed_to_all_others(client: Client, project: Project, role: Role) -> None:
    page = body(works_as(client, project.hub, role), room(project), 404)

    assert FIELDS.name not in page


def test_room_of_another_hub_is_not_found(client: Client, hub: Hub) -> None:
    elsewhere = OrganisationFactory(hub=HubFactory(slug="nordhub", name="Nordhub"))
    foreign = found(ProfileFactory(organisation=elsewhere, name="Fremmed"))

    client = works_as(client, hub, Role.HUB_ADMIN)
    assert client.get(room(foreign)).status_code == 404
    assert client.post(room(foreign, "pause/"), {"state": "stalled", "version": 1}).status_code == 404
    assert client.get("/en/projects/").content.decode().count(FIELDS.name) == 0


def test_words_of_a_room_are_escaped(client: Client, owner: Profile, project: Project) -> None:
    Project.objects.update(name=SCRIPT[:100], idea=SCRIPT, learned=SCRIPT, state="done", ended_on=TODAY)
    Milestone.objects.create(hub=owner.hub, project=project, title=SCRIPT, due_on=TODAY)
    project.roles.update(wanted=SCRIPT)

    for address in (room(project), "/en/projects/"):
        page = body(speaks_for(client, owner), address)
        assert "<script>alert" not in page
        assert "<img" not in page


def test_room_asks_the_database_no_more_for_more_people(
    client: Client, project: Project, owner: Profile, django_assert_num_queries: Callable[..., object]
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = speaks_for(client, owner)
    client.get(room(project))
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(room(project))
    for number in range(4):
        seat(project, speaker(owner), ProfileFactory(name=f"Ny {number}", kind="researcher"), "knowledge")
    with CaptureQueriesContext(connection) as many:
        client.get(room(project))

    assert len(many) == len(one)


# Changing


def test_change_against_an_older_version_shows_both(client: Client, project: Project, owner: Profile) -> None:
    Project.objects.update(name="Det nye navn", version=2)

    response = speaks_for(client, owner).post(
        room(project, "edit/"), {"version": 1, "name": "Mit navn", "idea": FIELDS.idea, "language": "da"}
    )

    page = response.content.decode()
    assert response.status_code == 409
    assert "Det nye navn" in page
    assert 'name="version" value="2"' in page
    assert Project.objects.get().name == "Det nye navn"


def test_parts_are_changed(client: Client, project: Project, owner: Profile) -> None:
    client = speaks_for(client, owner)

    answer = client.post(
        room(project, "parts/"), {"version": 1, "parts": ["public"], "wanted_public": "En afdeling med natvagt"}
    )

    assert (answer.status_code, answer["Location"]) == (302, room(project))
    assert "En afdeling med natvagt" in body(client, room(project))
    assert client.post(room(project, "parts/"), {"version": 1, "parts": []}).status_code == 409


def test_gate_stands_before_the_stage(client: Client, project: Project, owner: Profile) -> None:
    client = speaks_for(client, owner)

    closed = client.post(room(project, "stage/"), {"version": 1, "stage": "funding"})
    assert closed.status_code == 409
    assert "Proof of collaboration" in closed.content.decode()

    client.post(room(project, "gates/collaboration/"), {"passed": "yes", "note": "Aftalen er skrevet under"})
    assert client.post(room(project, "stage/"), {"version": 1, "stage": "funding"}).status_code == 302
    assert "Aftalen er skrevet under" in body(client, room(project))
    assert client.get(room(project, "gates/nonsense/")).status_code == 404


def test_milestone_is_added_once_and_reached(client: Client, project: Project, owner: Profile) -> None:
    client = speaks_for(client, owner)
    posted = {"once": str(uuid4()), "title": "Prototype i drift", "due_on": "2026-09-01"}
    for _time in range(2):
        assert client.post(room(project, "milestones/new/"), posted).status_code == 302
    milestone = Milestone.objects.get()

    address = room(project, f"milestones/{milestone.public_id}/")
    client.post(address, {"do": "done"})
    assert "Not reached after all" in body(client, room(project))
    client.post(address, {"do": "remove"})
    assert Milestone.objects.count() == 0
    assert client.post(address, {"do": "done"}).status_code == 404
    assert client.get(address).status_code == 405


@pytest.mark.parametrize("amount", ["", "-1", "mange", "1e9", str(10**13)])
def test_amount_that_is_none_is_refused(client: Client, project: Project, owner: Profile, amount: str) -> None:
    response = speaks_for(client, owner).post(room(project, "funding/"), {"version": 1, "funding_dkk": amount})

    assert response.status_code == 422
    assert Project.objects.get().funding_dkk == 0


def test_stopping_with_learning_is_told_as_a_success(client: Client, project: Project, owner: Profile) -> None:
    client = speaks_for(client, owner)
    refused = client.post(room(project, "end/"), {"version": 1, "state": "stopped_with_learning", "learned": ""})
    assert refused.status_code == 422
    assert "Write what you learnt" in refused.content.decode()

    client.post(
        room(project, "end/"), {"version": 1, "state": "stopped_with_learning", "learned": "Risiko for fejlsynk"}
    )

    page = body(client, room(project))
    assert "Stopped with learning: a good end" in page
    assert "notice--success" in page
    assert "Risiko for fejlsynk" in page
    assert room(project, "end/") not in page


def test_stalled_project_is_taken_up_again(client: Client, project: Project, owner: Profile) -> None:
    client = speaks_for(client, owner)
    client.post(room(project, "pause/"), {"state": "stalled", "version": 1})
    assert "Take it up again" in body(client, room(project))

    client.post(room(project, "pause/"), {"state": "running", "version": 1})
    assert Project.objects.get().state == "stalled"
    client.post(room(project, "pause/"), {"state": "running", "version": 2})
    assert Project.objects.get().state == "running"


def test_every_change_needs_the_forms_mark(project: Project, owner: Profile, invited: Participant) -> None:
    strict = speaks_for(Client(enforce_csrf_checks=True), owner)

    for address in (
        "/en/projects/new/", room(project, "end/"), room(project, "invite/"), room(project, "pause/"), link(invited),
        room(project, f"table/{invited.public_id}/withdraw/"),
    ):  # fmt: skip
        assert strict.post(address, {"answer": "yes", "state": "stalled", "version": 1}).status_code == 403
    assert Participant.objects.get(pk=invited.pk).consent == Consent.INVITED


def test_list_shown_to_a_facilitator_is_logged_as_one_of_the_facilitators(
    client: Client, project: Project, owner: Profile, clinic: Profile, build_index: Callable[[], object]
) -> None:
    StatementFactory(profile=clinic, text="Vi vil opdage fald om natten.")
    build_index()

    body(works_as(client, project.hub, Role.FACILITATOR), room(project))
    body(speaks_for(Client(), owner), room(project))

    shown = ShownList.objects.order_by("id").values_list("channel", flat=True)
    assert list(shown) == ["facilitator", "web"]
