"""Saving a search and letting it go: by its own person, in this hub, with a POST that carries the security mark."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from hubs.models import Hub, User
from matching.domain.saved_searches import MAX_SAVED, save_search
from matching.models import SavedSearch
from matching.queries.saved_searches import saved_searches
from matching.results import SearchFilters
from tests.factories import HubFactory, MembershipFactory, ProfileFactory, StatementFactory
from tests.frontend.conftest import SCRIPT

SAVE = "/en/search/save/"
NOWHERE = "/en/search/saved/0b5e7a52-6f1c-4c39-9f0e-3d1f6f2f8a11/remove/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def person(hub: Hub, client: Client) -> User:
    person: User = MembershipFactory(hub=hub).user
    client.force_login(person)
    return person


def kept(person: User, hub: Hub) -> list[str]:
    return [saved.query for saved in saved_searches(person.pk, hub.pk)]


def keep(person: User, hub: Hub, query: str = "sensor", **filters: tuple[str, ...]) -> SavedSearch:
    return save_search(person, hub_id=hub.pk, query=query, filters=SearchFilters(**filters))


def test_search_is_saved_with_its_filters(client: Client, person: User, hub: Hub) -> None:
    response = client.post(SAVE, {"q": "tryksår", "kind": ["firm"], "region": ["1082"]})

    (saved,) = saved_searches(person.pk, hub.pk)
    assert (saved.query, saved.filters) == ("tryksår", SearchFilters(kinds=("firm",), regions=("1082",)))
    assert response["Location"] == "/en/search/?q=tryks%C3%A5r&kind=firm&region=1082"


def test_saved_search_stands_on_the_page_and_leads_back(client: Client, person: User, hub: Hub) -> None:
    keep(person, hub, "tryksår", kinds=("firm",))

    page = client.get("/en/search/").content.decode()

    assert 'href="?q=tryks%C3%A5r&amp;kind=firm"' in page
    assert '<span class="saved-filters">Firm</span>' in page


def test_saved_search_says_so_instead_of_offering_it_again(
    client: Client, person: User, hub: Hub, build_index: Callable[[], object]
) -> None:
    StatementFactory(profile=ProfileFactory(), text="Vi sælger en sensor.")
    build_index()
    keep(person, hub, "sensor", regions=("1081", "1082"))

    saved = client.get("/en/search/", {"q": " sensor ", "region": ["1082", "1081"]}).content.decode()
    other = client.get("/en/search/", {"q": "sensor", "region": ["1082"]}).content.decode()

    assert ('class="results-saved"' in saved, 'id="save-search"' in saved) == (True, False)
    assert ('class="results-saved"' in other, 'id="save-search"' in other) == (False, True)


def test_search_is_removed_and_the_message_leads_back_to_it(client: Client, person: User, hub: Hub) -> None:
    saved = keep(person, hub, "tryksår")

    page = client.post(f"/en/search/saved/{saved.public_id}/remove/", follow=True).content.decode()

    assert kept(person, hub) == []
    assert "The search is no longer saved." in page
    assert '<a href="/en/search/?q=tryks%C3%A5r">Open it once more</a>' in page


def test_visitor_is_led_to_sign_in_and_back(client: Client, hub: Hub, build_index: Callable[[], object]) -> None:
    StatementFactory(profile=ProfileFactory(), text="Vi sælger en sensor.")
    build_index()
    page = client.get("/en/search/", {"q": "sensor & co", "kind": "firm"}).content.decode()
    response = client.post(SAVE, {"q": "sensor"})

    assert 'href="/en/account/login/?next=/en/search/%3Fq%3Dsensor%2B%2526%2Bco%26kind%3Dfirm"' in page
    assert response["Location"] == "/en/account/login/?next=%2Fen%2Fsearch%2F%3Fq%3Dsensor"
    assert SavedSearch.objects.count() == 0


def test_visitor_removes_nothing(client: Client, hub: Hub) -> None:
    person = MembershipFactory(hub=hub).user
    saved = keep(person, hub)

    response = client.post(f"/en/search/saved/{saved.public_id}/remove/")

    assert (response.status_code, kept(person, hub)) == (404, ["sensor"])


def test_another_persons_search_is_not_there(client: Client, person: User, hub: Hub) -> None:
    other = MembershipFactory(hub=hub).user
    saved = keep(other, hub, "hemmeligt ønske")

    response = client.post(f"/en/search/saved/{saved.public_id}/remove/")

    assert (response.status_code, kept(other, hub)) == (404, ["hemmeligt ønske"])
    assert "hemmeligt" not in client.get("/en/search/").content.decode()


def test_search_saved_in_another_hub_stays_there(client: Client, person: User, hub: Hub) -> None:
    elsewhere = HubFactory(slug="nordhub", name="Nordhub")
    saved = keep(person, elsewhere, "i nord")

    response = client.post(f"/en/search/saved/{saved.public_id}/remove/")

    assert (response.status_code, kept(person, elsewhere)) == (404, ["i nord"])
    assert "i nord" not in client.get("/en/search/").content.decode()


def test_search_that_was_never_saved_is_not_found(client: Client, person: User) -> None:
    assert client.post(NOWHERE).status_code == 404
    assert client.post("/en/search/saved/not-an-id/remove/").status_code == 404


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({}, "Write what you are looking for"),
        ({"q": "   "}, "Write what you are looking for"),
        ({"q": "x" * 5000}, "at most 2000 characters fit"),
        ({"q": "a\x00b"}, "cannot be stored"),
        ({"q": "sensor", "kind": "wizard"}, "is not a choice here"),
        ({"q": "sensor", "stage": SCRIPT}, "is not a known value"),
        ({"q": "sensor", "theme": "x" * 5000}, "is not a known value"),
    ],
)
def test_search_that_cannot_be_saved_says_why(
    client: Client, person: User, hub: Hub, asked: dict[str, str], complaint: str
) -> None:
    response = client.post(SAVE, asked)

    page = response.content.decode()
    assert (response.status_code, kept(person, hub)) == (400, [])
    assert complaint in page
    assert "<script>alert" not in page


def test_one_more_than_the_most_is_refused_with_advice(client: Client, person: User, hub: Hub) -> None:
    for number in range(MAX_SAVED):
        keep(person, hub, f"sensor {number}")

    response = client.post(SAVE, {"q": "én for meget"})

    assert (response.status_code, len(kept(person, hub))) == (400, MAX_SAVED)
    assert "Remove one first." in response.content.decode()


def test_markup_in_a_saved_search_is_only_text(client: Client, person: User, hub: Hub) -> None:
    saved = keep(person, hub, SCRIPT)
    page = client.get("/en/search/")
    removed = client.post(f"/en/search/saved/{saved.public_id}/remove/", follow=True)

    for response in (page, removed):
        text = response.content.decode()
        assert "<script>alert" not in text
        assert "<img" not in text
    assert "&lt;script&gt;" in page.content.decode()


@pytest.mark.parametrize("address", [SAVE, NOWHERE])
def test_only_posts_change(client: Client, person: User, address: str) -> None:
    assert client.get(address).status_code == 405
    assert client.put(address).status_code == 405


def test_post_without_the_security_mark_changes_nothing(hub: Hub) -> None:
    person = MembershipFactory(hub=hub).user
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person)
    saved = keep(person, hub)

    answers: list[Any] = [
        strict.post(SAVE, {"q": "tryksår"}),
        strict.post(f"/en/search/saved/{saved.public_id}/remove/"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert kept(person, hub) == ["sensor"]
