"""Saved searches over the API: one's own, each once, and nobody else's."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pytest_django import DjangoAssertNumQueries

from hubs.models import Hub, User
from matching.domain.saved_searches import MAX_SAVED, save_search
from matching.models import SavedSearch
from matching.results import SearchFilters
from tests.api.conftest import Caller, caller_for
from tests.factories import HubFactory, MembershipFactory, StatementFactory

PATH = "saved-searches/"
NEW = {"q": "klinisk afprøvning", "kinds": ["clinician"], "regions": ["1082"], "stages": ["idea"]}


def test_saved_search_is_kept_and_listed_newest_first(member: Caller) -> None:
    member.post(PATH, {"q": "sensor"})

    status, saved = member.post(PATH, NEW)

    assert status == 201
    assert {name: saved[name] for name in ("q", "kinds", "regions", "themes", "stages")} == {
        "q": "klinisk afprøvning",
        "kinds": [{"code": "clinician", "label": "Hospital department"}],
        "regions": [{"code": "1082", "label": "Central Denmark Region"}],
        "themes": [],
        "stages": [{"code": "idea", "label": "Idea"}],
    }
    status, body = member.get(PATH)
    assert (status, [row["q"] for row in body["results"]]) == (200, ["klinisk afprøvning", "sensor"])
    assert body["results"][0] == saved


def test_address_of_a_saved_search_asks_it_again(
    member: Caller, anybody: Caller, build_index: Callable[[], object]
) -> None:
    StatementFactory(profile__name="Nord", profile__region_id="region:1081", text="Vi tilbyder afprøvning & test.")
    StatementFactory(profile__name="Midt", profile__region_id="region:1082", text="Vi tilbyder afprøvning & test.")
    StatementFactory(profile__name="Andet", text="Kaffe og kage hver fredag.")
    build_index()
    saved = member.post(PATH, {"q": "afprøvning & test", "regions": ["1081"]})[1]

    address = urlsplit(saved["search"])
    found = anybody.client.get(f"{address.path}?{address.query}").json()

    assert parse_qs(address.query) == {"q": ["afprøvning & test"], "region": ["1081"]}
    assert [row["profile"]["name"] for row in found["results"]] == ["Nord"]


def test_same_search_twice_is_kept_once(member: Caller) -> None:
    first = member.post(PATH, {"q": "sensor", "kinds": ["firm", "clinician"]})[1]
    again = member.post(PATH, {"q": " sensor ", "kinds": ["clinician", "firm", "firm"], "themes": []})[1]
    other = member.post(PATH, {"q": "sensor", "kinds": ["firm"]})[1]

    assert first["id"] == again["id"] != other["id"]
    assert SavedSearch.objects.count() == 2


def test_removed_search_is_gone(member: Caller) -> None:
    saved = member.post(PATH, NEW)[1]

    assert member.delete(f"{PATH}{saved['id']}/") == (204, None)
    assert member.get(PATH)[1] == {"results": []}
    assert member.delete(f"{PATH}{saved['id']}/")[1]["error"]["code"] == "not_found"


def test_saved_searches_of_others_are_neither_told_nor_removed(member: Caller, hub: Hub) -> None:
    stranger = MembershipFactory(hub=hub).user
    theirs = save_search(stranger, hub_id=hub.pk, query="hemmelig", filters=SearchFilters())

    status, body = member.delete(f"{PATH}{theirs.public_id}/")
    __, unknown = member.delete(f"{PATH}00000000-0000-4000-8000-000000000000/")

    assert (status, body) == (404, unknown)
    assert member.get(PATH)[1] == {"results": []}
    assert SavedSearch.objects.count() == 1


def test_saved_searches_of_another_hub_stay_there(member: Caller, person: User) -> None:
    other = HubFactory(slug="andet", domain="andet.example")
    there = save_search(person, hub_id=other.pk, query="hos naboen", filters=SearchFilters())

    assert member.get(PATH)[1] == {"results": []}
    assert member.delete(f"{PATH}{there.public_id}/")[0] == 404
    assert SavedSearch.objects.count() == 1


def test_visitors_keep_no_searches(anybody: Caller) -> None:
    answers = [
        anybody.get(PATH),
        anybody.post(PATH, NEW),
        anybody.delete(f"{PATH}00000000-0000-4000-8000-000000000000/"),
    ]

    assert [(status, body["error"]["code"]) for status, body in answers] == [(401, "not_authenticated")] * 3
    assert SavedSearch.objects.count() == 0


def test_session_saves_and_removes_with_the_csrf_token_only(anybody: Caller, person: User) -> None:
    anybody.client.force_login(person)

    refused = anybody.post(PATH, NEW)
    anybody.client.cookies["csrftoken"] = "x" * 32
    anybody.headers["x-csrftoken"] = "x" * 32
    status, saved = anybody.post(PATH, NEW)

    assert (refused[0], refused[1]["error"]["code"]) == (403, "csrf_failed")
    assert status == 201
    assert anybody.delete(f"{PATH}{saved['id']}/")[0] == 204


def test_one_search_too_many_is_refused(member: Caller, person: User, hub: Hub) -> None:
    for number in range(MAX_SAVED):
        save_search(person, hub_id=hub.pk, query=f"sensor {number}", filters=SearchFilters())

    status, body = member.post(PATH, {"q": "en til"})

    assert (status, list(body["error"]["fields"])) == (400, ["q"])
    assert str(MAX_SAVED) in body["error"]["message"]
    assert member.post(PATH, {"q": "sensor 7"})[0] == 201, "one that is kept already takes no place"
    assert SavedSearch.objects.count() == MAX_SAVED


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("q", value) for value in [None, 5, True, [], {}, "", " \n ", "x" * 2_001, "nul\x00", "klokke\x07"]],
        *[("kinds", value) for value in [None, 5, "firm", {}, ["firm"] * 21]],
        *[("kinds.0", value) for value in [["alien"], [""], [None], [5], [["firm"]], ["firm\x00"]]],
        *[("regions.0", value) for value in [["9999"], ["region:1082"], [""], ["x" * 1_000]]],
        *[("themes.0", value) for value in [["magic"], [{}]]],
        *[("stages.0", value) for value in [["magic"], [True], ["product_stage:idea"]]],
        *[("kind", ["firm"]), ("like", "00000000-0000-4000-8000-000000000000"), ("user", 1), ("id", 1)],
    ],
)
def test_search_that_cannot_be_saved_is_refused_by_name(member: Caller, field: str, value: Any) -> None:
    status, body = member.post(PATH, {"q": "sensor", field.split(".")[0]: value})

    assert (status, list(body["error"]["fields"])) == (400, [field])
    assert SavedSearch.objects.count() == 0


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", "' OR 1=1 --", "مستشفى 👩🏽‍⚕️", "a&b=c#d?e%20+", "\u202e"]
)
def test_words_are_kept_as_they_were_written(member: Caller, words: str) -> None:
    saved = member.post(PATH, {"q": words})[1]

    assert saved["q"] == words
    assert parse_qs(urlsplit(saved["search"]).query) == {"q": [words]}


@pytest.mark.parametrize("identifier", ["7", "nonsense", "%00", "00000000"])
def test_identifier_that_is_none_is_not_found(member: Caller, identifier: str) -> None:
    assert member.delete(f"{PATH}{identifier}/")[1]["error"]["code"] == "not_found"


def test_label_of_a_filter_is_in_the_readers_language(person: User) -> None:
    caller = caller_for(person)
    caller.post(PATH, NEW)
    caller.headers["accept-language"] = "da"

    assert caller.get(PATH)[1]["results"][0]["regions"] == [{"code": "1082", "label": "Region Midtjylland"}]


@pytest.mark.parametrize("rows", [1, 3])
def test_list_asks_the_database_as_often_whatever_its_length(
    member: Caller, person: User, hub: Hub, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        filters = SearchFilters(kinds=("firm",), regions=("1082",), themes=("sustainability",), stages=("idea",))
        save_search(person, hub_id=hub.pk, query=f"sensor {number}", filters=filters)
    member.get(PATH)

    with django_assert_num_queries(6):  # hub (2), who asks (3), searches
        body = member.get(PATH)[1]

    assert len(body["results"]) == rows
