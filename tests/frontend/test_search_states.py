"""What the search page says of words that were corrected, of filters that hide, and of sentences that carry a match."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from hubs.models import Hub
from matching.domain import searching
from matching.enums import Direction
from matching.results import Correction, FacetValue, Fit, Match, SearchFilters, SearchResult, Side, Widening
from tests.factories import MembershipFactory, ProfileFactory, StatementFactory
from tests.frontend.conftest import SCRIPT, speaks_for

TEXT = "Vi er en klinik. Vi afprøver sensorer mod tryksår. Ring om formiddagen."


@pytest.fixture
def match(hub: Hub) -> Match:
    theirs = StatementFactory(profile=ProfileFactory(name="Sårklinikken"), text=TEXT)
    side = Side(TEXT, "da", ((20, 28),), theirs, carrying=(17, 50))
    return Match(theirs.profile, 1, Direction.QUERY, side, fit=Fit("good", "Fits", 46))


@pytest.fixture
def finds(monkeypatch: pytest.MonkeyPatch, match: Match) -> Callable[..., None]:
    """A function that says what every search finds: one match, unless it is told otherwise."""

    def set_result(**changes: Any) -> None:
        def answer(viewer: object, text: str, *, filters: SearchFilters, **_rest: object) -> SearchResult:
            whole = SearchResult(text.strip(), (match,), 1, filters)
            return replace(whole, **changes)

        monkeypatch.setattr(searching, "search", answer)

    return set_result


def page_of(client: Client, address: str = "/en/search/?q=trykår") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_carrying_sentence_stands_out_and_keeps_its_marks(client: Client, finds: Callable[..., None]) -> None:
    finds()

    assert (
        '<span class="bank-rest">Vi er en klinik. </span>'
        '<b class="bank-carrying">Vi <mark>afprøver</mark> sensorer mod tryksår.</b>'
        '<span class="bank-rest"> Ring om formiddagen.</span>'
    ) in page_of(client)


def test_fit_is_told_in_words_with_what_they_mean(client: Client, finds: Callable[..., None]) -> None:
    finds()

    page = page_of(client)

    assert 'class="fit fit--good"' in page
    assert "Of 100 such pairs, 46 were judged worth a talk." in page


def test_match_without_fit_shows_no_badge(client: Client, finds: Callable[..., None], match: Match) -> None:
    finds(matches=(replace(match, fit=None),))

    assert "fit--" not in page_of(client)


def test_corrected_word_is_named_and_can_be_searched_alone(client: Client, finds: Callable[..., None]) -> None:
    finds(corrections=(Correction("trykår", "tryksår"),))

    page = page_of(client, "/en/search/?q=trykår hos borgere&kind=firm")

    assert 'Also searched for <a href="?q=tryks%C3%A5r+hos+borgere&amp;kind=firm">tryksår</a>' in page
    assert "nobody here has written “trykår”" in page


def test_correction_is_escaped(client: Client, finds: Callable[..., None]) -> None:
    finds(corrections=(Correction(SCRIPT, SCRIPT),))

    page = page_of(client)

    assert "<script>alert" not in page
    assert "<img" not in page


def test_filters_that_hide_are_offered_to_be_opened(client: Client, finds: Callable[..., None]) -> None:
    finds(matches=(), total=0, widenings=(Widening("regions", "Region", 12), Widening("kinds", "Kind", 1)))

    page = page_of(client, "/en/search/?q=fald&region=1082&kind=investor")

    assert 'href="?q=fald&amp;kind=investor"' in page
    assert "Open the filter “Region”: 12 fit<" in page
    assert 'href="?q=fald&amp;region=1082"' in page
    assert "Open the filter “Who”: 1 fits<" in page


def test_filter_that_hides_nothing_is_not_offered(client: Client, finds: Callable[..., None]) -> None:
    finds(widenings=(Widening("regions", "Region", 1),))

    assert "Open the filter" not in page_of(client, "/en/search/?q=fald&region=1082")


def test_few_results_lead_on_and_many_do_not(client: Client, finds: Callable[..., None]) -> None:
    finds()
    few = page_of(client)
    finds(total=4)
    many = page_of(client)

    assert "Is the right one not here?" in few
    assert 'href="/en/write-need/?text=tryk%C3%A5r"' in few
    assert "Is the right one not here?" not in many


def test_words_that_fit_nobody_lead_to_other_ways(client: Client, finds: Callable[..., None]) -> None:
    finds(matches=(), total=0)

    page = page_of(client, "/en/search/?q=xyzzy")

    assert "Nothing fits yet" in page
    assert 'href="/en/write-need/?text=xyzzy"' in page
    assert "Searches to try" in page


def test_short_filters_are_whole_so_that_no_chip_moves(client: Client, finds: Callable[..., None]) -> None:
    finds(facets={"kinds": (FacetValue("firm", "Firm", 3),), "stages": (FacetValue("prototype", "Prototype", 2),)})

    response = client.get("/en/search/?q=sensor&stage=prototype")

    counts = {group.name: [value.count for value in group.values] for group in response.context["filters"]}
    assert counts == {"kind": [3, 0, 0, 0, 0, 0, 0, 0], "stage": [2]}
    assert 'name="stage" value="prototype"' in response.content.decode()


def test_results_offer_more_like_each_of_them(client: Client, finds: Callable[..., None], match: Match) -> None:
    finds()

    page = page_of(client, "/en/search/?q=sensor&kind=firm")

    assert match.theirs.statement is not None
    assert f'href="/en/search/?like={match.theirs.statement.public_id}&amp;kind=firm"' in page


def test_need_is_written_with_the_words_of_the_search(client: Client, hub: Hub) -> None:
    profile = ProfileFactory(name="Nordlys", slug="nordlys")

    response = speaks_for(client, profile).get("/en/write-need/", {"text": "færre fald"}, follow=True)

    assert response.request["PATH_INFO"] == "/en/my-profile/nordlys/texts/new/"
    assert ">\nfærre fald</textarea>" in response.content.decode()


def test_need_of_somebody_without_profile_begins_with_the_first_steps(client: Client, hub: Hub) -> None:
    client.force_login(MembershipFactory(hub=hub).user)

    assert client.get("/en/write-need/?text=x")["Location"] == "/en/start/"


def test_need_of_a_visitor_begins_with_signing_in(client: Client, hub: Hub) -> None:
    response = client.get("/en/write-need/?text=x")

    assert response["Location"] == "/en/account/login/?next=/en/write-need/%3Ftext%3Dx"


def test_hostile_words_of_a_need_are_only_text(client: Client, hub: Hub) -> None:
    client = speaks_for(client, ProfileFactory(name="Nordlys", slug="nordlys"))

    page = client.get("/en/write-need/", {"text": SCRIPT}, follow=True).content.decode()

    assert "<script>alert" not in page
    assert "<img" not in page
