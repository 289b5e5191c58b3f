"""Free-text search: each profile once by its nearest text, honest counts, and nothing that the reader may not see."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotReady
from matching.domain import searching
from matching.domain.recommending import MAX_QUERY_CHARACTERS
from matching.domain.searching import search
from matching.engine.purposes import ALL_KINDS
from matching.enums import Direction
from matching.results import FacetValue, SearchFilters, SearchResult
from matching.serving import hub_index
from profiles.models import Profile, Statement
from tests.encoders import WordHashEncoder
from tests.factories import HubFactory, StatementFactory
from tests.matching.cluster import TODAY, add_profile, build, facilitator, member, publish_all, visitor

pytestmark = pytest.mark.django_db


def ask(viewer: Viewer, text: str = "sensor", *, limit: int = 20, offset: int = 0, **filters: object) -> SearchResult:
    chosen = SearchFilters(**{name: (codes,) if isinstance(codes, str) else codes for name, codes in filters.items()})
    return search(viewer, text, filters=chosen, today=TODAY, limit=limit, offset=offset)


def found(result: SearchResult) -> list[Profile]:
    return [match.profile for match in result.matches]


def counts(result: SearchResult, facet: str) -> dict[str, int]:
    return {value.code: value.count for value in result.facets[facet]}


def with_themes(profile: Profile, *codes: str) -> Profile:
    for code in codes:
        profile.theme_links.create(hub=profile.hub, theme_id=f"theme:{code}")
    return profile


@pytest.fixture
def four(hub: Hub) -> list[Profile]:
    """Two firms and two departments in three regions, with themes."""
    return [
        with_themes(add_profile(hub, offers=["sensor"], region_id="region:1081"), "sustainability"),
        with_themes(add_profile(hub, needs=["sensor to"], region_id="region:1084"), "sustainability", "iot_wearables"),
        with_themes(add_profile(hub, "clinician", about="sensor to tre", region_id="region:1081"), "iot_wearables"),
        add_profile(hub, "clinician", offers=["sensor to tre fire"]),
    ]


def test_finds_offers_needs_and_about_texts_of_every_kind(hub: Hub, encoder: WordHashEncoder) -> None:
    profiles = [
        add_profile(hub, kind, **{("offers", "needs")[number % 2]: [f"sensor {number}"]})
        for number, kind in enumerate(ALL_KINDS)
    ]
    profiles.append(add_profile(hub, about="sensor til alle"))
    build(hub, encoder)

    result = ask(visitor(hub))

    assert {profile.pk for profile in found(result)} == {profile.pk for profile in profiles}
    assert result.total == 9


def test_nearest_come_first_each_once_by_the_nearest_text(
    hub: Hub, encoder: WordHashEncoder, four: list[Profile]
) -> None:
    StatementFactory(profile=four[3], kind="need", text="sensor til mange slags formål i vores hverdag")
    build(hub, encoder)

    result = ask(visitor(hub))

    assert found(result) == four
    assert [match.theirs.text for match in result.matches] == [
        "sensor",
        "sensor to",
        "sensor to tre",
        "sensor to tre fire",
    ]
    assert [match.rank for match in result.matches] == [1, 2, 3, 4]
    assert {match.direction for match in result.matches} == {Direction.QUERY}


def test_equal_matches_stand_by_id_also_after_a_change(hub: Hub, encoder: WordHashEncoder) -> None:
    profiles = [add_profile(hub, offers=["sensor"]) for _ in range(6)]
    build(hub, encoder)
    assert found(ask(visitor(hub))) == profiles

    profiles[0].save()
    publish_all(hub, encoder)

    assert found(ask(visitor(hub))) == profiles


def test_one_profile_with_many_texts_hides_nobody(
    hub: Hub, encoder: WordHashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What fits is measured against the hub's other texts, and here nearly all are alike.
    monkeypatch.setattr(searching, "FITS", -100.0)
    loud = add_profile(hub, offers=[f"sensor {number}" for number in range(400)])
    quiet = [add_profile(hub, offers=[f"en sensor nummer {number}"]) for number in range(12)]
    build(hub, encoder)

    result = ask(visitor(hub), limit=10)

    assert (found(result)[0], len(found(result)), result.total) == (loud, 10, 13)
    assert {profile.pk for profile in found(result)[1:]} < {profile.pk for profile in quiet}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, [0, 1, 2, 3]),
        ({"kinds": "clinician"}, [2, 3]),
        ({"kinds": ("firm", "clinician")}, [0, 1, 2, 3]),
        ({"kinds": "investor"}, []),
        ({"regions": "1081"}, [0, 2]),
        ({"regions": ("1081", "1084")}, [0, 1, 2]),
        ({"regions": "1085"}, []),
        ({"regions": ""}, [0, 1, 2, 3]),
        ({"themes": "iot_wearables"}, [1, 2]),
        ({"themes": ("iot_wearables", "sustainability")}, [0, 1, 2]),
        ({"themes": "global_trends"}, []),
        ({"themes": ""}, [0, 1, 2, 3]),
        ({"kinds": "firm", "regions": "1081", "themes": "sustainability"}, [0]),
        ({"kinds": "clinician", "themes": "sustainability"}, []),
    ],
)
def test_filters_keep_exactly_what_fits(
    hub: Hub, encoder: WordHashEncoder, four: list[Profile], filters: dict[str, object], expected: list[int]
) -> None:
    build(hub, encoder)

    result = ask(visitor(hub), **filters)

    assert sorted(profile.pk for profile in found(result)) == [four[number].pk for number in expected]
    assert result.total == len(expected)


def test_facets_count_all_that_was_found(hub: Hub, encoder: WordHashEncoder, four: list[Profile]) -> None:
    build(hub, encoder)

    result = ask(visitor(hub), limit=1)

    assert counts(result, "kinds") == {"firm": 2, "clinician": 2}
    assert counts(result, "regions") == {"1081": 2, "1084": 1}
    assert counts(result, "themes") == {"iot_wearables": 2, "sustainability": 2}


def test_each_facet_is_open_while_the_others_are_in_force(
    hub: Hub, encoder: WordHashEncoder, four: list[Profile]
) -> None:
    build(hub, encoder)

    result = ask(visitor(hub), kinds="firm", regions="1081")

    assert result.total == 1
    assert counts(result, "kinds") == {"firm": 1, "clinician": 1}
    assert counts(result, "regions") == {"1081": 1, "1084": 1}
    assert counts(result, "themes") == {"sustainability": 1}


def test_theme_facet_is_open_while_a_theme_is_chosen(hub: Hub, encoder: WordHashEncoder, four: list[Profile]) -> None:
    build(hub, encoder)

    result = ask(visitor(hub), themes="iot_wearables")

    assert counts(result, "themes") == {"iot_wearables": 2, "sustainability": 2}
    assert counts(result, "kinds") == {"firm": 1, "clinician": 1}
    assert [value.chosen for value in result.facets["themes"]] == [
        value.code == "iot_wearables" for value in result.facets["themes"]
    ]


def test_facet_labels_are_in_the_readers_language(hub: Hub, encoder: WordHashEncoder, four: list[Profile]) -> None:
    build(hub, encoder)

    with translation.override("en"):
        english = ask(visitor(hub), kinds="firm")
    with translation.override("da"):
        danish = ask(visitor(hub))

    assert english.facets["kinds"][0] == FacetValue("firm", "Firm", 2, True)
    assert english.facets["regions"][0] == FacetValue("1081", "North Denmark Region", 1)
    assert danish.facets["regions"][0] == FacetValue("1081", "Region Nordjylland", 2)


def test_profile_without_statements_is_not_counted(hub: Hub, encoder: WordHashEncoder) -> None:
    with_themes(add_profile(hub), "sustainability")
    build(hub, encoder)

    result = ask(visitor(hub))

    assert (result.matches, result.total) == ((), 0)
    assert result.facets == {"kinds": (), "regions": (), "themes": (), "stages": ()}


def test_pages_together_are_the_whole_list(hub: Hub, encoder: WordHashEncoder) -> None:
    profiles = [add_profile(hub, offers=[f"sensor {number}"]) for number in range(11)]
    build(hub, encoder)

    pages = [ask(visitor(hub), limit=4, offset=offset) for offset in (0, 4, 8, 12, 5000)]

    assert [len(page.matches) for page in pages] == [4, 4, 3, 0, 0]
    together = [profile for page in pages for profile in found(page)]
    assert together == found(ask(visitor(hub)))
    assert sorted(profile.pk for profile in together) == [profile.pk for profile in profiles]
    assert [match.rank for page in pages for match in page.matches] == list(range(1, 12))
    assert {page.total for page in pages} == {11}


def test_no_more_than_the_most_results_are_promised_or_given(
    hub: Hub, encoder: WordHashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(9):
        add_profile(hub, offers=[f"sensor {number}"])
    build(hub, encoder)
    monkeypatch.setattr(searching, "MAX_RESULTS", 7)

    result = ask(visitor(hub), offset=5)

    assert (result.total, len(result.matches)) == (7, 2)


def hidden(level: str) -> dict[str, object]:
    return {"expires_on": TODAY - timedelta(days=1)} if level == "expired" else {"visibility": level}


@pytest.mark.parametrize("level", ["members", "hub", "expired"])
@pytest.mark.parametrize(
    ("viewer_of", "readable"), [(visitor, set()), (member, {"members"}), (facilitator, {"members", "hub"})]
)
def test_hidden_texts_are_neither_shown_nor_counted(
    hub: Hub, encoder: WordHashEncoder, level: str, viewer_of: Callable[[Hub], Viewer], readable: set[str]
) -> None:
    mixed = add_profile(hub, offers=["noget med en sensor"], region_id="region:1081")
    StatementFactory(profile=mixed, text="sensor", **hidden(level))
    only_hidden = add_profile(hub, "clinician", offers=["sensor"], statement=hidden(level), region_id="region:1084")
    with_themes(only_hidden, "sustainability")
    build(hub, encoder)
    assert len(hub_index(hub.pk)) == 3

    result = ask(viewer_of(hub))

    texts = [match.theirs.text for match in result.matches]
    if level in readable:
        assert (texts, result.total) == (["sensor", "sensor"], 2)
        assert counts(result, "themes") == {"sustainability": 1}
    else:
        assert (found(result), texts, result.total) == ([mixed], ["noget med en sensor"], 1)
        assert (counts(result, "kinds"), counts(result, "regions")) == ({"firm": 1}, {"1081": 1})
        assert counts(result, "themes") == {}


@pytest.mark.parametrize("visibility", ["members", "hub"])
def test_hidden_profile_is_not_found_by_public_texts(hub: Hub, encoder: WordHashEncoder, visibility: str) -> None:
    add_profile(hub, offers=["sensor"], visibility=visibility)
    build(hub, encoder)

    assert ask(visitor(hub)).total == 0
    assert ask(facilitator(hub)).total == 1


def test_what_was_hidden_a_moment_ago_drops_out_before_the_index_knows(hub: Hub, encoder: WordHashEncoder) -> None:
    stays, leaves = (add_profile(hub, offers=["sensor"]) for _ in range(2))
    build(hub, encoder)
    Statement.objects.filter(profile=leaves).update(visibility="hub")

    assert found(ask(visitor(hub))) == [stays]


def test_other_hubs_profiles_are_neither_found_nor_counted(hub: Hub, encoder: WordHashEncoder) -> None:
    elsewhere = HubFactory(slug="other", name="Other")
    with_themes(add_profile(elsewhere, "investor", offers=["sensor"], region_id="region:1085"), "sustainability")
    ours = add_profile(hub, offers=["en sensor"])
    for each in (hub, elsewhere):
        build(each, encoder)

    result = ask(facilitator(hub))

    assert (found(result), result.total) == ([ours], 1)
    assert [counts(result, facet) for facet in ("kinds", "regions", "themes")] == [{"firm": 1}, {}, {}]


@pytest.mark.parametrize("text", ["", "   ", "\n\t\r\n", "\u3000"])
def test_no_words_are_refused(hub: Hub, encoder: WordHashEncoder, text: str) -> None:
    build(hub, encoder)

    with pytest.raises(InvalidInput) as caught:
        ask(visitor(hub), text)

    assert caught.value.details["field"] == "q"


@pytest.mark.parametrize(
    "text",
    ["sensor\x00", "\x00", "\ud83e", "\x1b", "x" * (MAX_QUERY_CHARACTERS + 1), "ord " * 25_000],
    ids=["NUL behind", "NUL", "surrogate", "escape", "one too long", "100,000 characters"],
)
def test_words_that_cannot_be_searched_are_refused(hub: Hub, encoder: WordHashEncoder, text: str) -> None:
    build(hub, encoder)

    with pytest.raises(InvalidInput) as caught:
        ask(visitor(hub), text)

    assert caught.value.details["field"] == "q"


@pytest.mark.parametrize("text", ["<b>sensor</b>", "sensor 🦠", "%_'\"-- sensor", "\u202esensor شفاء"])
def test_odd_words_are_answered_and_given_back(hub: Hub, encoder: WordHashEncoder, text: str) -> None:
    profile = add_profile(hub, offers=["sensor"])
    build(hub, encoder)

    result = ask(visitor(hub), text)

    assert (found(result), result.query) == ([profile], text)


@pytest.mark.parametrize(
    "filters", [{"kinds": "robot"}, {"regions": "9999"}, {"themes": "nothing"}, {"regions": "1081; drop"}]
)
def test_unknown_code_is_refused_by_name(hub: Hub, encoder: WordHashEncoder, filters: dict[str, str]) -> None:
    build(hub, encoder)

    with pytest.raises(InvalidInput, match=f"“{next(iter(filters.values()))}”"):
        ask(visitor(hub), **filters)


def test_index_that_is_not_built_is_said(hub: Hub, encoder: WordHashEncoder) -> None:
    with pytest.raises(NotReady):
        ask(visitor(hub))


def test_query_count_is_the_same_for_three_and_for_ten_matches(
    hub: Hub, encoder: WordHashEncoder, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        with_themes(add_profile(hub, offers=[f"sensor {number}"], region_id="region:1081"), "sustainability")
    build(hub, encoder)
    ask(visitor(hub))

    for limit in (3, 10):
        with django_assert_num_queries(6):
            result = ask(visitor(hub), limit=limit, themes="sustainability")
        assert len(result.matches) == limit


def test_marks_show_the_words_that_are_shared(hub: Hub, encoder: WordHashEncoder) -> None:
    add_profile(hub, offers=["En tryksårssensor til sengen"])
    build(hub, encoder)

    (match,) = ask(visitor(hub), "en tryksår til senge").matches

    assert [match.theirs.text[start:end] for start, end in match.theirs.marks] == ["tryksårssensor", "sengen"]
    assert match.ours is not None
    assert [match.ours.text[start:end] for start, end in match.ours.marks] == ["tryksår", "senge"]
    assert match.reasons[0].detail == "tryksårssensor, sengen"
