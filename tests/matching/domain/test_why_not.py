"""“Why not X?”: each rule that keeps one out, a rank that is the list's own, and nothing that a page would hide."""

from datetime import timedelta

import pytest

from hubs.models import Hub
from kernel.errors import InvalidInput, NotAllowed, NotReady
from matching.domain.recommending import recommend_for_profile
from matching.domain.why_not import SHOWN, why_not
from matching.results import WhyNot
from profiles.models import Profile
from profiles.queries import visible_profiles
from tests.encoders import WordHashEncoder
from tests.factories import HubFactory, StatementFactory
from tests.matching.cluster import TODAY, add_profile, build, member, visitor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def ask(profile: Profile, other: Profile, *, purpose: str = "opi_light", **options: object) -> WhyNot:
    """What the profile's own people are told."""
    return why_not(member(profile.hub, profile), profile, other, purpose=purpose, today=TODAY, **options)


def codes(answer: WhyNot) -> list[str]:
    return [reason.code for reason in answer.blocks]


@pytest.fixture
def seeker(hub: Hub) -> Profile:
    return add_profile(hub, needs=["sensor mod tryksår"], region_id="region:1081")


def test_one_of_the_list_is_told_its_place_and_its_pair(hub: Hub, encoder: WordHashEncoder, seeker: Profile) -> None:
    other = add_profile(hub, "clinician", offers=["sensor mod tryksår"])
    build(hub, encoder)

    answer = ask(seeker, other)

    assert (answer.profile, answer.rank, answer.shown, answer.blocks, answer.weaker) == (other, 1, 1, (), ())
    assert answer.match is not None
    assert (answer.match.rank, answer.match.theirs.text) == (1, "sensor mod tryksår")


def test_own_organisation_is_told(hub: Hub, encoder: WordHashEncoder, seeker: Profile) -> None:
    other = add_profile(hub, "clinician", offers=["sensor"], organisation=seeker.organisation)
    build(hub, encoder)

    answer = ask(seeker, other)

    assert (codes(answer), answer.rank) == (["own"], None)


def test_paused_profile_is_told(hub: Hub, encoder: WordHashEncoder, seeker: Profile) -> None:
    other = add_profile(hub, "clinician", offers=["sensor mod tryksår"])
    build(hub, encoder)
    other.is_paused = True
    other.save()

    answer = ask(seeker, other)

    assert (codes(answer), answer.rank, answer.match) == (["paused"], None, None)


def test_another_kind_than_the_purpose_joins_is_told(hub: Hub, encoder: WordHashEncoder, seeker: Profile) -> None:
    other = add_profile(hub, "investor", offers=["sensor mod tryksår"])
    build(hub, encoder)

    answer = ask(seeker, other)

    assert codes(answer) == ["kind"]
    assert "investor" in answer.blocks[0].detail
    assert codes(ask(seeker, other, purpose="event")) == []


def test_who_is_not_at_the_event_is_told(hub: Hub, encoder: WordHashEncoder, seeker: Profile) -> None:
    here, away = (add_profile(hub, "clinician", offers=["sensor mod tryksår"]) for _ in range(2))
    build(hub, encoder)

    among = frozenset({seeker.pk, here.pk})

    assert codes(ask(seeker, away, purpose="event", among=among)) == ["event"]
    assert ask(seeker, here, purpose="event", among=among).rank == 1


@pytest.mark.parametrize("silence", ["none", "hidden", "expired"])
def test_who_has_no_open_text_is_told_and_their_hidden_one_is_not_shown(
    hub: Hub, encoder: WordHashEncoder, seeker: Profile, silence: str
) -> None:
    other = add_profile(hub, "clinician")
    if silence == "hidden":
        StatementFactory(profile=other, text="sensor mod tryksår", visibility="hub")
    if silence == "expired":
        StatementFactory(profile=other, text="sensor mod tryksår", expires_on=TODAY - timedelta(days=1))
    build(hub, encoder)

    answer = ask(seeker, other)

    assert (codes(answer), answer.rank, answer.match) == (["silent"], None, None)


def test_several_rules_are_all_told(hub: Hub, encoder: WordHashEncoder, seeker: Profile) -> None:
    other = add_profile(hub, "investor", organisation=seeker.organisation, is_paused=True)
    build(hub, encoder)

    assert codes(ask(seeker, other, among=frozenset())) == ["own", "paused", "kind", "event"]


