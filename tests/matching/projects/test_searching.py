"""Who is suggested for the parts that a project lacks, and for the need of a shortlist."""

from uuid import uuid4

import pytest

from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import NotAllowed, NotReady
from matching.domain.projects.roles import set_parts
from matching.domain.projects.searching import (
    candidates_for_shortlist,
    compare_candidates,
    recommend_for_project,
)
from matching.domain.projects.shortlists import ShortlistFields, begin_shortlist
from matching.enums import ProjectPart
from matching.models import ContactRules, LoadPlace, Project
from profiles.models import Profile
from tests.encoders import WordHashEncoder
from tests.matching.cluster import add_profile, build
from tests.matching.projects.tables import TODAY, found, seat, speaker

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def owner(hub: Hub) -> Profile:
    return add_profile(hub, name="Nordlys", needs=["afprøvning af faldsensor"])


@pytest.fixture
def viewer(owner: Profile) -> Viewer:
    return speaker(owner)


@pytest.fixture
def project(owner: Profile, viewer: Viewer) -> Project:
    return found(owner, viewer)


def suggested(viewer: Viewer, project: Project, **options: object) -> dict[str, list[str]]:
    found_parts = recommend_for_project(viewer, project, today=TODAY, **options)  # type: ignore[arg-type]
    return {group.part.value: [match.profile.name for match in group.matches] for group in found_parts}


def test_each_missing_part_gets_those_who_can_hold_it(
    hub: Hub, encoder: WordHashEncoder, project: Project, viewer: Viewer
) -> None:
    add_profile(hub, "municipality", name="Kommune", offers=["plejehjem opdage fald om natten"])
    add_profile(hub, "researcher", name="Forsker", offers=["fald om natten forskning"])
    add_profile(hub, "adviser", name="Rådgiver", offers=["fald plejehjem salg"])
    add_profile(hub, name="Andet firma", offers=["fald om natten sensor"])
    build(hub, encoder)

    groups = suggested(viewer, project)

    assert list(groups) == ["knowledge", "public", "commercial"]
    assert groups["knowledge"] == ["Forsker"]
    assert groups["public"] == ["Kommune"]
    assert set(groups["commercial"]) == {"Rådgiver", "Andet firma"}


def test_words_of_those_who_are_in_are_searched_with(
    hub: Hub, encoder: WordHashEncoder, project: Project, viewer: Viewer
) -> None:
    clinic = add_profile(hub, "clinician", name="Klinik", needs=["ultralyd biobank genom"])
    near = add_profile(hub, "researcher", name="Genomforsker", offers=["genom biobank ultralyd"])
    add_profile(hub, "researcher", name="Helt anden", offers=["gartneri havebrug"])
    seat(project, viewer, clinic, "public")
    build(hub, encoder)

    (group,) = recommend_for_project(viewer, project, today=TODAY, parts=["knowledge"])

    match = group.matches[0]
    assert match.profile == near
    assert match.ours is not None
    assert match.ours.statement is not None
    assert match.ours.statement.profile_id == clinic.pk


def test_words_that_the_reader_may_not_read_are_not_quoted(
    hub: Hub, encoder: WordHashEncoder, project: Project, viewer: Viewer
) -> None:
    clinic = add_profile(hub, "clinician", needs=["ultralyd biobank genom"], statement={"visibility": "hub"})
    add_profile(hub, "researcher", name="Genomforsker", offers=["genom biobank ultralyd"])
    seat(project, viewer, clinic, "public")
    build(hub, encoder)

    (group,) = recommend_for_project(viewer, project, today=TODAY, parts=["knowledge"])

    for match in group.matches:
        assert match.ours is not None
        assert "biobank" not in match.ours.text


def test_what_a_part_should_bring_decides_who_comes_first(
    hub: Hub, encoder: WordHashEncoder, project: Project, viewer: Viewer
) -> None:
    add_profile(hub, "researcher", name="Sundhedsøkonom", offers=["sundhedsøkonomisk evaluering"])
    add_profile(hub, "researcher", name="Faldforsker", offers=["opdage fald"])
    set_parts(project, viewer=viewer, version=1, wanted={"knowledge": "sundhedsøkonomisk evaluering"})
    build(hub, encoder)

    assert suggested(viewer, project)["knowledge"][0] == "Sundhedsøkonom"


def test_organisations_at_the_table_and_those_who_said_no_are_left_out(
    hub: Hub, encoder: WordHashEncoder, project: Project, viewer: Viewer
) -> None:
    invited = add_profile(hub, "researcher", name="Inviteret", offers=["fald om natten"])
    add_profile(hub, "researcher", name="Nabo", offers=["fald om natten"], organisation=invited.organisation)
    said_no = add_profile(hub, "researcher", name="Sagde nej", offers=["fald om natten"])
    add_profile(hub, "researcher", name="Fri", offers=["fald om natten"])
    seat(project, viewer, invited, "regulatory", yes=None)
    seat(project, viewer, said_no, "knowledge", yes=False)
    build(hub, encoder)

    assert suggested(viewer, project)["knowledge"] == ["Fri"]


