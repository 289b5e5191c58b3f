"""What is shown is kept: the ranker, the features, the places and their probabilities; and no words."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from hubs.models import Hub
from matching.candidates_blob import Candidates
from matching.domain.learning.impressions import note_opening, record_recommendations, record_search
from matching.domain.recommending import recommend_for_profile
from matching.domain.searching import SEARCH_ORDER, search
from matching.engine.contact_features import NAMES
from matching.enums import Channel
from matching.models import ContactRules, HubRules, Impression, Introduction, LoadPlace, ShownList
from matching.queries.learning import impression_of
from matching.results import Recommendations, SearchFilters
from profiles.models import Profile
from tests.encoders import WordHashEncoder
from tests.factories import HubFactory
from tests.matching.cluster import add_profile, build, member, visitor
from tests.matching.domain.asking import TODAY

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def crowd(hub: Hub, encoder: WordHashEncoder, departments: int = 14) -> Profile:
    """A firm, and departments that fit it in different ways: by words, by place, by what they need themselves."""
    seeker = add_profile(hub, needs=["sensor mod tryksår på afdelingen"], offers=["madras"], region_id="region:1082")
    wards = ["sensor", "sensor mod tryksår", "sensor mod fald", "tryksår på afdelingen", "måling af tryksår"]
    for number in range(departments):
        add_profile(
            hub,
            "clinician",
            offers=[f"{wards[number % 5]} {number}"],
            needs=["madras" if number % 3 else "noget helt andet"],
            region_id=f"region:108{1 + number % 4}",
        )
    build(hub, encoder)
    return seeker


def recommended(hub: Hub, seeker: Profile, limit: int = 10) -> Recommendations:
    return recommend_for_profile(member(hub, seeker), seeker, purpose="opi_light", today=TODAY, limit=limit)


def test_list_is_kept_with_every_place(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = crowd(hub, encoder)
    found = recommended(hub, seeker)

    row = record_recommendations(member(hub, seeker), found, channel=Channel.WEB, seeker=seeker, now=NOW)

    assert row is not None
    assert (row.channel, row.purpose, row.seeker_id, row.ranker_name) == ("web", "opi_light", seeker.pk, "expert")
    kept = list(row.impressions.order_by("position"))
    assert [each.profile_id for each in kept] == [match.profile.pk for match in found.matches]
    assert [each.position for each in kept] == list(range(10))
    assert all(len(each.features) == len(NAMES) for each in kept)
    assert [each.explored for each in kept] == [False] * 9 + [True]
    assert [each.propensity for each in kept[:9]] == [1.0] * 9
    assert 0 < kept[9].propensity < 1


def test_candidates_come_back_as_they_were(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = crowd(hub, encoder)
    found = recommended(hub, seeker)
    row = record_recommendations(member(hub, seeker), found, channel=Channel.WEB, seeker=seeker, now=NOW)
    assert row is not None
    assert found.shown is not None

    candidates = Candidates.unpacked(bytes(ShownList.objects.get(pk=row.pk).candidates))

    assert candidates.profiles.tolist() == found.shown.profiles.tolist()
    assert len(candidates.profiles) == 14
    np.testing.assert_allclose(candidates.matrix, found.shown.columns, atol=0.01)


@pytest.mark.parametrize("blob", [b"", b"VBC1", b"VBC1\x01\x00\x02\x00nonsense", b"x" * 40])
def test_bytes_that_are_no_candidates_are_refused(blob: bytes) -> None:
    with pytest.raises(ValueError, match="no list of candidates"):
        Candidates.unpacked(blob)


def test_full_department_is_neither_shown_nor_a_candidate(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = crowd(hub, encoder)
    first = recommended(hub, seeker).matches[0].profile
    ContactRules.objects.create(hub=hub, profile=first, monthly_cap=1)
    assert recommended(hub, seeker).matches[0].profile == first
    LoadPlace.objects.create(
        hub=hub, profile=first, month=TODAY.replace(day=1), number=1, channel="web", subject=first.public_id
    )

    found = recommended(hub, seeker, limit=50)

    assert found.shown is not None
    assert first.pk not in found.shown.profiles.tolist()
    assert first not in [match.profile for match in found.matches]
    assert len(found.matches) == 13


def test_list_is_the_same_all_day_and_may_change_the_next(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = crowd(hub, encoder, departments=40)

    def tried(day: int) -> int:
        found = recommend_for_profile(
            member(hub, seeker), seeker, purpose="opi_light", today=TODAY.replace(day=day), limit=10
        )
        return next(match.profile.pk for match in found.matches if match.explored)

    assert tried(3) == tried(3)
    assert len({tried(day) for day in range(1, 15)}) > 1


def test_hub_that_tries_nobody_out_shows_the_best_only(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = crowd(hub, encoder)
    HubRules.objects.create(hub=hub, explored_places=0)

    found = recommended(hub, seeker)

    assert found.shown is not None
    assert [placing.propensity for placing in found.shown.placings] == [1.0] * 10
    assert not any(match.explored for match in found.matches)


def test_search_is_kept_without_its_words(hub: Hub, encoder: WordHashEncoder) -> None:
    crowd(hub, encoder)
    result = search(visitor(hub), "sensor mod tryksår", filters=SearchFilters(), today=TODAY, limit=5)

    row = record_search(visitor(hub), result, channel=Channel.WEB, now=NOW)

    assert row is not None
    assert (row.ranker_name, row.purpose, row.seeker_id) == (SEARCH_ORDER, "", None)
    assert [each.propensity for each in row.impressions.all()] == [1.0] * len(result.matches)
    assert "tryksår" not in str(list(ShownList.objects.values())) + str(list(Impression.objects.values()))


def test_nothing_shown_is_nothing_kept(hub: Hub, encoder: WordHashEncoder) -> None:
    crowd(hub, encoder)
    result = replace(search(visitor(hub), "sensor", filters=SearchFilters(), today=TODAY), matches=())

    assert record_search(visitor(hub), result, channel=Channel.WEB, now=NOW) is None
    assert ShownList.objects.count() == 0


def test_impression_is_found_for_its_own_seeker_only(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = crowd(hub, encoder)
    stranger = add_profile(hub, needs=["noget andet"])
    found = recommended(hub, seeker)
    row = record_recommendations(member(hub, seeker), found, channel=Channel.WEB, seeker=seeker, now=NOW)
    assert row is not None
    shown = found.matches[0].profile

    assert impression_of(hub.pk, row.public_id, profile=shown, seeker=seeker) is not None
    assert impression_of(hub.pk, row.public_id, profile=shown, seeker=stranger) is None
    assert impression_of(HubFactory(slug="other").pk, row.public_id, profile=shown, seeker=seeker) is None


def test_opening_is_kept_once(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = crowd(hub, encoder)
    found = recommended(hub, seeker)
    row = record_recommendations(member(hub, seeker), found, channel=Channel.WEB, seeker=seeker, now=NOW)
    assert row is not None
    shown = found.matches[0].profile

    assert note_opening(hub.pk, row.public_id, shown, now=NOW)
    assert not note_opening(hub.pk, row.public_id, shown, now=NOW)
    assert row.impressions.get(profile=shown).opened_at == NOW


def test_erased_profile_takes_its_impressions_along(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = crowd(hub, encoder)
    found = recommended(hub, seeker)
    row = record_recommendations(member(hub, seeker), found, channel=Channel.WEB, seeker=seeker, now=NOW)
    assert row is not None
    found.matches[0].profile.delete()

    assert row.impressions.count() == 9
    seeker.delete()
    assert ShownList.objects.count() == 0


def test_those_in_contact_are_not_suggested_again_whoever_asked(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = crowd(hub, encoder)
    first, second, third = [match.profile for match in recommended(hub, seeker).matches[:3]]
    both = {"seeker_consented_at": NOW, "receiver_consented_at": NOW}
    sent = {"sent_at": NOW, "expires_at": NOW}
    Introduction.objects.create(hub=hub, seeker=seeker, receiver=first, state="sent", **sent)
    Introduction.objects.create(hub=hub, seeker=second, receiver=seeker, state="met", **both, **sent)
    Introduction.objects.create(hub=hub, seeker=seeker, receiver=third, state="expired", **sent)

    names = [match.profile for match in recommended(hub, seeker, limit=50).matches]

    assert first not in names
    assert second not in names
    assert third in names
