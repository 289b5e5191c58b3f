"""The first page: live figures of what the reader may see, and a page also for an empty hub."""

from typing import Any

import pytest
from django.test import Client

from hubs.enums import Role
from hubs.models import Hub
from tests.factories import HubFactory, OrganisationFactory, ProfileFactory, StatementFactory
from tests.frontend.conftest import works_as


def figures_of(client: Client) -> dict[str, int]:
    return {row.label: row.count for row in client.get("/en/").context["figures"].rows}


@pytest.fixture
def cluster(hub: Hub) -> None:
    """Two firms of which one is for members, a department, and a firm of another hub."""
    firm = ProfileFactory(kind="firm")
    StatementFactory(profile=firm, kind="offer")
    StatementFactory(profile=firm, kind="need", visibility="hub")
    ProfileFactory(kind="firm", visibility="members")
    ProfileFactory(kind="clinician")
    ProfileFactory(kind="firm", organisation=OrganisationFactory(hub=HubFactory(slug="nordhub")))


def test_figures_count_what_a_visitor_may_see(client: Client, cluster: None) -> None:
    assert figures_of(client) == {
        "firms": 1,
        "hospital departments": 1,
        "researchers and groups": 0,
        "municipal units": 0,
        "offers": 1,
        "needs": 0,
    }


def test_figures_grow_with_the_role(client: Client, hub: Hub, cluster: None) -> None:
    figures = figures_of(works_as(client, hub, Role.FACILITATOR))

    assert (figures["firms"], figures["needs"]) == (2, 1)


def test_first_page_has_one_search_and_examples_to_press(client: Client, hub: Hub) -> None:
    page = client.get("/en/").content.decode()

    assert page.count('role="search"') == 1
    assert 'href="/en/search/?q=fewer%20falls%20in%20nursing%20homes%20at%20night"' in page


def test_first_page_shows_how_a_match_looks(client: Client, hub: Hub) -> None:
    page = client.get("/en/").content.decode()

    assert page.count('class="bridge-card"') == 1
    assert "<mark>test a pressure sensor</mark>" in page
    assert "<mark>pressure ulcers</mark>" in page


def test_sample_match_marks_its_phrases_in_danish_too(client: Client, hub: Hub) -> None:
    page = client.get("/").content.decode()

    assert page.count("<mark>") == 5


def test_empty_hub_invites_the_first_profile(client: Client, hub: Hub) -> None:
    assert "No profiles are here yet." in client.get("/en/").content.decode()


def test_demo_people_are_offered_only_in_the_demo(client: Client, hub: Hub, settings: Any) -> None:
    settings.VIDENBRO_DEMO = False

    assert "demo-logins" not in client.get("/en/").content.decode()


def test_first_page_only_reads(client: Client, hub: Hub) -> None:
    assert client.post("/en/").status_code == 405


def test_first_page_costs_few_queries(client: Client, cluster: None, django_assert_max_num_queries: Any) -> None:
    client.get("/en/")

    with django_assert_max_num_queries(4):
        client.get("/en/")
