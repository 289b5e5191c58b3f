"""The contacts of a profile: whose turn it is in each."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from hubs.models import Hub
from matching.models import Introduction
from tests.factories import MembershipFactory
from tests.frontend.introductions import Pair, address, signed_in
from tests.matching.introductions.parties import party

ACTIONS = (
    "answer_introduction",
    "withdraw_introduction",
    "introduction_meeting",
    "introduction_met",
    "introduction_interests",
    "close_introduction",
    "ask_again",
)


@pytest.fixture
def pair(hub: Hub) -> Pair:
    firm = party(hub, name="Sårpleje", kind="firm", contact_email="kontor@saarpleje.example")
    return Pair(firm, party(hub, name="Sårafdelingen", kind="clinician", contact_email="saar@hospital.example"))


def page_of(client: Client, path: str) -> str:
    text: str = client.get(path).content.decode()
    return text


def groups_of(client: Client) -> dict[str, list[str]]:
    groups = client.get("/en/contacts/").context["groups"]
    return {group.code: [row.other.name for row in group.rows] for group in groups}


def test_visitor_is_asked_to_sign_in(client: Client, hub: Hub) -> None:
    assert client.get("/en/contacts/")["Location"] == "/en/account/login/?next=/en/contacts/"


def test_person_without_a_profile_writes_one_first(client: Client, hub: Hub) -> None:
    client.force_login(MembershipFactory(hub=hub).user)

    assert client.get("/en/contacts/")["Location"] == "/en/start/"


def test_empty_list_teaches_the_next_step(client: Client, pair: Pair) -> None:
    page = page_of(signed_in(client, pair.firm), "/en/contacts/")

    assert "No contacts yet" in page
    assert 'href="/en/for-you/"' in page


def test_request_stands_where_its_turn_is(client: Client, pair: Pair) -> None:
    pair.sent()

    assert groups_of(signed_in(client, pair.firm)) == {"theirs": ["Sårafdelingen"]}
    assert groups_of(signed_in(client, pair.ward)) == {"mine": ["Sårpleje"]}


def test_contact_that_both_wanted_is_agreed_for_both(client: Client, pair: Pair) -> None:
    pair.accepted()

    assert groups_of(signed_in(client, pair.firm)) == {"agreed": ["Sårafdelingen"]}
    assert groups_of(signed_in(client, pair.ward)) == {"agreed": ["Sårpleje"]}


def test_draft_is_only_its_writers(client: Client, pair: Pair) -> None:
    draft = pair.draft()

    assert groups_of(signed_in(client, pair.firm)) == {"mine": ["Sårafdelingen"]}
    assert groups_of(signed_in(client, pair.ward)) == {}
    assert client.get(address("introduction", draft)).status_code == 404


def test_request_past_its_last_day_waits_for_nobody(client: Client, pair: Pair) -> None:
    found = pair.sent(days_ago=3)
    Introduction.objects.filter(pk=found.pk).update(expires_at=timezone.now() - timedelta(minutes=1))

    assert groups_of(signed_in(client, pair.ward)) == {"earlier": ["Sårpleje"]}


@pytest.mark.parametrize(("who", "waiting"), [("firm", 0), ("ward", 1)])
def test_menu_counts_what_waits(client: Client, pair: Pair, who: str, waiting: int) -> None:
    pair.sent()

    navigation = signed_in(client, getattr(pair, who)).get("/en/search/").context["navigation"]

    assert {item.name: item.waiting for item in navigation}["contacts"] == waiting


def test_one_of_several_profiles_can_be_chosen(client: Client, pair: Pair, hub: Hub) -> None:
    pair.sent()
    second = party(hub, name="Sårpleje Øst", organisation=pair.firm.profile.organisation)
    client = signed_in(client, pair.firm)

    chosen = client.get(f"/en/contacts/?profile={second.profile.slug}").context["groups"]

    assert chosen == ()
    assert len(client.get("/en/contacts/").context["groups"]) == 1


def test_profile_of_others_cannot_be_chosen(client: Client, pair: Pair) -> None:
    pair.sent()

    answer = signed_in(client, pair.firm).get(f"/en/contacts/?profile={pair.ward.profile.slug}")

    assert answer.status_code == 404
    assert "Sårafdelingen" not in answer.content.decode()


def test_list_costs_the_same_however_long_it_is(
    client: Client, pair: Pair, hub: Hub, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    pair.sent()
    client = signed_in(client, pair.firm)
    with django_assert_num_queries(9):
        client.get("/en/contacts/")
    for number in range(3):
        Pair(pair.firm, party(hub, name=f"Afdeling {number}")).sent()

    with django_assert_num_queries(9):
        client.get("/en/contacts/")
