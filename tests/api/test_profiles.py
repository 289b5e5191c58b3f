"""Profiles over the API: who sees what, in pages, and changes that overwrite nobody."""

import pytest
from pytest_django import DjangoAssertNumQueries

from hubs.enums import Role
from hubs.models import Hub, User
from profiles.models import Organisation, Profile, ProfileTheme
from tests.api.conftest import Caller, caller_for
from tests.factories import (
    HubFactory,
    MembershipFactory,
    OrganisationFactory,
    ProfileFactory,
    StatementFactory,
)

NEW = {"organisation": {"name": "Nordlys Sensorik ApS"}, "kind": "firm", "name": "Nordlys Sensorik"}


def names(body: dict) -> list[str]:
    return [row["name"] for row in body["results"]]


def test_profile_list_shows_to_anybody_only_what_is_public(anybody: Caller) -> None:
    ProfileFactory(name="Åben")
    ProfileFactory(name="Kun medlemmer", visibility="members")
    ProfileFactory(name="Kun os", visibility="hub")
    ProfileFactory(name="Pauset", is_paused=True)
    other = HubFactory(slug="andet", name="Andet")
    ProfileFactory(name="Fra en anden klynge", organisation=OrganisationFactory(hub=other))

    status, body = anybody.get("profiles/")

    assert (status, body["count"], names(body)) == (200, 1, ["Åben"])


def test_profile_list_shows_to_a_member_what_members_may_see(member: Caller) -> None:
    ProfileFactory(name="Kun medlemmer", visibility="members")
    ProfileFactory(name="Kun os", visibility="hub")

    assert names(member.get("profiles/")[1]) == ["Kun medlemmer"]


def test_profile_list_filters_by_kind_region_municipality_and_theme(anybody: Caller) -> None:
    ProfileFactory(name="A", kind="firm", region_id="region:1082", municipality_id="municipality:0751")
    ProfileFactory(name="B", kind="clinician", region_id="region:1082")
    themed = ProfileFactory(name="C", kind="clinician", region_id="region:1081")
    ProfileTheme.objects.create(hub=themed.hub, profile=themed, theme_id="theme:sustainability")
    ProfileTheme.objects.create(hub=themed.hub, profile=themed, theme_id="theme:near_care")

    assert names(anybody.get("profiles/", kind="clinician")[1]) == ["B", "C"]
    assert names(anybody.get("profiles/", region="1082")[1]) == ["A", "B"]
    assert names(anybody.get("profiles/", municipality="0751")[1]) == ["A"]
    assert names(anybody.get("profiles/", theme=["sustainability", "near_care"])[1]) == ["C"]
    assert names(anybody.get("profiles/", kind=["firm", "clinician"], region="1081")[1]) == ["C"]


def test_profile_list_comes_in_pages_of_a_stable_order(anybody: Caller) -> None:
    for __ in range(3):
        ProfileFactory(name="Samme navn", slug=f"samme-{Profile.objects.count()}")
    ids = [str(pk) for pk in Profile.objects.order_by("id").values_list("public_id", flat=True)]

    __, first = anybody.get("profiles/", limit=2)
    __, second = anybody.get("profiles/", limit=2, offset=2)

    assert [row["id"] for row in first["results"] + second["results"]] == ids
    assert first["next"] == "http://testserver/api/v1/profiles/?limit=2&offset=2"
    assert (first["previous"], second["next"]) == (None, None)


