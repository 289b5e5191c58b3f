"""Founding, changing, moving, pausing and ending a project's room."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import DomainError, EditConflict, InvalidInput, NotAllowed
from kernel.models import AuditRecord
from matching.domain.projects.changing import ProjectEnded
from matching.domain.projects.gates import GateClosed, decide_gate
from matching.domain.projects.milestones import add_milestone, mark_milestone, remove_milestone
from matching.domain.projects.roles import set_parts
from matching.domain.projects.rooms import (
    end_project,
    move_stage,
    record_funding,
    resume_project,
    stall_project,
    update_project,
)
from matching.enums import Consent
from matching.models import Gate, Milestone, Project
from profiles.models import Profile
from tests.factories import HubFactory, OrganisationFactory, ProfileFactory
from tests.matching.projects.tables import FIELDS, NOW, TODAY, broker, found, seat, speaker

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def owner(hub: Hub) -> Profile:
    profile: Profile = ProfileFactory(name="Nordlys")
    return profile


@pytest.fixture
def viewer(owner: Profile) -> Viewer:
    return speaker(owner)


@pytest.fixture
def project(owner: Profile, viewer: Viewer) -> Project:
    return found(owner, viewer)


def test_founder_sits_at_its_own_table(project: Project, owner: Profile) -> None:
    (row,) = project.participants.all()

    assert (row.profile, row.part, row.consent, row.consent_at) == (owner, "firm", Consent.YES, NOW)
    assert [role.part for role in project.roles.all()] == ["firm", "knowledge", "public", "commercial"]
    assert AuditRecord.objects.filter(subject_type="project", subject_id=project.public_id).count() == 1


def test_form_sent_twice_founds_one_room(owner: Profile, viewer: Viewer) -> None:
    once = uuid4()

    first, second = found(owner, viewer, once=once), found(owner, viewer, once=once)

    assert first.pk == second.pk
    assert Project.objects.count() == 1


def test_mark_of_another_owners_room_founds_nothing(owner: Profile, project: Project) -> None:
    other = ProfileFactory(name="En anden")

    with pytest.raises(InvalidInput):
        found(other, once=project.public_id)
    assert Project.objects.count() == 1


def test_stranger_founds_no_room_for_others(owner: Profile) -> None:
    with pytest.raises(NotAllowed):
        found(owner, speaker(ProfileFactory(name="En anden")))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 161}, "name"),
        ({"idea": " \n "}, "idea"),
        ({"idea": "a\x00b"}, "idea"),
        ({"idea": "ord " * 2000}, "idea"),
        ({"language": "xx"}, "language"),
    ],
)
def test_fields_that_break_a_rule_are_named(owner: Profile, change: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        found(owner, fields=replace(FIELDS, **change))

    assert refused.value.details["field"] == field
    assert Project.objects.count() == 0


def test_unknown_part_is_refused(owner: Profile) -> None:
    with pytest.raises(InvalidInput):
        found(owner, parts=["queen"])


def test_change_keeps_what_somebody_else_saved(project: Project, viewer: Viewer) -> None:
    update_project(project, viewer=viewer, version=1, fields=replace(FIELDS, name="Nyt navn"))

    with pytest.raises(EditConflict):
        update_project(project, viewer=viewer, version=1, fields=replace(FIELDS, name="Andet navn"))
    assert Project.objects.get().name == "Nyt navn"


def test_participant_may_read_but_not_change(project: Project, viewer: Viewer) -> None:
    clinic = ProfileFactory(name="Klinik", kind="clinician")
    seat(project, viewer, clinic, "public")

    with pytest.raises(NotAllowed):
        update_project(project, viewer=speaker(clinic), version=1, fields=FIELDS)


def test_facilitator_of_another_hub_changes_nothing(project: Project) -> None:
    elsewhere = HubFactory(slug="nordhub", name="Nordhub")
    foreign = Viewer(elsewhere.pk, Role.HUB_ADMIN, 7, frozenset({project.organisation_id}))

    with pytest.raises(NotAllowed):
        stall_project(project, viewer=foreign, version=1)


def test_parts_are_set_anew(project: Project, viewer: Viewer) -> None:
    set_parts(project, viewer=viewer, version=1, wanted={"public": "En afdeling med natvagt", "funding": ""})

    assert {role.part: role.wanted for role in project.roles.all()} == {
        "public": "En afdeling med natvagt",
        "funding": "",
    }
    with pytest.raises(EditConflict):
        set_parts(project, viewer=viewer, version=1, wanted={})


def test_too_long_words_name_the_part_and_change_nothing(project: Project, viewer: Viewer) -> None:
    with pytest.raises(InvalidInput) as refused:
        set_parts(project, viewer=viewer, version=1, wanted={"public": "x" * 501})

    assert refused.value.details["field"] == "wanted_public"
    assert project.roles.count() == 4


def test_stage_behind_a_gate_waits_for_its_proof(project: Project, viewer: Viewer) -> None:
    moved = move_stage(project, viewer=viewer, version=1, stage="partner_search")
    with pytest.raises(GateClosed) as closed:
        move_stage(moved, viewer=viewer, version=2, stage="funding")
    assert closed.value.details["proof"] == "collaboration"

    decide_gate(project, viewer=viewer, proof="collaboration", passed=False, note="Ingen aftale endnu", today=TODAY)
    with pytest.raises(GateClosed):
        move_stage(moved, viewer=viewer, version=2, stage="funding")

    decide_gate(
        project, viewer=viewer, proof="collaboration", passed=True, note="Aftalen er skrevet under", today=TODAY
    )
    assert move_stage(moved, viewer=viewer, version=2, stage="funding").stage == "funding"
    assert Gate.objects.get().note == "Aftalen er skrevet under"


def test_no_gate_is_jumped_over(project: Project, viewer: Viewer) -> None:
    decide_gate(project, viewer=viewer, proof="market", passed=True, note="Et køb er aftalt", today=TODAY)

    with pytest.raises(GateClosed) as closed:
        move_stage(project, viewer=viewer, version=1, stage="commercialisation")
    assert closed.value.details["proof"] == "collaboration"


def test_going_back_needs_no_gate(project: Project, viewer: Viewer) -> None:
    Project.objects.update(stage="pilot")

    assert move_stage(project, viewer=viewer, version=1, stage="concept").stage == "concept"


def test_gate_needs_what_it_rests_on(project: Project, viewer: Viewer) -> None:
    with pytest.raises(InvalidInput) as refused:
        decide_gate(project, viewer=viewer, proof="value", passed=True, note="  ", today=TODAY)

    assert refused.value.details["field"] == "note"


def test_stalled_project_is_taken_up_again(project: Project, viewer: Viewer) -> None:
    stalled = stall_project(project, viewer=viewer, version=1)
    assert (stalled.state, stalled.ended_on) == ("stalled", None)

    assert resume_project(stalled, viewer=viewer, version=2).state == "running"


def test_stopping_with_learning_says_what_was_learnt(project: Project, viewer: Viewer) -> None:
    with pytest.raises(InvalidInput) as refused:
        end_project(project, viewer=viewer, version=1, state="stopped_with_learning", learned=" ...", today=TODAY)
    assert refused.value.details["field"] == "learned"

    ended = end_project(
        project,
        viewer=viewer,
        version=1,
        state="stopped_with_learning",
        learned="Risiko for fejlsynkning.",
        today=TODAY,
    )
    assert (ended.state, ended.ended_on, ended.learned) == (
        "stopped_with_learning",
        TODAY,
        "Risiko for fejlsynkning.",
    )


@pytest.mark.parametrize("state", ["running", "stalled", "", "nonsense"])
def test_project_ends_only_in_an_end(project: Project, viewer: Viewer, state: str) -> None:
    with pytest.raises(InvalidInput):
        end_project(project, viewer=viewer, version=1, state=state, today=TODAY)


def test_ended_project_is_only_read(project: Project, viewer: Viewer) -> None:
    ended = end_project(project, viewer=viewer, version=1, state="done", today=TODAY)

    for change in (
        lambda: update_project(ended, viewer=viewer, version=2, fields=FIELDS),
        lambda: stall_project(ended, viewer=viewer, version=2),
        lambda: end_project(ended, viewer=viewer, version=2, state="blocked", today=TODAY),
        lambda: decide_gate(ended, viewer=viewer, proof="value", passed=True, note="Test", today=TODAY),
    ):
        with pytest.raises(ProjectEnded):
            change()
    assert record_funding(ended, viewer=viewer, version=2, funding_dkk=500_000).funding_dkk == 500_000


@pytest.mark.parametrize("amount", [-1, 10**12 + 1])
def test_amounts_that_cannot_be_are_refused(project: Project, viewer: Viewer, amount: int) -> None:
    with pytest.raises(InvalidInput):
        record_funding(project, viewer=viewer, version=1, funding_dkk=amount)


def test_milestone_is_added_once_reached_reopened_and_removed(project: Project, viewer: Viewer) -> None:
    once, day = uuid4(), date(2026, 9, 1)
    add_milestone(project, viewer=viewer, title="Prototype", due_on=day, once=once, today=TODAY)
    milestone = add_milestone(project, viewer=viewer, title="Prototype", due_on=day, once=once, today=TODAY)
    assert Milestone.objects.count() == 1

    assert mark_milestone(milestone, viewer=viewer, done=True, today=TODAY).done_on == TODAY
    assert mark_milestone(milestone, viewer=viewer, done=True, today=date(2026, 5, 5)).done_on == TODAY
    assert mark_milestone(milestone, viewer=viewer, done=False, today=TODAY).done_on is None

    remove_milestone(milestone, viewer=viewer)
    remove_milestone(milestone, viewer=viewer)
    assert Milestone.objects.count() == 0


@pytest.mark.parametrize(
    ("title", "day"), [("", date(2026, 9, 1)), ("Salg", date(2226, 9, 1)), ("Salg", date(1026, 9, 1))]
)
def test_milestone_that_makes_no_sense_is_refused(project: Project, viewer: Viewer, title: str, day: date) -> None:
    with pytest.raises(InvalidInput):
        add_milestone(project, viewer=viewer, title=title, due_on=day, once=uuid4(), today=TODAY)


def test_facilitator_may_do_what_the_founder_may(project: Project, owner: Profile) -> None:
    assert stall_project(project, viewer=broker(owner), version=1).state == "stalled"


def test_member_without_a_place_changes_nothing(project: Project) -> None:
    other = speaker(ProfileFactory(name="En anden", organisation=OrganisationFactory(name="Andre")))

    with pytest.raises(DomainError) as refused:
        record_funding(project, viewer=other, version=1, funding_dkk=1)
    assert refused.value.code == "not_allowed"
