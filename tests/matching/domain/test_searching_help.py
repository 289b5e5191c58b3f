"""What helps a searcher on: typos, stages, filters to open, more like this, both languages, a clear nothing."""

from uuid import uuid4

import pytest

from hubs.models import Hub
from kernel.errors import InvalidInput, NotFound
from matching.domain.searching import search, search_like
from matching.results import Correction, SearchFilters, SearchResult, Widening
from matching.serving import use_encoder
from profiles.models import Profile, Statement
from tests.encoders import WordHashEncoder
from tests.factories import HubFactory, StatementFactory
from tests.matching.cluster import TODAY, add_profile, build, facilitator, member, only_statement, visitor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


class ExactEncoder(WordHashEncoder):
    """So many directions that no two words of a test share one."""

    dimension = 8192


def ask(hub: Hub, text: str, **filters: tuple[str, ...]) -> SearchResult:
    return search(visitor(hub), text, filters=SearchFilters(**filters), today=TODAY)


def found(result: SearchResult) -> list[Profile]:
    return [match.profile for match in result.matches]


@pytest.fixture
def others(hub: Hub) -> list[Profile]:
    """Enough other texts, so that a word that stands in one of them says something."""
    subjects = "robot lift app data seng mad musik lys lyd vand luft jord ild glas træ stål papir uld".split()
    return [add_profile(hub, "student", offers=[f"{word} huset"]) for word in subjects]


@pytest.mark.parametrize("typed", ["tryksårsmadras", "tryksårsmadrass", "trycksårsmadras", "TRYKSÅRSMADRAS"])
def test_word_with_a_typing_error_is_found(
    hub: Hub, encoder: WordHashEncoder, others: list[Profile], typed: str
) -> None:
    profile = add_profile(hub, offers=["tryksårsmadras"])
    build(hub, encoder)

    assert found(ask(hub, typed))[:1] == [profile]


def test_correction_says_what_was_meant(hub: Hub, encoder: WordHashEncoder, others: list[Profile]) -> None:
    add_profile(hub, offers=["madras"])
    build(hub, encoder)

    result = ask(hub, "en madrasz")

    assert (result.query, result.corrections) == ("en madrasz", (Correction("madrasz", "madras"),))
    assert ask(hub, "en madras").corrections == ()


def test_danish_words_find_english_texts_and_back(hub: Hub, encoder: WordHashEncoder, others: list[Profile]) -> None:
    english = add_profile(hub, offers=["pressure ulcer"], statement={"language": "en"})
    danish = add_profile(hub, offers=["genoptræning"])
    build(hub, encoder)

    assert found(ask(hub, "tryksår")) == [english]
    assert found(ask(hub, "rehabilitation of patients")) == [danish]


@pytest.mark.parametrize(
    "words", ["zzqx", "zzqx vvkw qqyy", "🦠", "og i på til", "the of and", "x", "1234567", "%_'\"--"]
)
def test_nonsense_finds_nobody(hub: Hub, encoder: WordHashEncoder, others: list[Profile], words: str) -> None:
    exact = ExactEncoder("word-hash-exact")
    use_encoder(exact)
    build(hub, exact)

    result = ask(hub, words)

    assert (result.matches, result.total, result.widenings) == ((), 0, ())
    assert result.facets == {"kinds": (), "regions": (), "themes": (), "stages": ()}


def staged(hub: Hub, stage: str, **columns: object) -> Profile:
    return add_profile(hub, offers=["sensor"], statement={"stage_id": f"product_stage:{stage}"}, **columns)


def test_stage_filter_keeps_exactly_that_stage(hub: Hub, encoder: WordHashEncoder) -> None:
    idea, market = staged(hub, "idea"), staged(hub, "on_market")
    without = add_profile(hub, offers=["sensor"])
    build(hub, encoder)

    assert found(ask(hub, "sensor", stages=("idea",))) == [idea]
    assert found(ask(hub, "sensor", stages=("idea", "on_market"))) == [idea, market]
    assert found(ask(hub, "sensor")) == [idea, market, without]
    with pytest.raises(InvalidInput, match="“robot”"):
        ask(hub, "sensor", stages=("robot",))


