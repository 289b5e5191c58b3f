"""Host name to hub, session to viewer: real requests through sessions, sign-in and the middleware."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from hubs.enums import Role
from hubs.models import Hub, User
from tests.factories import AffiliationFactory, HubFactory, MembershipFactory, UserFactory


@pytest.fixture(autouse=True)
def small_site(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.profiles.who_asks"
    settings.MIDDLEWARE = [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "profiles.middleware.ViewerMiddleware",
    ]
    settings.ALLOWED_HOSTS = ["nord.example", "localhost", "[::1]"]


@pytest.fixture
def north(db: None) -> Hub:
    return HubFactory(slug="nordbro", name="Nordbro", domain="nord.example")


def ask(client: Client, host: str = "localhost", path: str = "/") -> dict[str, Any]:
    response = client.get(path, headers={"host": host})
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


def member_of_both(hub: Hub, north: Hub) -> User:
    user = UserFactory()
    MembershipFactory(hub=hub, user=user, role=Role.MEMBER)
    MembershipFactory(hub=north, user=user, role=Role.FACILITATOR)
    return user


@pytest.mark.parametrize(
    ("host", "slug"),
    [
        ("nord.example", "nordbro"),
        ("NORD.example", "nordbro"),
        ("nord.example:8443", "nordbro"),
        ("nord.example.", "nordbro"),
        ("localhost", "midtbro"),
        ("localhost:8000", "midtbro"),
        ("[::1]", "midtbro"),
        ("[::1]:8000", "midtbro"),
    ],
)
def test_host_name_opens_its_hub(client: Client, hub: Hub, north: Hub, host: str, slug: str) -> None:
    pk = {"midtbro": hub.pk, "nordbro": north.pk}[slug]

    assert ask(client, host) == {
        "hub": slug,
        "viewer_hub": pk,
        "role": "visitor",
        "user": None,
        "organisations": [],
    }


def test_hub_whose_domain_is_an_ipv6_address_opens(client: Client, hub: Hub) -> None:
    HubFactory(slug="six", domain="[::1]")

    assert [ask(client, host)["hub"] for host in ("[::1]", "[::1]:8000")] == ["six", "six"]


def test_host_name_that_is_not_ours_is_refused(client: Client, hub: Hub) -> None:
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_forwarded_host_does_not_choose_the_hub(client: Client, hub: Hub, north: Hub) -> None:
    response = client.get("/", headers={"host": "localhost", "x-forwarded-host": "nord.example"})

    assert response.json()["hub"] == "midtbro"


def test_person_has_in_each_hub_the_role_of_that_hub(client: Client, hub: Hub, north: Hub) -> None:
    user = member_of_both(hub, north)
    client.force_login(user)

    assert [ask(client, host)["role"] for host in ("localhost", "nord.example")] == ["member", "facilitator"]
    assert ask(client)["user"] == user.pk


def test_person_speaks_in_each_hub_for_the_organisations_of_that_hub(client: Client, hub: Hub, north: Hub) -> None:
    user = member_of_both(hub, north)
    here = AffiliationFactory(user=user, organisation__hub=hub)
    there = AffiliationFactory(user=user, organisation__hub=north)
    AffiliationFactory(organisation__hub=hub)
    client.force_login(user)

    assert ask(client, "localhost")["organisations"] == [here.organisation_id]
    assert ask(client, "nord.example")["organisations"] == [there.organisation_id]


def test_person_without_membership_is_a_signed_in_visitor(client: Client, hub: Hub) -> None:
    user = UserFactory()
    client.force_login(user)

    answer = ask(client)

    assert (answer["role"], answer["user"]) == ("visitor", user.pk)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.HUB_ADMIN])
def test_closed_account_is_nobody(client: Client, hub: Hub, role: Role) -> None:
    """Not even for its own organisation."""
    affiliation = AffiliationFactory(organisation__hub=hub)
    MembershipFactory(hub=hub, user=affiliation.user, role=role)
    client.force_login(affiliation.user)
    assert ask(client)["organisations"] == [affiliation.organisation_id]

    User.objects.filter(pk=affiliation.user_id).update(is_active=False)

    answer = ask(client)
    assert (answer["role"], answer["user"], answer["organisations"]) == ("visitor", None, [])


def test_without_any_hub_nobody_is_anything(client: Client, db: None) -> None:
    client.force_login(UserFactory())

    answer = ask(client)

    assert (answer["hub"], answer["viewer_hub"], answer["role"]) == ("", 0, "visitor")


def test_health_check_needs_no_hub_and_no_database(
    client: Client, hub: Hub, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert ask(client, path="/health/live")["hub"] is None


def test_visitor_costs_two_queries_and_a_person_four_more(
    client: Client, hub: Hub, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        ask(client)
    client.force_login(MembershipFactory(hub=hub).user)

    with django_assert_num_queries(6):
        ask(client)
