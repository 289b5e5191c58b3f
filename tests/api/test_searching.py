"""Search over the API: by words or by a statement, with facets, corrections and filters to open; nothing hidden."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from matching.serving import use_encoder
from profiles.models import Profile, Statement
from tests.api.cluster import clinician, fill, keys_in, names, quoted
from tests.api.conftest import Caller
from tests.factories import HubFactory, OrganisationFactory, ProfileFactory, StatementFactory

TEXT = "Vi tilbyder afprøvning af tryksårssensor."


@pytest.fixture
def cluster(own_profile: Profile) -> None:
    fill(own_profile)


def statement_of(name: str) -> Statement:
    return Statement.objects.get(profile__name=name)


def test_search_gives_the_statement_that_fits_with_marks_and_facets(
    anybody: Caller, cluster: None, build_index: Callable[[], object]
) -> None:
    build_index()

    status, body = anybody.get("search/", q="afprøvning af tryksårssensor", kind="clinician")

    best = body["results"][0]
    assert status == 200
    assert names(body) == ["Sårafdelingen"]
    assert (body["count"], best["rank"], best["direction"]["code"]) == (1, 1, "query")
    assert best["theirs"]["text"] == TEXT
    marked = [best["theirs"]["text"][mark["start"] : mark["end"]] for mark in best["theirs"]["marks"]]
    assert "tryksårssensor" in " ".join(marked)
    assert {"code": "clinician", "label": "Hospital department", "count": 1, "chosen": True} in body["facets"]["kinds"]
    assert (best["fit"], best["theirs"]["carrying"]) == (None, None)


def test_search_comes_in_pages(anybody: Caller, cluster: None, build_index: Callable[[], object]) -> None:
    build_index()

    first = anybody.get("search/", q="afprøvning", limit=1)[1]
    second = anybody.get("search/", q="afprøvning", limit=1, offset=1)[1]

    assert (first["count"], len(first["results"]), first["results"][0]["rank"]) == (2, 1, 1)
    assert "offset=1" in first["next"]
    assert second["results"][0]["rank"] == 2
    assert names(first) != names(second)


def test_search_keeps_to_product_stages_and_counts_them(anybody: Caller, build_index: Callable[[], object]) -> None:
    for name, stage in (("Tidlig", "idea"), ("Sen", "on_market"), ("Uden", None)):
        profile = ProfileFactory(name=name)
        StatementFactory(profile=profile, text=TEXT, stage_id=f"product_stage:{stage}" if stage else None)
    StatementFactory(profile__name="Andet", text="Kaffe og kage hver fredag.")
    build_index()

    body = anybody.get("search/", q="afprøvning af tryksårssensor", stage=["on_market", "on_market"])[1]
    both = anybody.get("search/", q="afprøvning af tryksårssensor", stage=["on_market", "idea"])[1]

    stages = {value["code"]: (value["count"], value["chosen"]) for value in body["facets"]["stages"]}
    assert (names(body), body["count"]) == (["Sen"], 1)
    assert stages == {"idea": (1, False), "on_market": (1, True)}, "open counts: what choosing another one would give"
    assert set(names(both)) == {"Tidlig", "Sen"}


def test_search_says_which_filter_to_open_when_little_is_found(
    anybody: Caller, cluster: None, build_index: Callable[[], object]
) -> None:
    build_index()

    body = anybody.get("search/", q="afprøvning af tryksårssensor", region="1081")[1]
    open_ = anybody.get("search/", q="afprøvning af tryksårssensor")[1]

    assert (body["count"], names(body)) == (0, [])
    assert body["widenings"] == [{"name": "regions", "label": "Region", "count": open_["count"]}]
    assert open_["widenings"] == []


def test_search_says_which_word_it_read_as_another(
    anybody: Caller, cluster: None, build_index: Callable[[], object]
) -> None:
    build_index()

    mistyped = anybody.get("search/", q="tryksårssensr")[1]
    right = anybody.get("search/", q="tryksårssensor")[1]

    assert mistyped["corrections"] == [{"written": "tryksårssensr", "meant": "tryksårssensor"}]
    assert mistyped["query"] == "tryksårssensr"
    assert names(mistyped) == names(right) != []
    assert right["corrections"] == []


def test_search_for_nonsense_finds_nothing(anybody: Caller, cluster: None, build_index: Callable[[], object]) -> None:
    build_index()

    status, body = anybody.get("search/", q="qwxz 🦄🦄")

    assert (status, body["count"], body["results"], body["next"]) == (200, 0, [], None)


@pytest.mark.parametrize(
    "words",
    [
        "x",
        "og i at",
        "🦄",
        "' OR 1=1 --",
        'title:(a AND "b',
        "(a+)+$" * 50,
        "ord " * 400,
        "*:*",
        "\u202e",
        "<b>",
        "~2 ^9",
    ],
)
def test_search_takes_any_words(anybody: Caller, cluster: None, build_index: Callable[[], object], words: str) -> None:
    build_index()

    status, body = anybody.get("search/", q=words)

    assert (status, body["query"]) == (200, words.strip())
    assert "Skjult" not in names(body)


def test_like_finds_others_who_say_nearly_the_same(
    anybody: Caller, cluster: None, build_index: Callable[[], object]
) -> None:
    clinician("Ortopædkirurgerne", "Vi tilbyder afprøvning af tryksårssensor på afdelingen.")
    build_index()
    statement = statement_of("Sårafdelingen")

    status, body = anybody.get("search/", like=str(statement.public_id), kind="clinician")

    assert (status, body["query"], names(body)[0]) == (200, TEXT, "Ortopædkirurgerne")
    assert {"Sårafdelingen", "Skjult"}.isdisjoint(names(body))
    assert body["results"][0]["ours"]["statement"] == str(statement.public_id)
    assert body["facets"]["kinds"][0]["code"] == "firm"


@pytest.mark.parametrize("hidden", ["unknown", "expired", "for members", "hidden profile", "other hub"])
def test_like_a_statement_that_is_not_open_looks_like_one_that_is_not_there(
    anybody: Caller, build_index: Callable[[], object], hidden: str
) -> None:
    fields: dict[str, Any] = {
        "unknown": {},
        "expired": {"expires_on": "2020-01-01"},
        "for members": {"visibility": "members"},
        "hidden profile": {"profile__visibility": "hub"},
        "other hub": {"profile": ProfileFactory(organisation=OrganisationFactory(hub=HubFactory(slug="andet")))},
    }[hidden]
    statement = StatementFactory(text=TEXT, **fields)
    StatementFactory(text=TEXT)
    build_index()
    named = "00000000-0000-4000-8000-000000000000" if hidden == "unknown" else str(statement.public_id)

    status, body = anybody.get("search/", like=named)

    assert (status, body["error"]["code"]) == (404, "not_found")
    assert TEXT not in str(body)


def test_matches_tell_neither_score_nor_contact_nor_what_is_hidden(
    anybody: Caller, cluster: None, build_index: Callable[[], object]
) -> None:
    clinician("Ortopædkirurgerne", "Vi tilbyder afprøvning af tryksårssensor på afdelingen.")
    build_index()

    answers = [
        anybody.get("search/", q="afprøvning af tryksårssensor"),
        anybody.get("search/", like=str(statement_of("Ortopædkirurgerne").public_id)),
    ]

    for status, body in answers:
        assert (status, "Sårafdelingen" in names(body)) == (200, True)
        assert {"score", "similarity", "distance", "contact_email", "need_share"}.isdisjoint(keys_in(body))
        assert "example" not in str(body["results"])
        assert "Skjult" not in names(body)


def test_sentence_that_carries_the_match_is_pointed_to(anybody: Caller, build_index: Callable[[], object]) -> None:
    carrying = "Vi afprøver gerne en sensor mod tryksår."
    clinician("Sårafdelingen", f"Kaffen er god 👩🏽‍⚕️ hos os. {carrying} Der er parkering ved døren.")
    StatementFactory(profile__name="Andet", text="Kaffe og kage hver fredag.")
    build_index()

    body = anybody.get("search/", q="afprøver sensor mod tryksår")[1]

    assert names(body) == ["Sårafdelingen"]
    assert quoted(body["results"][0]["theirs"]) == carrying


@pytest.mark.parametrize("rows", [1, 3])
def test_search_asks_the_database_as_often_whatever_is_found(
    anybody: Caller, build_index: Callable[[], object], rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        clinician(f"Afdeling {number}", f"Kaffen er god. Vi tilbyder afprøvning af tryksårssensor nummer {number}.")
    StatementFactory(profile__name="Andet", text="Kaffe og kage hver fredag.")
    build_index()
    anybody.get("search/", q="afprøvning af tryksårssensor")

    # Hub (2), themes of facets, profiles (3), sentences (3), keeping the list (4).
    with django_assert_num_queries(13):
        body = anybody.get("search/", q="afprøvning af tryksårssensor")[1]

    assert len(body["results"]) == rows


def test_search_says_so_when_the_index_is_not_built(anybody: Caller, build_index: Callable[[], object]) -> None:
    response = anybody.client.get("/api/v1/search/?q=sensor")

    assert (response.status_code, response.json()["error"]["code"]) == (503, "not_ready")
    assert int(response["Retry-After"]) > 0


def test_search_says_so_when_the_model_is_not_built(anybody: Caller, settings: Any, tmp_path: Any) -> None:
    settings.VIDENBRO_CACHE_DIR = tmp_path
    use_encoder(None)

    status, body = anybody.get("search/", q="sensor")

    assert (status, body["error"]["code"]) == (503, "not_ready")
