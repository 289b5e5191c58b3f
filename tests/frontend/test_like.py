"""“More like this”: an address that can be shared, with filters, and nothing about texts one may not read."""

from collections.abc import Callable

import pytest
from django.test import Client

from hubs.models import Hub
from profiles.models import Statement
from tests.factories import HubFactory, OrganisationFactory, ProfileFactory, StatementFactory
from tests.frontend.conftest import SCRIPT

NOWHERE = "0b5e7a52-6f1c-4c39-9f0e-3d1f6f2f8a11"
HTMX = {"hx-request": "true"}


@pytest.fixture
def offer(hub: Hub, build_index: Callable[[], object]) -> Statement:
    """An offer, two that say nearly the same, and one that is hidden."""
    offer: Statement = add("Sårklinikken", "Vi tilbyder afprøvning af tryksårssensor.", kind="clinician")
    add("Sensorfirmaet", "Vi tilbyder en tryksårssensor.")
    add("Ortopædkirurgerne", "Vi tilbyder afprøvning af tryksårssensor på afdelingen.", kind="clinician")
    add("Skjult", "Hemmelig afprøvning af tryksårssensor.", visibility="hub")
    build_index()
    return offer


def add(name: str, text: str, **fields: object) -> Statement:
    statement: Statement = StatementFactory(profile=ProfileFactory(name=name, **fields), text=text)
    return statement


def names(response: object) -> set[str]:
    return {match.profile.name for match in response.context["result"].matches}  # type: ignore[attr-defined]


def test_like_finds_others_and_not_its_own_profile(client: Client, offer: Statement) -> None:
    response = client.get("/en/search/", {"like": str(offer.public_id)})

    page = response.content.decode()
    assert response.status_code == 200
    assert names(response) == {"Sensorfirmaet", "Ortopædkirurgerne"}
    assert "Hemmelig" not in page
    assert "More like this text" in page
    assert "<title>More like: Vi tilbyder afprøvning" in page
    assert page.count("Like this text") == 2
    assert "You wrote" not in page


def test_like_can_be_filtered_and_keeps_what_it_is_like(client: Client, offer: Statement) -> None:
    response = client.get("/en/search/", {"like": str(offer.public_id), "kind": "clinician"})

    page = response.content.decode()
    assert names(response) == {"Ortopædkirurgerne"}
    assert f'name="like" value="{offer.public_id}" form="search-form"' in page
    assert f'href="?like={offer.public_id}"' in page


def test_like_for_htmx_is_only_the_results(client: Client, offer: Statement) -> None:
    page = client.get("/en/search/", {"like": str(offer.public_id)}, headers=HTMX).content.decode()

    assert "<html" not in page
    assert "More like this text" in page


def test_words_take_the_place_of_like(client: Client, offer: Statement) -> None:
    response = client.get("/en/search/", {"q": "afprøvning af tryksårssensor", "like": str(offer.public_id)})

    assert "More like this text" not in response.content.decode()
    assert "Sårklinikken" in names(response)


def test_like_cannot_be_saved(client: Client, offer: Statement) -> None:
    assert 'id="save-search"' not in client.get("/en/search/", {"like": str(offer.public_id)}).content.decode()


@pytest.mark.parametrize("like", ["1", SCRIPT, "x" * 5000, "\x00", NOWHERE, "⁹" * 32])
def test_like_nothing_is_not_found(client: Client, offer: Statement, like: str) -> None:
    response = client.get("/en/search/", {"like": like})

    page = response.content.decode()
    assert response.status_code == 404
    assert "We cannot find that text." in page
    assert "<script>alert" not in page


def test_hidden_and_foreign_texts_are_as_if_they_were_not_there(client: Client, offer: Statement) -> None:
    elsewhere = OrganisationFactory(hub=HubFactory(slug="nordhub", name="Nordhub"))
    foreign = add("Fremmed", "Fremmed afprøvning.", organisation=elsewhere)
    hidden = Statement.objects.get(profile__name="Skjult")

    for statement in (foreign, hidden):
        response = client.get("/en/search/", {"like": str(statement.public_id)})
        assert response.status_code == 404
        assert statement.text not in response.content.decode()


def test_unknown_filter_of_like_says_why(client: Client, offer: Statement) -> None:
    response = client.get("/en/search/", {"like": str(offer.public_id), "stage": "wizard"})

    assert response.status_code == 400
    assert "is not a known value" in response.content.decode()
