"""Inviting, consenting, leaving; caps, mails and “new to each other”."""

from datetime import timedelta

import pytest

from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotAllowed, NotFound
from mailgate.enums import MailState
from mailgate.models import OutgoingMail
from matching.domain.introductions.capacity import full_profiles
from matching.domain.introductions.errors import CapReached, TooManyOpen
from matching.domain.projects.changing import ProjectEnded
from matching.domain.projects.participants import (
    InvitationAnswered,
    ReadFirst,
    answer_invitation,
    change_part,
    invite,
    leave_project,
    withdraw_invitation,
)
from matching.domain.projects.rooms import end_project
from matching.enums import Consent, IntroductionState
from matching.models import ContactRules, HubRules, Introduction, LoadPlace, Participant, Project
from matching.queries.projects import invitations_of, novelty_counts, visible_projects
from profiles.models import Profile
from tests.factories import AffiliationFactory, HubFactory, OrganisationFactory, ProfileFactory, UserFactory
from tests.matching.projects.tables import NOW, TODAY, broker, found, seat, speaker

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


@pytest.fixture
def clinic(hub: Hub) -> Profile:
    profile: Profile = ProfileFactory(name="Sårklinikken", kind="clinician", contact_email="klinik@example.test")
    return profile


def test_invitation_is_mailed_once_however_often_it_is_sent(project: Project, viewer: Viewer, clinic: Profile) -> None:
    first = invite(project, viewer=viewer, profile=clinic, part="public", now=NOW)
    second = invite(project, viewer=viewer, profile=clinic, part="knowledge", now=NOW + timedelta(hours=1))

    assert (first.pk, second.part, second.consent) == (second.pk, "public", Consent.INVITED)
    (mail,) = OutgoingMail.objects.all()
    assert (mail.kind, mail.address, mail.context) == (
        "project_invitation",
        "klinik@example.test",
        {"participant": str(first.public_id)},
    )


def test_each_of_an_organisations_people_is_mailed_in_their_language(
    project: Project, viewer: Viewer, clinic: Profile
) -> None:
    for email, language in (("a@example.test", "da"), ("b@example.test", "en")):
        AffiliationFactory(organisation=clinic.organisation, user=UserFactory(email=email, language=language))

    invite(project, viewer=viewer, profile=clinic, part="public", now=NOW)

    told = set(OutgoingMail.objects.values_list("address", "language"))
    assert told == {("a@example.test", "da"), ("b@example.test", "en")}


def test_yes_is_told_to_the_founder_and_stays(
    project: Project, viewer: Viewer, owner: Profile, clinic: Profile
) -> None:
    row = seat(project, viewer, clinic, "public", yes=None)

    answered = answer_invitation(row, yes=True, actor_id=None, now=NOW)
    again = answer_invitation(row, yes=True, actor_id=None, now=NOW + timedelta(days=1))

    assert (answered.consent, again.consent_at) == (Consent.YES, NOW)
    assert OutgoingMail.objects.filter(kind="project_answered").count() == 1
    with pytest.raises(InvitationAnswered) as refused:
        answer_invitation(row, yes=False, actor_id=None, now=NOW)
    assert refused.value.details["consent"] == "yes"
    assert Participant.objects.get(pk=row.pk).consent == Consent.YES


def test_no_is_not_asked_again_but_by_a_facilitator(
    project: Project, viewer: Viewer, owner: Profile, clinic: Profile
) -> None:
    row = seat(project, viewer, clinic, "public", yes=False)

    with pytest.raises(InvalidInput):
        invite(project, viewer=viewer, profile=clinic, part="public", now=NOW)
    assert Participant.objects.get(pk=row.pk).consent == Consent.NO

    invite(project, viewer=broker(owner), profile=clinic, part="public", now=NOW + timedelta(days=40))
    assert Participant.objects.get(pk=row.pk).consent == Consent.INVITED
    assert OutgoingMail.objects.filter(kind="project_invitation").count() == 2


def test_no_place_left_this_month_leaves_nothing_behind(project: Project, viewer: Viewer, clinic: Profile) -> None:
    ContactRules.objects.create(hub=clinic.hub, profile=clinic, monthly_cap=1)
    other = found(ProfileFactory(name="Sydlys"))
    seat(other, speaker(other.owner), clinic, "public", yes=None)

    with pytest.raises(CapReached):
        invite(project, viewer=viewer, profile=clinic, part="public", now=NOW)

    assert not Participant.objects.filter(project=project, profile=clinic).exists()
    assert OutgoingMail.objects.count() == 1
    assert LoadPlace.objects.count() == 1


