"""Whom a profile or a text is recommended, in which order, and that no list says what its reader may not know."""

from datetime import date, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotAllowed, NotReady
from matching.domain.recommending import (
    MAX_LIMIT,
    MAX_QUERY_CHARACTERS,
    recommend_for_profile,
    recommend_for_text,
)
from matching.engine.purposes import ALL_KINDS
from matching.enums import Direction, TeamRole
from matching.results import Recommendations
from matching.serving import hub_index
from profiles.models import Profile, Statement
from tests.encoders import WordHashEncoder
from tests.factories import HubFactory, StatementFactory
from tests.matching.cluster import TODAY, add_profile, build, facilitator, member, publish_all, visitor

pytestmark = pytest.mark.django_db

PUBLIC_SIDE = {"clinician", "municipality"}
HELIX = {"firm", "researcher", "clinician", "municipality", "knowledge_institution", "student"}


def ask(profile: Profile, *, purpose: str = "opi_light", **options: object) -> Recommendations:
    """What the profile's own people get."""
    viewer = member(profile.hub, profile)
    return recommend_for_profile(viewer, profile, purpose=purpose, today=TODAY, **options)  # type: ignore[arg-type]


def ask_text(viewer: Viewer, text: str, *, purpose: str = "opi_light", **options: object) -> Recommendations:
    return recommend_for_text(viewer, text, purpose=purpose, today=TODAY, **options)  # type: ignore[arg-type]


def found(recommendations: Recommendations) -> list[Profile]:
    return [match.profile for match in recommendations.matches]


def texts(recommendations: Recommendations) -> list[str]:
    return [match.theirs.text for match in recommendations.matches]


@pytest.fixture
def all_kinds(hub: Hub) -> list[Profile]:
    """One profile of each kind that offers a sensor."""
    return [add_profile(hub, kind, offers=["sensor til tryksår"]) for kind in ALL_KINDS]


@pytest.mark.parametrize(
    ("purpose", "kind", "partners"),
    [
        ("opi_light", "firm", PUBLIC_SIDE),
        ("opi_light", "clinician", {"firm"}),
        ("opi_light", "municipality", {"firm"}),
        ("opi_light", "researcher", PUBLIC_SIDE),
        ("opi_light", "investor", set()),
        ("project", "firm", HELIX),
        ("project", "municipality", HELIX),
        ("event", "firm", set(ALL_KINDS)),
        ("event", "adviser", set(ALL_KINDS)),
    ],
)
def test_kinds_follow_the_purpose(
    hub: Hub, encoder: WordHashEncoder, all_kinds: list[Profile], purpose: str, kind: str, partners: set[str]
) -> None:
    seeker = add_profile(hub, kind, needs=["sensor til tryksår"])
    build(hub, encoder)

    by_profile = found(ask(seeker, purpose=purpose))
    by_text = found(ask_text(visitor(hub), "sensor til tryksår", purpose=purpose, seeker_kind=kind))

    assert {profile.kind for profile in by_profile} == partners
    assert {profile.kind for profile in by_text} == partners


