"""Whom a profile or a text is recommended, by which pair of statements, and in which order."""

import pytest

from hubs.models import Hub
from matching.engine.purposes import ALL_KINDS
from matching.enums import Direction, TeamRole
from profiles.models import Profile
from tests.encoders import WordHashEncoder
from tests.factories import StatementFactory
from tests.matching.cluster import add_profile, build, publish_all, visitor
from tests.matching.domain.asking import ask, ask_text, found

pytestmark = pytest.mark.django_db


PUBLIC_SIDE = {"clinician", "municipality"}


HELIX = {"firm", "researcher", "clinician", "municipality", "knowledge_institution", "student"}


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


def test_needs_that_the_purpose_cannot_serve_are_left_aside(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = add_profile(hub, needs=["afprøvning"])
    StatementFactory(
        profile=seeker, kind="need", text="distributør i Norden", collaboration_id="collaboration_form:distribution"
    )
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