@pytest.mark.parametrize("purpose", ["opi_light", "project", "event", "erfa"])
def test_rank_is_the_place_in_the_list(hub: Hub, encoder: WordHashEncoder, seeker: Profile, purpose: str) -> None:
    kinds = ["clinician", "municipality", "researcher", "firm"]
    for number in range(16):
        words = " ".join(["sensor mod tryksår", "robot", "app", "lift", "data"][: 1 + number % 5])
        add_profile(hub, kinds[number % 4], offers=[words], needs=[f"{words} igen"])
    build(hub, encoder)
    viewer = member(hub, seeker)

    listed = recommend_for_profile(viewer, seeker, purpose=purpose, today=TODAY, limit=SHOWN).matches

    assert len(listed) >= 4
    for match in listed:
        answer = ask(seeker, match.profile, purpose=purpose)
        assert (answer.rank, answer.blocks, answer.weaker) == (match.rank, (), ())
        assert answer.match is not None
        assert answer.match.theirs == match.theirs


def test_one_behind_the_list_is_told_where_it_falls_behind(hub: Hub, encoder: WordHashEncoder, seeker: Profile) -> None:
    for _number in range(SHOWN + 2):
        add_profile(hub, "clinician", offers=["sensor mod tryksår"], region_id="region:1081")
    last = add_profile(hub, "clinician", offers=["noget helt andet sensor"], region_id="region:1084")
    build(hub, encoder)

    answer = ask(seeker, last)

    assert (answer.rank, answer.shown, answer.blocks) == (SHOWN + 3, SHOWN, ())
    assert "need_offer_meaning" in [reason.code for reason in answer.weaker]
    assert 1 <= len(answer.weaker) <= 3
    assert all(reason.label and reason.detail for reason in answer.weaker)


def test_everybody_has_a_rank_of_their_own(hub: Hub, encoder: WordHashEncoder, seeker: Profile) -> None:
    others = [add_profile(hub, "clinician", offers=[f"sensor {number}"]) for number in range(SHOWN + 4)]
    build(hub, encoder)

    ranks = [ask(seeker, other).rank for other in others]

    assert sorted(rank or 0 for rank in ranks) == list(range(1, SHOWN + 5))


def test_unseen_profiles_are_not_there_to_be_asked_about(hub: Hub, encoder: WordHashEncoder, seeker: Profile) -> None:
    hidden = add_profile(hub, "clinician", offers=["sensor mod tryksår"], visibility="hub")
    foreign = add_profile(HubFactory(slug="other", name="Other"), "clinician", offers=["sensor mod tryksår"])
    build(hub, encoder)
    viewer = member(hub, seeker)

    assert not visible_profiles(viewer).filter(pk__in=[hidden.pk, foreign.pk]).exists()
    for other in (hidden, foreign):
        answer = ask(seeker, other)
        assert (answer.rank, answer.match, answer.weaker) == (None, None, ())


def test_only_those_who_speak_for_the_profile_may_ask(hub: Hub, encoder: WordHashEncoder, seeker: Profile) -> None:
    other = add_profile(hub, "clinician", offers=["sensor"])
    build(hub, encoder)

    for viewer in (visitor(hub), member(hub), member(hub, other)):
        with pytest.raises(NotAllowed):
            why_not(viewer, seeker, other, purpose="opi_light", today=TODAY)


def test_unknown_purpose_and_missing_index_are_said(hub: Hub, encoder: WordHashEncoder, seeker: Profile) -> None:
    other = add_profile(hub, "clinician", offers=["sensor"])

    with pytest.raises(NotReady):
        ask(seeker, other)
    build(hub, encoder)
    with pytest.raises(InvalidInput):
        ask(seeker, other, purpose="dating")


def test_who_asks_nothing_gets_an_answer(hub: Hub, encoder: WordHashEncoder) -> None:
    silent, other = add_profile(hub), add_profile(hub, "clinician", offers=["sensor"])
    build(hub, encoder)

    answer = ask(silent, other)

    assert (codes(answer), answer.rank, answer.match) == (["far"], None, None)
