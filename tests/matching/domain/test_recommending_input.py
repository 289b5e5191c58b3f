"""Odd questions, long lists and missing parts: a bounded answer or a clear word."""

import pytest
from pytest_django import DjangoAssertNumQueries

from hubs.models import Hub
from kernel.errors import InvalidInput, NotReady
from matching.domain.recommending import MAX_LIMIT, MAX_QUERY_CHARACTERS, recommend_for_profile
from matching.enums import Direction
from profiles.models import Profile
from tests.encoders import WordHashEncoder
from tests.matching.cluster import TODAY, add_profile, build, member, visitor
from tests.matching.domain.asking import ask, ask_text, found

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("limit", "expected"), [(1, 1), (10, 10), (MAX_LIMIT, 50), (1000, 50), (0, 0)])
def test_limit_is_kept(hub: Hub, encoder: WordHashEncoder, limit: int, expected: int) -> None:
    for number in range(60):
        add_profile(hub, "clinician", offers=[f"sensor {number}"])
    build(hub, encoder)

    assert len(ask_text(visitor(hub), "sensor", limit=limit).matches) == expected


@pytest.mark.parametrize(("purpose", "queries"), [("opi_light", 9), ("project", 9), ("event", 9)])
def test_query_count_is_the_same_for_three_and_for_ten_matches(
    hub: Hub,
    encoder: WordHashEncoder,
    django_assert_num_queries: DjangoAssertNumQueries,
    purpose: str,
    queries: int,
) -> None:
    seeker = add_profile(hub, needs=["sensor"], offers=["madras"], region_id="region:1081")
    for number in range(12):
        partner = add_profile(hub, "clinician", offers=[f"sensor {number}"], needs=["madras"], region_id="region:1082")
        partner.theme_links.create(hub=hub, theme_id="theme:sustainability")
    seeker.theme_links.create(hub=hub, theme_id="theme:sustainability")
    build(hub, encoder)
    ask(seeker)

    for limit in (3, 10):
        plain = Profile.objects.get(pk=seeker.pk)
        viewer = member(hub, seeker)
        with django_assert_num_queries(queries):
            answer = recommend_for_profile(viewer, plain, purpose=purpose, today=TODAY, limit=limit)
        assert len(answer.matches) == limit


def test_query_count_of_a_text_is_the_same_for_three_and_for_ten_matches(
    hub: Hub, encoder: WordHashEncoder, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        add_profile(hub, "clinician", offers=[f"sensor {number}"])
    build(hub, encoder)
    ask_text(visitor(hub), "sensor")

    for limit in (3, 10):
        with django_assert_num_queries(6):
            answer = ask_text(visitor(hub), "sensor", limit=limit)
        assert len(answer.matches) == limit


@pytest.mark.parametrize("purpose", ["", "OPI_LIGHT", "dating"])
def test_unknown_purpose_is_refused(hub: Hub, encoder: WordHashEncoder, purpose: str) -> None:
    seeker = add_profile(hub, needs=["sensor"])

    for question in (
        lambda: ask(seeker, purpose=purpose),
        lambda: ask_text(visitor(hub), "sensor", purpose=purpose),
    ):
        with pytest.raises(InvalidInput) as caught:
            question()
        assert caught.value.details["field"] == "purpose"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n\t ",
        "sensor\x00",
        "sensor \ud800",
        "\x1b[31m",
        "x" * (MAX_QUERY_CHARACTERS + 1),
        "ord " * 25_000,
    ],
    ids=["empty", "blank", "NUL", "surrogate", "escape", "one too long", "100,000 characters"],
)
def test_text_that_cannot_be_asked_with_is_refused(hub: Hub, encoder: WordHashEncoder, text: str) -> None:
    build(hub, encoder)

    with pytest.raises(InvalidInput) as caught:
        ask_text(visitor(hub), text)

    assert caught.value.details["field"] == "text"


@pytest.mark.parametrize(
    "text",
    [
        "🦠",
        "<script>alert(1)</script>",
        "\u202eشفاء",
        "e\u0301" * 50,
        "' OR 1=1 --",
        "x" * MAX_QUERY_CHARACTERS,
    ],
)
def test_odd_text_is_answered(hub: Hub, encoder: WordHashEncoder, text: str) -> None:
    other = add_profile(hub, "clinician", offers=["sensor"])
    build(hub, encoder)

    assert found(ask_text(visitor(hub), text)) == [other]


def test_unknown_kind_of_seeker_is_refused(hub: Hub, encoder: WordHashEncoder) -> None:
    with pytest.raises(InvalidInput) as caught:
        ask_text(visitor(hub), "sensor", seeker_kind="robot")

    assert caught.value.details["field"] == "seeker_kind"


def test_index_that_is_not_built_is_said(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = add_profile(hub, needs=["sensor"])

    with pytest.raises(NotReady):
        ask(seeker)
    with pytest.raises(NotReady):
        ask_text(visitor(hub), "sensor")


def test_text_match_shows_the_readers_own_words(hub: Hub, encoder: WordHashEncoder) -> None:
    add_profile(hub, "clinician", offers=["Vi afprøver sensorer"])
    build(hub, encoder)

    (match,) = ask_text(visitor(hub), "  Sensor til\nældre ").matches

    assert match.ours is not None
    assert (match.ours.text, match.ours.language, match.ours.statement) == ("Sensor til\nældre", "da", None)
    assert (match.direction, match.ours.marks, match.theirs.marks) == (
        Direction.NEED_OFFER,
        ((0, 6),),
        ((12, 20),),
    )