@pytest.mark.parametrize("rows", [1, 3])
def test_profile_list_asks_the_database_as_often_whatever_its_length(
    anybody: Caller, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for __ in range(rows):
        profile = ProfileFactory(region_id="region:1082", organisation__sector_id="firm_sector:medtech")
        StatementFactory.create_batch(2, profile=profile)
        ProfileTheme.objects.create(hub=profile.hub, profile=profile, theme_id="theme:sustainability")
    anybody.get("taxonomies/region/")

    with django_assert_num_queries(6):  # hub (by domain, then the default), count, profiles, themes, statements
        __, body = anybody.get("profiles/")

    assert len(body["results"]) == rows


def test_profile_gives_codes_with_labels_in_the_language_asked_for(hub: Hub) -> None:
    profile = ProfileFactory(region_id="region:1082", organisation__sector_id="firm_sector:medtech")

    english = Caller(accept_language="en").get(f"profiles/{profile.public_id}/")[1]
    danish = Caller(accept_language="da-DK,da;q=0.9").get(f"profiles/{profile.public_id}/")[1]

    assert english["region"] == {"code": "1082", "label": "Central Denmark Region"}
    assert danish["region"] == {"code": "1082", "label": "Region Midtjylland"}
    assert english["organisation"]["sector"]["code"] == "medtech"


def test_profile_holds_only_the_statements_that_the_reader_may_read(anybody: Caller, member: Caller) -> None:
    profile = ProfileFactory()
    StatementFactory(profile=profile, text="Åbent for alle.")
    StatementFactory(profile=profile, text="Kun for medlemmer.", visibility="members")
    StatementFactory(profile=profile, text="Udløbet.", expires_on="2020-01-01")

    def texts(caller: Caller) -> list[str]:
        return [row["text"] for row in caller.get(f"profiles/{profile.public_id}/")[1]["statements"]]

    assert texts(anybody) == ["Åbent for alle."]
    assert texts(member) == ["Åbent for alle.", "Kun for medlemmer."]


def test_contact_address_is_given_only_where_policy_opens_it(
    anybody: Caller, member: Caller, own_profile: Profile, hub: Hub
) -> None:
    path = f"profiles/{own_profile.public_id}/"
    stranger = caller_for(MembershipFactory(hub=hub).user)
    facilitator = caller_for(MembershipFactory(hub=hub, role=Role.FACILITATOR).user)

    answers = [caller.get(path)[1] for caller in (anybody, stranger, member, facilitator)]

    assert [answer["contact_email"] for answer in answers] == [
        None,
        None,
        "hej@nordlys.example",
        "hej@nordlys.example",
    ]
    assert [answer["may_edit"] for answer in answers] == [False, False, True, True]
    assert "hej@nordlys.example" not in str(anybody.get("profiles/"))


@pytest.mark.parametrize("hidden", [{"visibility": "hub"}, {"is_paused": True}, {"other_hub": True}])
def test_profile_that_is_not_open_looks_like_one_that_is_not_there(anybody: Caller, hidden: dict) -> None:
    if hidden.pop("other_hub", False):
        hidden["organisation"] = OrganisationFactory(hub=HubFactory(slug="andet"))
    profile = ProfileFactory(**hidden)

    status, body = anybody.get(f"profiles/{profile.public_id}/")
    __, unknown = anybody.get("profiles/00000000-0000-4000-8000-000000000000/")

    assert (status, body["error"]["code"]) == (404, "not_found")
    assert body == unknown


def test_new_profile_makes_its_maker_a_member_who_may_edit_it(hub: Hub) -> None:
    newcomer = caller_for(User.objects.create_user("ny@firma.example"))

    status, body = newcomer.post(
        "profiles/", {**NEW, "municipality": "0751", "themes": ["sustainability"], "keywords": ["sensor"]}
    )

    assert status == 201
    assert (body["name"], body["version"], body["may_edit"]) == ("Nordlys Sensorik", 1, True)
    assert body["region"]["code"] == "1082", "the region follows from the municipality"
    assert [theme["code"] for theme in body["themes"]] == ["sustainability"]
    assert newcomer.get("me/")[1]["role"]["code"] == "member"


def test_new_profile_is_refused_for_an_organisation_of_others(member: Caller) -> None:
    OrganisationFactory(name="Nordlys Sensorik ApS")

    status, body = member.post("profiles/", NEW)

    assert (status, body["error"]["code"], list(body["error"]["fields"])) == (
        400,
        "invalid_input",
        ["organisation"],
    )
    assert Profile.objects.count() == 0


def test_new_profile_needs_sign_in(anybody: Caller) -> None:
    status, body = anybody.post("profiles/", NEW)

    assert (status, body["error"]["code"]) == (401, "not_authenticated")
    assert Organisation.objects.count() == 0


def test_change_keeps_what_it_does_not_name(member: Caller, own_profile: Profile) -> None:
    own_profile.keywords = ["tryksår"]
    own_profile.region_id, own_profile.municipality_id = "region:1082", "municipality:0751"
    own_profile.save()
    ProfileTheme.objects.create(hub=own_profile.hub, profile=own_profile, theme_id="theme:sustainability")

    status, body = member.patch(f"profiles/{own_profile.public_id}/", {"version": 1, "name": "Nyt navn"})

    assert (status, body["name"], body["version"]) == (200, "Nyt navn", 2)
    assert (body["keywords"], body["contact_email"]) == (["tryksår"], "hej@nordlys.example")
    assert (body["municipality"]["code"], body["themes"][0]["code"]) == ("0751", "sustainability")


def test_change_of_municipality_brings_its_region_and_null_takes_a_value_away(
    member: Caller, own_profile: Profile
) -> None:
    path = f"profiles/{own_profile.public_id}/"
    member.patch(path, {"version": 1, "municipality": "0751"})

    moved = member.patch(path, {"version": 2, "municipality": "0851"})[1]
    cleared = member.patch(path, {"version": 3, "municipality": None, "region": None})[1]

    assert (moved["municipality"]["code"], moved["region"]["code"]) == ("0851", "1081")
    assert (cleared["municipality"], cleared["region"]) == (None, None)


def test_change_that_somebody_overtook_changes_nothing(member: Caller, own_profile: Profile) -> None:
    path = f"profiles/{own_profile.public_id}/"
    member.patch(path, {"version": 1, "name": "Først"})

    status, body = member.patch(path, {"version": 1, "name": "For sent"})

    assert (status, body["error"]["code"]) == (409, "edit_conflict")
    assert body["error"]["details"] == {"current_version": 2}
    assert member.get(path)[1]["name"] == "Først"


def test_change_without_version_is_refused(member: Caller, own_profile: Profile) -> None:
    status, body = member.patch(f"profiles/{own_profile.public_id}/", {"name": "Nyt navn"})

    assert (status, list(body["error"]["fields"])) == (400, ["version"])


def test_change_of_another_organisations_profile_is_refused(member: Caller) -> None:
    profile = ProfileFactory(name="Andres")

    status, body = member.patch(f"profiles/{profile.public_id}/", {"version": 1, "name": "Mit"})

    assert (status, body["error"]["code"]) == (403, "not_allowed")
    assert Profile.objects.get(pk=profile.pk).name == "Andres"
