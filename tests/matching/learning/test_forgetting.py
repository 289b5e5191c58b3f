"""Erasure reaches packed candidates; a pair's own columns are what a list would have shown."""

import pytest

from hubs.models import Hub
from matching.candidates_blob import Candidates
from matching.domain.learning.forgetting import KEPT, scrub_candidates, scrub_due
from matching.domain.learning.snapshots import features_of_pair
from matching.domain.recommending import recommend_for_profile
from matching.engine.contact_features import HIGH, LOW, NAMES, NEUTRAL
from matching.models import Introduction, ShownList
from tests.encoders import WordHashEncoder
from tests.factories import HubFactory, ProfileFactory
from tests.matching.cluster import add_profile, build, member
from tests.matching.domain.asking import TODAY
from tests.matching.learning.logs import NOW, ago, ask, show

pytestmark = pytest.mark.django_db


def candidates(row: ShownList) -> list[int]:
    row.refresh_from_db()
    return Candidates.unpacked(bytes(row.candidates)).profiles.tolist()


def test_erased_candidate_is_taken_out_of_the_lists_of_its_hub(hub: Hub) -> None:
    firm, ward, gone = ProfileFactory.create_batch(3, hub=hub)
    row = show(firm, [ward], at=ago(5), others=[gone])[0].shown_list
    whole = show(firm, [ward], at=ago(4))[0].shown_list
    columns = Candidates.unpacked(bytes(row.candidates)).matrix[0].tolist()

    gone.delete()

    assert scrub_candidates(hub.pk, now=NOW) == 1
    assert (candidates(row), candidates(whole)) == ([ward.pk], [ward.pk])
    assert Candidates.unpacked(bytes(row.candidates)).matrix[0].tolist() == columns
    assert scrub_candidates(hub.pk, now=NOW) == 0


def test_list_of_erased_candidates_only_is_emptied(hub: Hub) -> None:
    firm, gone = ProfileFactory.create_batch(2, hub=hub)
    row = show(firm, [gone], at=ago(5))[0].shown_list

    gone.delete()
    scrub_due(NOW)

    row.refresh_from_db()
    assert bytes(row.candidates) == b""


def test_forged_and_old_candidates_are_emptied(hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    firm, ward = ProfileFactory.create_batch(2, hub=hub)
    forged = show(firm, [ward], at=ago(5), candidates=b"VBC1 and nothing else")[0].shown_list
    old = show(firm, [ward], at=NOW - 2 * KEPT)[0].shown_list

    assert scrub_candidates(hub.pk, now=NOW) == 2

    assert [bytes(ShownList.objects.get(pk=row.pk).candidates) for row in (forged, old)] == [b"", b""]
    assert [record.getMessage() for record in caplog.records] == [
        "A list's candidates cannot be read; they are emptied."
    ]


def test_another_hubs_lists_stay(hub: Hub) -> None:
    other = HubFactory(slug="other", name="Other")
    firm, ward, gone = ProfileFactory.create_batch(3, hub=other)
    row = show(firm, [ward], at=ago(5), others=[gone])[0].shown_list
    packed = bytes(row.candidates)
    gone.delete()

    assert scrub_candidates(hub.pk, now=NOW) == 0

    row.refresh_from_db()
    assert bytes(row.candidates) == packed


def test_pair_has_the_columns_that_a_list_shows(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = add_profile(hub, needs=["sensor mod tryksår"], offers=["madras"])
    ward = add_profile(hub, "clinician", offers=["sensor mod tryksår"], needs=["madras"])
    build(hub, encoder)
    shown = recommend_for_profile(member(hub, seeker), seeker, purpose="opi_light", today=TODAY).shown
    assert shown is not None
    place = shown.profiles.tolist().index(ward.pk)

    found = features_of_pair(hub.pk, seeker, ward, "opi_light", today=TODAY)

    assert found == pytest.approx(shown.columns[place].tolist(), abs=1e-4)
    row = ask(seeker, ward, at=ago(3), features=found)
    assert Introduction.objects.get(pk=row.pk).features == found


def test_pair_without_an_open_text_has_neutral_columns(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = add_profile(hub, needs=["sensor mod tryksår"])
    silent = add_profile(hub, "clinician", name="Regionshospitalet", specialty_id=None)
    build(hub, encoder)

    found = features_of_pair(hub.pk, seeker, silent, "opi_light", today=TODAY)

    assert len(found) == len(NAMES)
    assert all(low <= value <= high for low, value, high in zip(LOW, found, HIGH, strict=True))
    assert found[0] == NEUTRAL[0]
    assert found[NAMES.index("relevance")] < -2


def test_pair_in_a_hub_without_an_index_has_none(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker, ward = add_profile(hub, needs=["sensor"]), add_profile(hub, "clinician", offers=["sensor"])

    assert features_of_pair(hub.pk, seeker, ward, "opi_light", today=TODAY) == []
