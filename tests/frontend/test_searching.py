"""The search page: results, filters, parts for htmx, and questions that cannot be asked."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from hubs.models import Hub
from matching.serving import use_encoder
from tests.factories import HubFactory, OrganisationFactory, ProfileFactory, StatementFactory
from tests.frontend.conftest import SCRIPT

HTMX = {"hx-request": "true"}


@pytest.fixture
def cluster(hub: Hub, build_index: Callable[[], object]) -> None:
    """Two who fit, one who does not, one who is hidden, one of another hub."""
    add("Sårklinikken", "Afprøvning af tryksårssensor.", kind="clinician", region_id="region:1082")
    add("Sensorfirmaet", "Salg af tryksårssensor.", region_id="region:1081")
    add("Køkkenet", "Vi laver mad til hospitaler og plejehjem hver eneste dag.")
    add("Skjult", "Hemmelig afprøvning af tryksårssensor.", visibility="hub")
    elsewhere = HubFactory(slug="nordhub", name="Nordhub")
    add("Fremmed", "Fremmed afprøvning af tryksårssensor.", organisation=OrganisationFactory(hub=elsewhere))
    build_index()


def add(name: str, text: str, **fields: Any) -> None:
    StatementFactory(profile=ProfileFactory(name=name, **fields), text=text)


def names(response: Any) -> list[str]:
    return [match.profile.name for match in response.context["result"].matches]


def test_search_finds_and_shows_both_sides(client: Client, cluster: None) -> None:
    response = client.get("/en/search/", {"q": "afprøvning af tryksårssensor"})

    page = response.content.decode()
    assert response.status_code == 200
    assert names(response) == ["Sårklinikken", "Sensorfirmaet"]
    assert "<mark>tryksårssensor</mark>" in page
    assert page.count('class="bridge-card"') == 2
    assert page.count("You wrote") == 2


def test_hidden_and_foreign_texts_never_reach_the_page(client: Client, cluster: None) -> None:
    page = client.get("/en/search/", {"q": "hemmelig fremmed afprøvning af tryksårssensor"}).content.decode()

    assert page.count('class="bridge-card"') == 2
    assert "Hemmelig" not in page
    assert "Fremmed" not in page


def test_filter_keeps_only_what_was_chosen_and_stays_checked(client: Client, cluster: None) -> None:
    response = client.get("/en/search/", {"q": "tryksårssensor", "kind": "firm"})

    page = response.content.decode()
    assert names(response) == ["Sensorfirmaet"]
    assert 'name="kind" value="firm" form="search-form" checked' in page
    assert 'name="kind" value="clinician" form="search-form">' in page


def test_chosen_filter_without_hits_can_be_taken_back(client: Client, cluster: None) -> None:
    response = client.get("/en/search/", {"q": "tryksårssensor", "kind": "investor", "region": "1085"})

    page = response.content.decode()
    assert names(response) == []
    assert 'name="kind" value="investor" form="search-form" checked' in page
    assert 'name="region" value="1085" form="search-form" checked' in page
    assert 'href="?q=tryks%C3%A5rssensor"' in page


def test_htmx_gets_the_results_and_nothing_around_them(client: Client, cluster: None) -> None:
    response = client.get("/en/search/", {"q": "tryksårssensor"}, headers=HTMX)

    page = response.content.decode()
    assert page.count('class="bridge-card"') == 2
    assert "<title>tryksårssensor – search" in page
    assert "<html" not in page
    assert 'id="search-text"' not in page
    assert response["Vary"].count("HX-Request") == 1


def test_going_back_in_the_history_gets_the_whole_page(client: Client, cluster: None) -> None:
    headers = {**HTMX, "hx-history-restore-request": "true"}
    page = client.get("/en/search/", {"q": "tryksårssensor"}, headers=headers).content.decode()

    assert 'id="search-text"' in page


def test_results_say_aloud_how_many_there_are(client: Client, cluster: None) -> None:
    page = client.get("/en/search/", {"q": "tryksårssensor"}).content.decode()

    assert 'id="results-status" role="status" aria-live="polite"' in page
    assert "<strong>2</strong> profiles" in page


def test_more_is_offered_until_all_is_shown(client: Client, hub: Hub, build_index: Callable[[], object]) -> None:
    for number in range(12):
        add(f"Firma {number}", f"Sensor nummer {number}.")
    build_index()

    first = client.get("/en/search/", {"q": "sensor"})
    rest = client.get("/en/search/", {"q": "sensor", "show": "20"})

    assert (len(names(first)), first.context["more"]) == (10, "?q=sensor&show=20")
    assert (len(names(rest)), rest.context["more"]) == (12, "")


@pytest.mark.parametrize("shown", ["", "-1", "abc", "99999999999999999999", "0", "٣"])
def test_impossible_number_of_results_means_the_first_page(client: Client, cluster: None, shown: str) -> None:
    response = client.get("/en/search/", {"q": "tryksårssensor", "show": shown})

    assert response.context["question"].shown == 10


@pytest.mark.parametrize("text", ["", "   "])
def test_empty_question_teaches_the_next_step(client: Client, cluster: None, text: str) -> None:
    response = client.get("/en/search/", {"q": text})

    assert response.status_code == 200
    assert "A whole sentence works best" in response.content.decode()
    assert response.context["result"] is None


def test_first_page_of_search_needs_no_model(client: Client, hub: Hub) -> None:
    use_encoder(None)

    assert client.get("/en/search/").status_code == 200


def test_empty_result_says_what_to_try(client: Client, hub: Hub, build_index: Callable[[], object]) -> None:
    build_index()

    page = client.get("/en/search/", {"q": "sensor"}).content.decode()

    assert "Nothing fits yet" in page


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({"q": "x" * 5000}, "at most 2000 characters fit"),
        ({"q": "a\x00b"}, "cannot be stored"),
        ({"q": "sensor", "kind": "wizard"}, "is not a choice here"),
        ({"q": "sensor", "region": "9999"}, "is not a known value"),
        ({"q": "sensor", "theme": SCRIPT}, "is not a known value"),
    ],
)
def test_question_that_cannot_be_asked_says_why(
    client: Client, cluster: None, asked: dict[str, str], complaint: str
) -> None:
    response = client.get("/en/search/", asked)

    page = response.content.decode()
    assert response.status_code == 400
    assert complaint in page
    assert 'role="alert"' in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("text", ["🙂", "‮شكرا", "é" * 50, SCRIPT])
def test_strange_question_is_answered_and_escaped(client: Client, cluster: None, text: str) -> None:
    response = client.get("/en/search/", {"q": text})

    page = response.content.decode()
    assert response.status_code == 200
    assert "<script>alert" not in page
    assert "<img" not in page


def test_search_only_reads(client: Client, hub: Hub) -> None:
    assert client.post("/en/search/", {"q": "sensor"}).status_code == 405


def test_search_before_the_index_is_built_says_when_to_return(
    client: Client, hub: Hub, build_index: Callable[[], object]
) -> None:
    response = client.get("/en/search/", {"q": "sensor"})

    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert "We are not quite ready" in response.content.decode()


def test_number_of_queries_does_not_grow_with_results(
    client: Client, hub: Hub, build_index: Callable[[], object], django_assert_num_queries: Any
) -> None:
    counts = []
    for number in range(1, 9):
        add(f"Firma {number}", f"Sensor nummer {number}.")
        if number in {2, 8}:
            build_index()
            client.get("/en/search/", {"q": "sensor"})
            counts.append(queries_of(client))

    assert counts[0] == counts[1]
    assert counts[0] <= 12


def queries_of(client: Client) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        client.get("/en/search/", {"q": "sensor"})
    return len(queries)
