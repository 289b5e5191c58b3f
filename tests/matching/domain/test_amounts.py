"""A profile with 500 texts or none, hundreds of texts that are all the same: everybody is found, each once."""

import pytest

from hubs.models import Hub
from matching.domain.market import MAX_ASKS, market_for_profile
from matching.domain.ranking import rank
from matching.domain.searching import MAX_RESULTS, search
from matching.domain.why_not import why_not
from matching.engine.weights import RANKERS
from matching.models import StatementVector
from matching.results import SearchFilters
from profiles.models import Profile, Statement
from tests.encoders import WordHashEncoder
from tests.factories import StatementFactory
from tests.matching.cluster import TODAY, add_profile, build, member, publish_all, visitor
from tests.matching.domain.asking import ask, found
from tests.matching.domain.watching import fresh_index_statements

pytestmark = pytest.mark.django_db


def add_texts(profile: Profile, kind: str, texts: list[str]) -> None:
    """Many statements at once."""
    rows = [
        StatementFactory.build(profile=profile, hub=profile.hub, kind=kind, text=text, position=place)
        for place, text in enumerate(texts)
    ]
    Statement.objects.bulk_create(rows)


def test_profile_with_five_hundred_texts_asks_and_is_found(hub: Hub, encoder: WordHashEncoder) -> None:
    loud = add_profile(hub)
    add_texts(loud, "need", [f"sensor mod tryksår {number}" for number in range(500)])
    others = [add_profile(hub, "clinician", offers=[f"sensor mod tryksår {number}"]) for number in range(5)]
    build(hub, encoder)

    assert {profile.pk for profile in found(ask(loud))} == {profile.pk for profile in others}
    market = market_for_profile(member(hub, loud), loud, purpose="opi_light", today=TODAY, among=None)
    assert len(market.question.asks) == MAX_ASKS


def test_profile_with_five_hundred_texts_hides_nobody(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = add_profile(hub, needs=["sensor mod tryksår"])
    loud = add_profile(hub, "clinician")
    add_texts(loud, "offer", [f"sensor mod tryksår {number}" for number in range(500)])
    quiet = [add_profile(hub, "clinician", offers=[f"noget andet {number}"]) for number in range(9)]
    build(hub, encoder)

    matches = ask(seeker, limit=20).matches

    assert sorted(match.profile.pk for match in matches) == sorted(profile.pk for profile in (loud, *quiet))
    assert matches[0].profile == loud


def test_profile_without_texts_neither_asks_nor_is_found(hub: Hub, encoder: WordHashEncoder) -> None:
    silent, other = add_profile(hub), add_profile(hub, "clinician", offers=["sensor"])
    build(hub, encoder)

    assert ask(silent).matches == ()
    assert ask(other).matches == ()
    assert why_not(member(hub, silent), silent, other, purpose="opi_light", today=TODAY).rank is None


def test_five_hundred_profiles_with_one_text_are_one_vector(hub: Hub, encoder: WordHashEncoder) -> None:
    first = add_profile(hub, "clinician", offers=["sensor mod tryksår"])
    profiles = Profile.objects.bulk_create(
        Profile(hub=hub, organisation=first.organisation, kind="clinician", name=f"Nr. {number}", slug=f"nr-{number}")
        for number in range(499)
    )
    Statement.objects.bulk_create(
        StatementFactory.build(profile=profile, hub=hub, text="sensor mod tryksår") for profile in profiles
    )
    build(hub, encoder)

    result = search(visitor(hub), "sensor mod tryksår", filters=SearchFilters(), today=TODAY, limit=10)

    assert (encoder.encoded, StatementVector.objects.count()) == (["sensor mod tryksår"], 1)
    assert len(fresh_index_statements(hub, encoder)) == 500
    assert (len(result.matches), result.total) == (10, MAX_RESULTS)
    assert [match.profile.pk for match in result.matches] == sorted(match.profile.pk for match in result.matches)
    assert len({match.profile.pk for match in result.matches}) == 10


def test_change_of_one_among_many_alike_is_seen(hub: Hub, encoder: WordHashEncoder) -> None:
    profile = add_profile(hub, "clinician")
    add_texts(profile, "offer", ["sensor"] * 60)
    seeker = add_profile(hub, needs=["robot til løft"])
    build(hub, encoder)

    one = profile.statements.order_by("pk")[30]
    one.text = "robot til løft"
    one.save()
    publish_all(hub, encoder)

    (match,) = ask(seeker).matches
    assert match.theirs.statement == one


def test_ranking_is_the_same_each_time(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = add_profile(hub, needs=["sensor"])
    for number in range(30):
        add_profile(hub, "clinician", offers=[f"sensor {number % 3}"])
    build(hub, encoder)
    market = market_for_profile(member(hub, seeker), seeker, purpose="opi_light", today=TODAY, among=None)

    rankings = [rank(market.index, market.question, market.rows, RANKERS["opi_light"]) for _time in range(3)]

    assert len({ranking.profiles.tobytes() for ranking in rankings}) == 1
    assert len({ranking.scores.tobytes() for ranking in rankings}) == 1