def test_who_has_no_place_left_this_month_is_not_suggested(
    hub: Hub, encoder: WordHashEncoder, project: Project, viewer: Viewer
) -> None:
    full = add_profile(hub, "clinician", name="Fuld", offers=["fald om natten"])
    add_profile(hub, "clinician", name="Har tid", offers=["fald om natten"])
    ContactRules.objects.create(hub=hub, profile=full, monthly_cap=1)
    LoadPlace.objects.create(
        hub=hub, profile=full, month=TODAY.replace(day=1), number=1, channel="web", subject=uuid4()
    )
    build(hub, encoder)

    assert suggested(viewer, project)["public"] == ["Har tid"]


def test_part_that_is_asked_or_filled_is_searched_only_on_demand(
    hub: Hub, encoder: WordHashEncoder, project: Project, viewer: Viewer
) -> None:
    clinic = add_profile(hub, "clinician", name="Klinik", offers=["fald om natten"])
    add_profile(hub, "municipality", name="Kommune", offers=["fald om natten"])
    seat(project, viewer, clinic, "public", yes=None)
    build(hub, encoder)

    assert "public" not in suggested(viewer, project)
    assert suggested(viewer, project, parts=["public"]) == {"public": ["Kommune"]}


def test_hidden_profiles_are_not_suggested_to_members(
    hub: Hub, encoder: WordHashEncoder, project: Project, viewer: Viewer
) -> None:
    add_profile(hub, "clinician", name="Skjult", offers=["fald om natten"], visibility="hub")
    build(hub, encoder)

    assert suggested(viewer, project)["public"] == []


def test_list_is_ready_for_the_log(hub: Hub, encoder: WordHashEncoder, project: Project, viewer: Viewer) -> None:
    for number in range(5):
        add_profile(hub, "clinician", name=f"Klinik {number}", offers=[f"fald om natten {number}"])
    build(hub, encoder)

    group = next(
        group for group in recommend_for_project(viewer, project, today=TODAY) if group.part is ProjectPart.PUBLIC
    )

    assert len(group.matches) == 3
    assert [int(group.shown.profiles[place.candidate]) for place in group.shown.placings] == [
        match.profile.pk for match in group.matches
    ]
    assert {place.propensity for place in group.shown.placings} == {1.0}


def test_only_those_who_steer_are_shown_candidates(
    hub: Hub, encoder: WordHashEncoder, project: Project, viewer: Viewer
) -> None:
    clinic = add_profile(hub, "clinician", offers=["fald om natten"])
    seat(project, viewer, clinic, "public")
    build(hub, encoder)

    with pytest.raises(NotAllowed):
        recommend_for_project(speaker(clinic), project, today=TODAY)


@pytest.mark.usefixtures("encoder")
def test_without_an_index_the_search_says_so(project: Project, viewer: Viewer) -> None:
    with pytest.raises(NotReady):
        recommend_for_project(viewer, project, today=TODAY)


def test_shortlist_is_suggested_any_kind_by_its_need(
    hub: Hub, encoder: WordHashEncoder, owner: Profile, viewer: Viewer
) -> None:
    designer = add_profile(hub, name="Designhuset", offers=["design af kabinet til sensor"])
    adviser = add_profile(hub, "adviser", name="Rådgiver", offers=["kabinet og design"])
    other = add_profile(hub, "adviser", name="Jurist", offers=["kontrakter"])
    shortlist = begin_shortlist(
        viewer, owner=owner, fields=ShortlistFields("Designer", "design af kabinet til sensor"), once=uuid4()
    )
    build(hub, encoder)

    names = [match.profile.name for match in candidates_for_shortlist(viewer, shortlist, today=TODAY).matches]
    without = candidates_for_shortlist(viewer, shortlist, today=TODAY, without=[designer.pk]).matches
    compared = compare_candidates(viewer, shortlist, [adviser.pk, other.pk], today=TODAY)

    assert names[:2] == ["Designhuset", "Rådgiver"]
    assert designer not in [match.profile for match in without]
    assert compared[adviser.pk].theirs.text == "kabinet og design"
    assert designer.pk not in compared
    assert compare_candidates(viewer, shortlist, [], today=TODAY) == {}


def test_shortlist_of_another_is_not_searched(
    hub: Hub, encoder: WordHashEncoder, owner: Profile, viewer: Viewer
) -> None:
    shortlist = begin_shortlist(viewer, owner=owner, fields=ShortlistFields("Designer", "design"), once=uuid4())
    build(hub, encoder)

    with pytest.raises(NotAllowed):
        candidates_for_shortlist(speaker(add_profile(hub)), shortlist, today=TODAY)