def test_invitation_taken_back_before_it_was_mailed_frees_the_place(
    project: Project, viewer: Viewer, clinic: Profile
) -> None:
    ContactRules.objects.create(hub=clinic.hub, profile=clinic, monthly_cap=1)
    row = seat(project, viewer, clinic, "public", yes=None)

    withdraw_invitation(row, viewer=viewer, now=NOW)

    assert full_profiles(clinic.hub_id, today=TODAY) == frozenset()
    with pytest.raises(NotFound):
        answer_invitation(row, yes=True, actor_id=None, now=NOW)


def test_invitation_taken_back_after_the_mail_has_cost_their_time(
    project: Project, viewer: Viewer, clinic: Profile
) -> None:
    ContactRules.objects.create(hub=clinic.hub, profile=clinic, monthly_cap=1)
    row = seat(project, viewer, clinic, "public", yes=None)
    OutgoingMail.objects.update(state=MailState.SENT)

    withdraw_invitation(row, viewer=viewer, now=NOW)

    assert full_profiles(clinic.hub_id, today=TODAY) == {clinic.pk}


def test_answered_invitation_is_not_taken_back(project: Project, viewer: Viewer, clinic: Profile) -> None:
    row = seat(project, viewer, clinic, "public")

    with pytest.raises(InvitationAnswered):
        withdraw_invitation(row, viewer=viewer, now=NOW)


@pytest.mark.parametrize("change", [{"is_paused": True}, {"visibility": "hub"}])
def test_paused_or_hidden_profile_is_not_invited(
    project: Project, viewer: Viewer, clinic: Profile, change: dict[str, object]
) -> None:
    Profile.objects.filter(pk=clinic.pk).update(**change)
    clinic.refresh_from_db()

    with pytest.raises((InvalidInput, NotAllowed)):
        invite(project, viewer=viewer, profile=clinic, part="public", now=NOW)
    assert OutgoingMail.objects.count() == 0


def test_profile_of_another_hub_is_not_invited(project: Project, viewer: Viewer) -> None:
    elsewhere = OrganisationFactory(hub=HubFactory(slug="nordhub", name="Nordhub"))
    foreign = ProfileFactory(organisation=elsewhere)

    with pytest.raises(NotAllowed):
        invite(project, viewer=viewer, profile=foreign, part="public", now=NOW)


def test_answer_after_the_end_is_refused(project: Project, viewer: Viewer, clinic: Profile) -> None:
    row = seat(project, viewer, clinic, "public", yes=None)
    end_project(project, viewer=viewer, version=1, state="blocked", today=TODAY)

    with pytest.raises(ProjectEnded):
        answer_invitation(row, yes=True, actor_id=None, now=NOW)


def test_leaving_is_ones_own_and_the_founder_stays(
    project: Project, viewer: Viewer, owner: Profile, clinic: Profile
) -> None:
    row = seat(project, viewer, clinic, "public")

    with pytest.raises(NotAllowed):
        leave_project(row, viewer=viewer, now=NOW)
    assert leave_project(row, viewer=speaker(clinic), now=NOW).consent == Consent.LEFT
    with pytest.raises(InvalidInput):
        leave_project(project.participants.get(profile=owner), viewer=viewer, now=NOW)


def test_part_can_be_changed_by_the_founder(project: Project, viewer: Viewer, clinic: Profile) -> None:
    row = seat(project, viewer, clinic, "public")

    assert change_part(row, viewer=viewer, part="knowledge").part == "knowledge"
    with pytest.raises(InvalidInput):
        change_part(row, viewer=viewer, part="king")
    with pytest.raises(NotAllowed):
        change_part(row, viewer=speaker(clinic), part="public")


def test_new_to_each_other_is_told_from_what_was_before(
    project: Project, viewer: Viewer, owner: Profile, clinic: Profile
) -> None:
    known = ProfileFactory(name="Kendt", kind="researcher")
    before = project.created_at - timedelta(days=30)
    Introduction.objects.create(
        hub=owner.hub, seeker=owner, receiver=known, state=IntroductionState.ACCEPTED,
        seeker_consented_at=before, receiver_consented_at=before, answered_at=before,
    )  # fmt: skip

    assert seat(project, viewer, clinic, "public").new_to_owner is True
    assert seat(project, viewer, known, "knowledge").new_to_owner is False
    assert novelty_counts(viewer) == (1, 1)