def test_stage_facet_counts_with_the_stage_filter_open(hub: Hub, encoder: WordHashEncoder) -> None:
    staged(hub, "idea", region_id="region:1081")
    staged(hub, "on_market", region_id="region:1081")
    staged(hub, "on_market", region_id="region:1082")
    build(hub, encoder)

    result = ask(hub, "sensor", stages=("idea",), regions=("1081",))

    assert {value.code: (value.count, value.chosen) for value in result.facets["stages"]} == {
        "idea": (1, True),
        "on_market": (1, False),
    }
    assert {value.code: value.count for value in result.facets["regions"]} == {"1081": 1}


def test_profile_with_many_stages_counts_once_for_each(hub: Hub, encoder: WordHashEncoder) -> None:
    profile = staged(hub, "idea")
    for _time in range(2):
        StatementFactory(profile=profile, text="sensor igen", stage_id="product_stage:on_market")
    build(hub, encoder)

    facets = ask(hub, "sensor").facets

    assert {value.code: value.count for value in facets["stages"]} == {"idea": 1, "on_market": 1}
    assert {value.code: value.count for value in facets["kinds"]} == {"firm": 1}


def test_filters_that_hide_everything_can_be_opened(hub: Hub, encoder: WordHashEncoder) -> None:
    for number in range(3):
        add_profile(hub, offers=[f"sensor {number}"], region_id="region:1081")
    add_profile(hub, "clinician", offers=["sensor 3"], region_id="region:1082")
    build(hub, encoder)

    result = ask(hub, "sensor", kinds=("clinician",), regions=("1081",))

    assert result.total == 0
    assert result.widenings == (Widening("kinds", "Kind", 3), Widening("regions", "Region", 1))


def test_nothing_to_open_where_nothing_is_hidden(hub: Hub, encoder: WordHashEncoder) -> None:
    for number in range(4):
        add_profile(hub, offers=[f"sensor {number}"])
    build(hub, encoder)

    assert ask(hub, "sensor").widenings == ()
    assert ask(hub, "sensor", kinds=("firm",)).widenings == ()


def like(hub: Hub, statement: Statement, **filters: tuple[str, ...]) -> SearchResult:
    return search_like(visitor(hub), statement.public_id, filters=SearchFilters(**filters), today=TODAY)


def test_more_like_this_leaves_out_its_own_organisation(
    hub: Hub, encoder: WordHashEncoder, others: list[Profile]
) -> None:
    profile = add_profile(hub, offers=["sensor mod tryksår"])
    add_profile(hub, "clinician", offers=["sensor mod tryksår"], organisation=profile.organisation)
    near = add_profile(hub, "clinician", offers=["sensor mod tryksår"])
    build(hub, encoder)

    result = like(hub, only_statement(profile))

    assert (found(result), result.query) == ([near], "sensor mod tryksår")
    assert found(like(hub, only_statement(profile), kinds=("investor",))) == []


def test_more_like_a_hidden_or_foreign_text_is_not_found(hub: Hub, encoder: WordHashEncoder) -> None:
    hidden = only_statement(add_profile(hub, offers=["sensor"], statement={"visibility": "members"}))
    foreign = only_statement(add_profile(HubFactory(slug="other", name="Other"), offers=["sensor"]))
    near = add_profile(hub, offers=["sensor"])
    build(hub, encoder)

    for public_id in (hidden.public_id, foreign.public_id, uuid4()):
        with pytest.raises(NotFound):
            search_like(visitor(hub), public_id, filters=SearchFilters(), today=TODAY)
    result = search_like(member(hub), hidden.public_id, filters=SearchFilters(), today=TODAY)
    assert found(result) == [near]


def test_more_like_this_works_before_the_text_is_indexed(
    hub: Hub, encoder: WordHashEncoder, others: list[Profile]
) -> None:
    near = add_profile(hub, offers=["sensor mod tryksår"])
    build(hub, encoder)
    new = only_statement(add_profile(hub, offers=["sensor mod tryksår"]))

    assert found(search_like(facilitator(hub), new.public_id, filters=SearchFilters(), today=TODAY)) == [near]
