"""Reads never show what their reader may not see: each test holds rows that could leak."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import NotFound
from profiles.models import Organisation, Profile, ProfileTheme, Statement
from profiles.queries import (
    contact_for,
    find_organisation,
    find_profile,
    find_profile_by_id,
    find_statement,
    organisation_ids_of,
    own_profiles,
    visible_profiles,
    visible_statements,
    with_details,
)
from tests.factories import (
    AffiliationFactory,
    HubFactory,
    OrganisationFactory,
    ProfileFactory,
    StatementFactory,
    UserFactory,
)

TODAY = date(2027, 3, 1)
TOMORROW, YESTERDAY = date(2027, 3, 2), date(2027, 2, 28)

# Profile name: visibility and whether it is paused. Those of our own organisation begin with "own".
PROFILES = {
    "public": ("public", False),
    "members": ("members", False),
    "hub": ("hub", False),
    "paused": ("public", True),
    "paused members": ("members", True),
    "own hub": ("hub", False),
    "own paused": ("public", True),
}
# Statement text: profile, visibility, last day.
STATEMENTS = {
    "open": ("public", "public", None),
    "open until today": ("public", "public", TODAY),
    "expired": ("public", "public", YESTERDAY),
    "for members": ("public", "members", TOMORROW),
    "for the hub": ("public", "hub", None),
    "expired, for members": ("public", "members", YESTERDAY),
    "public, of a members' profile": ("members", "public", None),
    "public, of a hidden profile": ("hub", "public", None),
    "public, of a paused profile": ("paused", "public", None),
    "own, for the hub": ("own hub", "hub", None),
    "own, expired": ("own paused", "public", YESTERDAY),
}
OTHERS_OPEN = {"open", "open until today"}
OWN = {"own, for the hub", "own, expired"}
FOR_MEMBERS = OTHERS_OPEN | {"for members", "public, of a members' profile"}


@pytest.fixture
def cluster(hub: Hub) -> Hub:
    """A hub with one row of every kind, beside another hub whose every row is public."""
    own = OrganisationFactory(hub=hub, name="Own")
    rows = {
        name: ProfileFactory(
            organisation=own if name.startswith("own") else OrganisationFactory(hub=hub),
            name=name,
            visibility=visibility,
            is_paused=paused,
            contact_email=f"{name.replace(' ', '-')}@firma.example",
        )
        for name, (visibility, paused) in PROFILES.items()
    }
    for text, (profile, visibility, last_day) in STATEMENTS.items():
        StatementFactory(profile=rows[profile], text=text, visibility=visibility, expires_on=last_day)
    foreign = ProfileFactory(
        organisation=OrganisationFactory(hub=HubFactory(slug="nordbro"), name="Own"),
        name="foreign",
        slug="public-2",
    )
    StatementFactory(profile=foreign, text="foreign")
    return hub


def viewer_with(role: Role, hub: Hub, *, owner: bool = False) -> Viewer:
    ours = Organisation.objects.filter(hub=hub, name="Own").values_list("pk", flat=True)
    return Viewer(hub.pk, role, 7 if role != Role.VISITOR else None, frozenset(ours if owner else ()))


READERS = pytest.mark.parametrize(
    ("role", "owner", "profiles", "statements"),
    [
        (Role.VISITOR, False, {"public"}, OTHERS_OPEN),
        (Role.VISITOR, True, {"public", "own hub", "own paused"}, OTHERS_OPEN | OWN),
        (Role.MEMBER, False, {"public", "members"}, FOR_MEMBERS),
        (Role.MEMBER, True, {"public", "members", "own hub", "own paused"}, FOR_MEMBERS | OWN),
        (Role.FACILITATOR, False, set(PROFILES), set(STATEMENTS)),
        (Role.ORGANISER, False, set(PROFILES), set(STATEMENTS)),
        (Role.HUB_ADMIN, False, set(PROFILES), set(STATEMENTS)),
    ],
)


@READERS
def test_each_reader_sees_exactly_what_is_open_to_them(
    cluster: Hub, role: Role, owner: bool, profiles: set[str], statements: set[str]
) -> None:
    viewer = viewer_with(role, cluster, owner=owner)

    assert {profile.name for profile in visible_profiles(viewer)} == profiles
    assert {row.text for row in visible_statements(viewer, today=TODAY)} == statements


@READERS
def test_details_hold_no_more_than_the_lists(
    cluster: Hub, role: Role, owner: bool, profiles: set[str], statements: set[str]
) -> None:
    viewer = viewer_with(role, cluster, owner=owner)

    rows = list(with_details(visible_profiles(viewer), viewer, today=TODAY))

    assert {profile.name for profile in rows} == profiles
    assert {row.text for profile in rows for row in profile.readable_statements} == statements


@READERS
def test_asking_by_identifier_opens_no_more_than_the_lists(
    cluster: Hub, role: Role, owner: bool, profiles: set[str], statements: set[str]
) -> None:
    viewer = viewer_with(role, cluster, owner=owner)

    assert {name for name, pk in ids_of(Profile, "name") if can_open(viewer, pk, "profile")} == profiles
    assert {name for name, slug in Profile.objects.values_list("name", "slug") if opens(viewer, slug)} == profiles
    assert {text for text, pk in ids_of(Statement, "text") if can_open(viewer, pk, "statement")} == statements


def ids_of(model: type[Profile] | type[Statement], name: str) -> list[tuple[str, UUID]]:
    return list(model.objects.values_list(name, "public_id"))


def can_open(viewer: Viewer, public_id: UUID, what: str) -> bool:
    find = find_profile_by_id if what == "profile" else find_statement
    try:
        return find(viewer, public_id, today=TODAY).public_id == public_id
    except NotFound:
        return False


def opens(viewer: Viewer, slug: str) -> bool:
    try:
        return find_profile(viewer, slug, today=TODAY).slug == slug
    except NotFound:
        return False


@pytest.mark.parametrize("text", ["expired", "for the hub", "public, of a paused profile", "foreign"])
def test_hidden_statement_and_missing_statement_look_alike(cluster: Hub, text: str) -> None:
    viewer = viewer_with(Role.MEMBER, cluster)

    with pytest.raises(NotFound) as hidden:
        find_statement(viewer, Statement.objects.get(text=text).public_id, today=TODAY)
    with pytest.raises(NotFound) as missing:
        find_statement(viewer, uuid4(), today=TODAY)

    assert (str(hidden.value), hidden.value.details) == (str(missing.value), missing.value.details)


@pytest.mark.parametrize("name", ["hub", "paused", "foreign"])
def test_hidden_profile_and_missing_profile_look_alike(cluster: Hub, name: str) -> None:
    viewer = viewer_with(Role.MEMBER, cluster)

    with pytest.raises(NotFound) as hidden:
        find_profile_by_id(viewer, Profile.objects.get(name=name).public_id, today=TODAY)
    with pytest.raises(NotFound) as missing:
        find_profile(viewer, "no-such-profile", today=TODAY)

    assert (str(hidden.value), hidden.value.details) == (str(missing.value), missing.value.details)


def test_organisations_of_another_hub_open_nothing(cluster: Hub) -> None:
    """Even if a viewer was made with them by mistake."""
    foreign = Organisation.objects.get(hub__slug="nordbro").pk
    viewer = Viewer(cluster.pk, Role.HUB_ADMIN, 7, frozenset({foreign}))

    assert "foreign" not in {profile.name for profile in visible_profiles(viewer)}
    assert "foreign" not in {row.text for row in visible_statements(viewer, today=TODAY)}
    assert list(own_profiles(viewer)) == []


def test_staff_of_one_hub_is_nobody_in_the_other(cluster: Hub) -> None:
    viewer = viewer_with(Role.VISITOR, HubFactory(slug="nordbro"))

    assert [profile.name for profile in visible_profiles(viewer)] == ["foreign"]


def test_own_profiles_are_those_of_the_own_organisation(cluster: Hub) -> None:
    viewer = viewer_with(Role.MEMBER, cluster, owner=True)

    assert [profile.name for profile in own_profiles(viewer)] == ["own hub", "own paused"]


def test_visitor_has_no_own_profiles(cluster: Hub) -> None:
    assert list(own_profiles(viewer_with(Role.VISITOR, cluster))) == []


def test_organisations_of_a_person_are_told_hub_by_hub(cluster: Hub) -> None:
    user = UserFactory()
    here = AffiliationFactory(user=user, organisation__hub=cluster)
    AffiliationFactory(user=user, organisation__hub=HubFactory(slug="nordbro"))
    AffiliationFactory(organisation__hub=cluster)

    assert organisation_ids_of(cluster.pk, user.pk) == {here.organisation_id}


@pytest.mark.parametrize("name", ["Own", "own", "OWN"])
def test_organisation_is_found_in_its_hub_whatever_the_case(cluster: Hub, name: str) -> None:
    found = find_organisation(cluster.pk, name)

    assert found is not None
    assert (found.hub, found.name) == (cluster, "Own")


@pytest.mark.parametrize("name", ["", "%", "O_n", "Own "])
def test_organisation_is_found_by_its_whole_name_only(cluster: Hub, name: str) -> None:
    assert find_organisation(cluster.pk, name) is None


@pytest.mark.parametrize(
    ("role", "owner", "name", "address"),
    [
        (Role.VISITOR, False, "public", ""),
        (Role.MEMBER, False, "public", ""),
        (Role.FACILITATOR, False, "public", "public@firma.example"),
        (Role.ORGANISER, False, "public", "public@firma.example"),
        (Role.HUB_ADMIN, False, "public", "public@firma.example"),
        (Role.MEMBER, True, "public", ""),
        (Role.MEMBER, True, "own hub", "own-hub@firma.example"),
    ],
)
def test_contact_opens_to_the_own_people_and_the_hubs_staff(
    cluster: Hub, role: Role, owner: bool, name: str, address: str
) -> None:
    profile = Profile.objects.get(name=name, hub=cluster)

    assert contact_for(viewer_with(role, cluster, owner=owner), profile) == address


def test_contact_of_another_hub_stays_closed_to_an_admin(cluster: Hub) -> None:
    Profile.objects.filter(name="foreign").update(contact_email="foreign@firma.example")

    assert contact_for(viewer_with(Role.HUB_ADMIN, cluster), Profile.objects.get(name="foreign")) == ""


@pytest.mark.parametrize("count", [1, 3])
def test_details_take_three_queries_whatever_the_length(
    hub: Hub, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for _ in range(count):
        profile = ProfileFactory(hub=hub)
        StatementFactory.create_batch(2, profile=profile)
        ProfileTheme.objects.create(hub=hub, profile=profile, theme_id="theme:near_care")
    viewer = Viewer(hub.pk)

    with django_assert_num_queries(3):
        rows = list(with_details(visible_profiles(viewer), viewer, today=TODAY))
        shown = [
            (
                row.organisation.name,
                [link.theme_id for link in row.theme_links.all()],
                statement.organisation_id,
            )
            for row in rows
            for statement in row.readable_statements
        ]

    assert len(shown) == 2 * count


def test_statements_come_in_their_order(hub: Hub) -> None:
    profile = ProfileFactory(hub=hub)
    for position in (2, 0, 1):
        StatementFactory(profile=profile, text=f"number {position}", position=position)

    found = find_profile(Viewer(hub.pk), profile.slug, today=TODAY)

    assert [row.text for row in found.readable_statements] == ["number 0", "number 1", "number 2"]


def test_address_with_a_null_character_is_not_found_without_asking_the_database(
    cluster: Hub, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """PostgreSQL refuses such a query, which would be an error page of ours."""
    viewer = viewer_with(Role.MEMBER, cluster)

    with django_assert_num_queries(0), pytest.raises(NotFound):
        find_profile(viewer, "a\x00b", today=TODAY)