def test_both_directions_decide(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = add_profile(hub, needs=["afprøvning tryksår"], offers=["intelligent madras"])
    add_profile(hub, "clinician", offers=["afprøvning tryksår"], needs=["helt andet ønske"])
    both = add_profile(hub, "clinician", offers=["afprøvning tryksår"], needs=["intelligent madras"])
    build(hub, encoder)

    matches = ask(seeker).matches

    assert [match.profile == both for match in matches] == [True, False]
    assert [match.rank for match in matches] == [1, 2]


def test_their_need_alone_is_enough(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = add_profile(hub, offers=["intelligent madras"])
    other = add_profile(hub, "clinician", needs=["intelligent madras"])
    build(hub, encoder)

    (match,) = ask(seeker).matches

    assert (match.profile, match.direction, match.theirs.text) == (
        other,
        Direction.OFFER_NEED,
        "intelligent madras",
    )


def test_pair_belongs_to_the_two_profiles_and_faces_the_right_way(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = add_profile(hub, needs=["sensor", "robot", "app"], offers=["test", "data"])
    for number in range(6):
        add_profile(hub, "clinician", offers=["sensor", f"andet {number}"], needs=["data", f"mere {number}"])
    build(hub, encoder)

    matches = ask(seeker).matches

    assert len(matches) == 6
    for match in matches:
        assert match.ours is not None
        assert match.ours.statement is not None
        assert match.theirs.statement is not None
        kinds = (match.ours.statement.kind, match.theirs.statement.kind)
        assert (
            kinds == {Direction.NEED_OFFER: ("need", "offer"), Direction.OFFER_NEED: ("offer", "need")}[match.direction]
        )
        assert (match.ours.statement.profile_id, match.theirs.statement.profile_id) == (
            seeker.pk,
            match.profile.pk,
        )
        assert (match.ours.text, match.theirs.text) == (
            match.ours.statement.text,
            match.theirs.statement.text,
        )


def test_justifying_pair_is_the_best_one(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = add_profile(hub, needs=["robot til løft", "sensor mod tryksår"])
    add_profile(hub, "clinician", offers=["vi måler meget", "sensor mod tryksår", "robot"])
    build(hub, encoder)

    (match,) = ask(seeker).matches

    assert match.ours is not None
    assert (match.ours.text, match.theirs.text) == ("sensor mod tryksår", "sensor mod tryksår")
    assert [match.theirs.text[start:end] for start, end in match.theirs.marks] == ["sensor", "tryksår"]
    assert [match.ours.text[start:end] for start, end in match.ours.marks] == ["sensor", "tryksår"]


def test_own_organisation_is_left_out(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = add_profile(hub, needs=["sensor"])
    add_profile(hub, "clinician", offers=["sensor"], organisation=seeker.organisation)
    other = add_profile(hub, "clinician", offers=["sensor og mere"])
    build(hub, encoder)

    assert found(ask(seeker)) == [other]


def test_among_keeps_to_those_profiles(hub: Hub, encoder: WordHashEncoder, all_kinds: list[Profile]) -> None:
    seeker = add_profile(hub, needs=["sensor til tryksår"])
    build(hub, encoder)
    participants = frozenset(profile.pk for profile in all_kinds[2:5])

    assert {profile.pk for profile in found(ask(seeker, purpose="event", among=participants))} == participants
    assert found(ask(seeker, purpose="event", among=frozenset())) == []
    by_text = ask_text(visitor(hub), "sensor", purpose="event", among=participants)
    assert {profile.pk for profile in found(by_text)} == participants


def test_each_profile_comes_once_however_many_statements_it_has(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = add_profile(hub, needs=["sensor", "sensor tryksår"], offers=["madras"])
    loud = add_profile(hub, "clinician", offers=[f"sensor {n}" for n in range(260)], needs=["madras", "madras igen"])
    quiet = [add_profile(hub, "clinician", offers=[f"en sensor nummer {n} til mange slags brug"]) for n in range(5)]
    build(hub, encoder)

    profiles = found(ask(seeker))

    assert sorted(profile.pk for profile in profiles) == sorted([loud.pk, *(profile.pk for profile in quiet)])


def hidden(level: str) -> dict[str, object]:
    return {"expires_on": TODAY - timedelta(days=1)} if level == "expired" else {"visibility": level}


VIEWERS = {
    "visitor": set(),
    "member": {"members"},
    "facilitator": {"members", "hub"},
}


def viewer_of(hub: Hub, role: str) -> Viewer:
    return {"visitor": visitor, "member": member, "facilitator": facilitator}[role](hub)  # type: ignore[operator,no-any-return]


@pytest.mark.parametrize("level", ["members", "hub", "expired"])
@pytest.mark.parametrize("role", list(VIEWERS))
def test_hidden_statement_never_justifies_although_it_is_in_the_index(
    hub: Hub, encoder: WordHashEncoder, level: str, role: str
) -> None:
    mixed = add_profile(hub, "clinician", offers=["noget med en sensor"])
    StatementFactory(profile=mixed, text="sensor mod tryksår", **hidden(level))
    only_hidden = add_profile(hub, "clinician", offers=["sensor mod tryksår"], statement=hidden(level))
    build(hub, encoder)
    assert len(hub_index(hub.pk).offers) == 3

    answer = ask_text(viewer_of(hub, role), "sensor mod tryksår")

    if level in VIEWERS[role]:
        assert texts(answer) == ["sensor mod tryksår"] * 2
        assert set(found(answer)) == {mixed, only_hidden}
    else:
        assert (found(answer), texts(answer)) == ([mixed], ["noget med en sensor"])


@pytest.mark.parametrize(("level", "role"), [("members", "visitor"), ("hub", "visitor"), ("hub", "member")])
def test_hidden_profile_is_not_recommended_by_its_public_statements(
    hub: Hub, encoder: WordHashEncoder, level: str, role: str
) -> None:
    add_profile(hub, "clinician", offers=["sensor mod tryksår"], visibility=level)
    build(hub, encoder)
    assert len(hub_index(hub.pk).offers) == 1

    assert found(ask_text(viewer_of(hub, role), "sensor mod tryksår")) == []
    assert len(found(ask_text(facilitator(hub), "sensor mod tryksår"))) == 1


def test_hidden_about_text_colours_no_public_match(hub: Hub, encoder: WordHashEncoder) -> None:
    told = add_profile(hub, "clinician", offers=["vi prøver af"], about="hemmelig tryksårsmadras")
    Statement.objects.filter(profile=told, kind="about").update(visibility="hub")
    other = add_profile(hub, "clinician", offers=["vi prøver af"])
    build(hub, encoder)

    answer = ask_text(visitor(hub), "hemmelig tryksårsmadras")

    assert found(answer) == [told, other]
    scores = hub_index(hub.pk).offers
    assert (
        len({row.tobytes() for row in scores.scores(encoder.encode_queries(["hemmelig"]), scores.alive.nonzero()[0]).T})
        == 1
    )


@pytest.mark.parametrize("change", ["hide statement", "hide profile", "pause", "delete", "expire"])
def test_what_was_hidden_a_moment_ago_drops_out_before_the_index_knows(
    hub: Hub, encoder: WordHashEncoder, change: str
) -> None:
    stays, leaves = (add_profile(hub, "clinician", offers=["sensor mod tryksår"]) for _ in range(2))
    build(hub, encoder)
    statements, profiles = Statement.objects.filter(profile=leaves), Profile.objects.filter(pk=leaves.pk)
    match change:
        case "hide statement":
            statements.update(visibility="hub")
        case "hide profile":
            profiles.update(visibility="members")
        case "pause":
            profiles.update(is_paused=True)
        case "delete":
            statements.delete()
        case "expire":
            statements.update(expires_on=TODAY - timedelta(days=1))

    matches = ask_text(visitor(hub), "sensor mod tryksår").matches

    assert [(match.profile, match.rank) for match in matches] == [(stays, 1)]


def test_statement_is_good_on_its_last_day_and_not_after(hub: Hub, encoder: WordHashEncoder) -> None:
    add_profile(hub, "clinician", offers=["sensor"], statement={"expires_on": TODAY})
    build(hub, encoder)

    last_day = recommend_for_text(visitor(hub), "sensor", purpose="opi_light", today=TODAY)
    day_after = recommend_for_text(visitor(hub), "sensor", purpose="opi_light", today=TODAY + timedelta(days=1))

    assert (len(last_day.matches), len(day_after.matches)) == (1, 0)


def test_paused_profile_is_recommended_to_nobody(hub: Hub, encoder: WordHashEncoder) -> None:
    add_profile(hub, "clinician", offers=["sensor"], is_paused=True)
    build(hub, encoder)

    assert found(ask_text(facilitator(hub), "sensor")) == []


def test_other_hubs_profiles_never_appear(hub: Hub, encoder: WordHashEncoder) -> None:
    elsewhere = HubFactory(slug="other", name="Other")
    theirs = add_profile(elsewhere, "clinician", offers=["sensor mod tryksår"])
    ours = add_profile(hub, "clinician", offers=["noget andet"])
    seeker = add_profile(hub, needs=["sensor mod tryksår"])
    for each in (hub, elsewhere):
        build(each, encoder)

    assert found(ask(seeker)) == [ours]
    assert found(ask(seeker, among=frozenset({theirs.pk}))) == []
    assert found(ask_text(facilitator(hub), "sensor mod tryksår")) == [ours]


def test_own_expired_statement_is_not_asked_with(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = add_profile(hub, needs=["sensor"], statement={"expires_on": TODAY - timedelta(days=1)})
    add_profile(hub, "clinician", offers=["sensor"])
    build(hub, encoder)

    assert found(ask(seeker)) == []


def test_own_hidden_need_is_asked_with(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = add_profile(hub, needs=["sensor"], statement={"visibility": "hub"})
    other = add_profile(hub, "clinician", offers=["sensor"])
    build(hub, encoder)

    assert found(ask(seeker)) == [other]


def test_needs_that_the_purpose_cannot_serve_are_left_aside(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = add_profile(hub, needs=["afprøvning"])
    StatementFactory(profile=seeker, kind="need", text="distributør i Norden", collaboration_id="collaboration_form:distribution")
    near = add_profile(hub, "clinician", offers=["afprøvning hos os"])
    add_profile(hub, "clinician", offers=["distributør i Norden"])
    build(hub, encoder)

    for purpose, text in (("opi_light", "afprøvning"), ("event", "distributør i Norden")):
        best = ask(seeker, purpose=purpose).matches[0]
        assert best.ours is not None
        assert best.ours.text == text
    assert found(ask(seeker))[0] == near


def test_needs_that_no_purpose_serves_are_asked_with_when_there_are_no_others(
    hub: Hub, encoder: WordHashEncoder
) -> None:
    seeker = add_profile(
        hub, needs=["distributør"], statement={"collaboration_id": "collaboration_form:distribution"}, about="Om os"
    )
    other = add_profile(hub, "clinician", offers=["distributør"])
    build(hub, encoder)

    assert found(ask(seeker)) == [other]


def test_profile_without_statements_gets_nobody(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = add_profile(hub, about="Vi er nye")
    add_profile(hub, "clinician", offers=["Vi er nye"])
    build(hub, encoder)

    assert ask(seeker).matches == ()


def test_project_asks_for_missing_roles_first(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = add_profile(hub, needs=["sensor mod tryksår"])
    for _number in range(3):
        add_profile(hub, offers=["sensor mod tryksår"])
    far_public = add_profile(hub, "municipality", offers=["sensor og meget andet i kommunen"])
    researchers = [add_profile(hub, "researcher", offers=["sensor mod tryksår hos ældre"]) for _ in range(2)]
    build(hub, encoder)

    answer = ask(seeker, purpose="project")

    assert answer.missing_roles == (TeamRole.KNOWLEDGE, TeamRole.PUBLIC)
    assert found(answer)[:3] == [researchers[0], far_public, researchers[1]]
    assert [match.role for match in answer.matches] == [
        TeamRole.KNOWLEDGE,
        TeamRole.PUBLIC,
        TeamRole.KNOWLEDGE,
        *[None] * 3,
    ]
    assert [match.rank for match in answer.matches] == [1, 2, 3, 4, 5, 6]


def test_opi_light_and_event_ask_for_no_role(hub: Hub, encoder: WordHashEncoder, all_kinds: list[Profile]) -> None:
    seeker = add_profile(hub, needs=["sensor"])
    build(hub, encoder)

    for purpose in ("opi_light", "event"):
        answer = ask(seeker, purpose=purpose)
        assert answer.missing_roles == ()
        assert {match.role for match in answer.matches} == {None}


@pytest.mark.parametrize(("limit", "expected"), [(1, 1), (10, 10), (MAX_LIMIT, 50), (1000, 50), (0, 0)])
def test_limit_is_kept(hub: Hub, encoder: WordHashEncoder, limit: int, expected: int) -> None:
    for number in range(60):
        add_profile(hub, "clinician", offers=[f"sensor {number}"])
    build(hub, encoder)

    assert len(ask_text(visitor(hub), "sensor", limit=limit).matches) == expected


def test_equal_matches_stand_by_id_each_time_and_after_a_rebuild(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = add_profile(hub, needs=["sensor", "madras"], offers=["test"])
    profiles = [add_profile(hub, "clinician", offers=["sensor"], needs=["test"]) for _ in range(8)]
    build(hub, encoder)
    first = found(ask(seeker))

    for profile in (profiles[0], profiles[3]):
        profile.save()
    publish_all(hub, encoder)

    assert first == found(ask(seeker)) == profiles
    build(hub, encoder)
    assert found(ask(seeker)) == profiles


@pytest.mark.parametrize(("purpose", "queries"), [("opi_light", 6), ("project", 7), ("event", 6)])
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
        with django_assert_num_queries(4):
            answer = ask_text(visitor(hub), "sensor", limit=limit)
        assert len(answer.matches) == limit


def test_those_who_do_not_speak_for_the_profile_are_refused(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker, other = add_profile(hub, needs=["sensor"]), add_profile(hub, "clinician", offers=["sensor"])
    elsewhere = HubFactory(slug="other", name="Other")
    build(hub, encoder)
    strangers = [
        visitor(hub),
        member(hub),
        member(hub, other),
        Viewer(hub_id=hub.pk, role=Role.ORGANISER, user_id=3),
        Viewer(hub_id=elsewhere.pk, role=Role.HUB_ADMIN, organisation_ids=frozenset({seeker.organisation_id})),
    ]

    for viewer in strangers:
        with pytest.raises(NotAllowed):
            recommend_for_profile(viewer, seeker, purpose="opi_light", today=TODAY)

    for viewer in (member(hub, seeker), facilitator(hub)):
        assert found(recommend_for_profile(viewer, seeker, purpose="opi_light", today=TODAY)) == [other]


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


def test_date_of_today_is_the_callers(hub: Hub, encoder: WordHashEncoder) -> None:
    add_profile(hub, "clinician", offers=["sensor"], statement={"expires_on": date(2001, 1, 1)})
    build(hub, encoder)

    then = recommend_for_text(visitor(hub), "sensor", purpose="opi_light", today=date(2000, 12, 31))

    assert len(then.matches) == 1