def test_contact_that_the_project_brought_about_is_no_earlier_one(
    project: Project, viewer: Viewer, owner: Profile, clinic: Profile
) -> None:
    later = project.created_at + timedelta(days=3)
    Introduction.objects.create(
        hub=owner.hub, seeker=owner, receiver=clinic, state=IntroductionState.ACCEPTED,
        seeker_consented_at=later, receiver_consented_at=later, answered_at=later,
    )  # fmt: skip

    assert seat(project, viewer, clinic, "public").new_to_owner is True


def test_department_of_the_founders_own_organisation_is_not_new(
    project: Project, viewer: Viewer, owner: Profile
) -> None:
    sister = ProfileFactory(name="Søster", organisation=owner.organisation)

    assert seat(project, viewer, sister, "commercial").new_to_owner is False
    assert novelty_counts(viewer) == (0, 0)


def test_room_is_seen_by_those_at_the_table_and_brokers(
    project: Project, viewer: Viewer, owner: Profile, clinic: Profile
) -> None:
    theirs, stranger = speaker(clinic), speaker(ProfileFactory(name="Fremmed"))
    assert (visible_projects(theirs).count(), visible_projects(stranger).count()) == (0, 0)

    row = seat(project, viewer, clinic, "public", yes=None)
    assert list(visible_projects(theirs)) == [project]
    assert list(invitations_of(theirs)) == [row]
    assert list(visible_projects(broker(owner))) == [project]

    answer_invitation(row, yes=False, actor_id=None, now=NOW)
    assert (visible_projects(theirs).count(), invitations_of(theirs).count()) == (0, 0)


def test_hub_admin_of_another_hub_sees_nothing(project: Project) -> None:
    elsewhere = ProfileFactory(organisation=OrganisationFactory(hub=HubFactory(slug="nordhub", name="Nordhub")))

    assert visible_projects(broker(elsewhere)).count() == 0


@pytest.mark.parametrize("wanted_by", ["hub", "profile"])
def test_whoever_is_asked_through_a_facilitator_is_invited_by_one(
    project: Project, viewer: Viewer, owner: Profile, clinic: Profile, wanted_by: str
) -> None:
    if wanted_by == "hub":
        HubRules.objects.create(hub=clinic.hub, screens_all=True)
    else:
        ContactRules.objects.create(hub=clinic.hub, profile=clinic, wants_screening=True)

    with pytest.raises(ReadFirst, match="Sårklinikken first"):
        invite(project, viewer=viewer, profile=clinic, part="public", now=NOW)
    assert (OutgoingMail.objects.count(), LoadPlace.objects.count()) == (0, 0)

    invited = invite(project, viewer=broker(owner), profile=clinic, part="public", now=NOW)
    assert invited.consent == Consent.INVITED


def test_open_invitations_of_all_rooms_are_capped_per_organisation(
    project: Project, viewer: Viewer, owner: Profile, clinic: Profile
) -> None:
    HubRules.objects.create(hub=owner.hub, open_requests=2)
    sister = ProfileFactory(name="Nordlys Lab", organisation=owner.organisation)
    waiting = [
        seat(room, viewer, ProfileFactory(name=name), "public", yes=None)
        for room, name in ((project, "Ward"), (found(sister, viewer), "School"))
    ]

    with pytest.raises(TooManyOpen) as refused:
        invite(project, viewer=viewer, profile=clinic, part="public", now=NOW)
    assert refused.value.details["limit"] == 2
    assert not Participant.objects.filter(profile=clinic).exists()

    answer_invitation(waiting[0], yes=False, actor_id=None, now=NOW)
    assert invite(project, viewer=viewer, profile=clinic, part="public", now=NOW).consent == Consent.INVITED


def test_facilitators_invitation_is_not_held_up_by_the_organisations_cap(
    project: Project, viewer: Viewer, owner: Profile, clinic: Profile
) -> None:
    HubRules.objects.create(hub=owner.hub, open_requests=1)
    seat(project, viewer, ProfileFactory(name="Ward"), "public", yes=None)

    assert invite(project, viewer=broker(owner), profile=clinic, part="public", now=NOW).consent == Consent.INVITED
