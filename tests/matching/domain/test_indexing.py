"""Publishing embeds only what changed, numbers every change once, and keeps the snapshot whole."""

import errno
import logging

import numpy as np
import pytest

from hubs.models import Hub
from matching.domain.indexing import embed_missing, publish_changes, rebuild_index
from matching.indexing.backends import snapshot_folder
from matching.indexing.snapshots import read_snapshot
from matching.models import IndexChange, IndexState, StatementVector
from profiles.models import Statement
from tests.encoders import WordHashEncoder
from tests.factories import HubFactory, StatementFactory
from tests.matching.cluster import add_profile, build, only_statement, publish_all
from tests.matching.domain.watching import (
    all_statements,
    fresh_index_statements,
    numbers,
    published,
)

pytestmark = pytest.mark.django_db


def test_first_publish_builds_the_index(hub: Hub, encoder: WordHashEncoder) -> None:
    add_profile(hub, offers=["Sensor"], needs=["Afprøvning"])

    publish_changes(hub.pk, encoder=encoder)

    state = IndexState.objects.get(pk=hub.pk)
    assert (state.encoder, state.generation, state.published) == ("word-hash-1", 1, 3)
    assert sorted(encoder.encoded) == ["Afprøvning", "Sensor"]
    assert fresh_index_statements(hub, encoder) == all_statements(hub)


def test_publish_embeds_only_what_changed(hub: Hub, encoder: WordHashEncoder) -> None:
    profile = add_profile(hub, offers=["Sensor", "Robot"], needs=["Afprøvning"])
    build(hub, encoder)
    encoder.encoded.clear()

    statement = Statement.objects.get(profile=profile, text="Robot")
    statement.text = "Robot til løft"
    statement.save()
    publish_all(hub, encoder)

    assert encoder.encoded == ["Robot til løft"]


@pytest.mark.parametrize("column", ["visibility", "expires_on", "position", "name"])
def test_publish_embeds_nothing_when_no_words_changed(hub: Hub, encoder: WordHashEncoder, column: str) -> None:
    profile = add_profile(hub, offers=["Sensor"])
    build(hub, encoder)
    encoder.encoded.clear()

    if column == "name":
        profile.name = "Nyt navn"
        profile.save()
    else:
        statement = only_statement(profile)
        setattr(statement, column, {"visibility": "members", "expires_on": "2026-04-01", "position": 5}[column])
        statement.save()

    assert publish_all(hub, encoder) == 1
    assert encoder.encoded == []


def test_publish_embeds_the_words_together_with_what_surrounds_them(hub: Hub, encoder: WordHashEncoder) -> None:
    add_profile(hub, offers=["Sensor"], about="Vi laver senge", keywords=["tryksår", "IoT"])

    publish_all(hub, encoder)

    assert sorted(encoder.encoded) == ["Sensor Vi laver senge tryksår, IoT", "Vi laver senge tryksår, IoT"]


def test_about_text_that_is_more_secret_colours_nothing(hub: Hub, encoder: WordHashEncoder) -> None:
    profile = add_profile(hub, offers=["Sensor"])
    StatementFactory(profile=profile, kind="about", text="Hemmeligt", visibility="members")
    StatementFactory(profile=profile, kind="need", text="Afprøvning", visibility="hub")

    publish_all(hub, encoder)

    assert sorted(encoder.encoded) == ["Afprøvning Hemmeligt", "Hemmeligt", "Sensor"]


def test_about_text_that_becomes_secret_leaves_the_vectors_of_the_others(hub: Hub, encoder: WordHashEncoder) -> None:
    profile = add_profile(hub, offers=["Sensor"], about="Hemmeligt")
    build(hub, encoder)
    encoder.encoded.clear()

    about = Statement.objects.get(profile=profile, kind="about")
    about.visibility = "hub"
    about.save()
    publish_all(hub, encoder)

    assert encoder.encoded == ["Sensor"]


def test_identical_texts_are_embedded_once_a_hub(hub: Hub, encoder: WordHashEncoder) -> None:
    other = HubFactory(slug="other", name="Other")
    for each in (hub, hub, other):
        add_profile(each, offers=["Samme ord"], needs=["Samme ord"])

    for each in (hub, other):
        publish_all(each, encoder)

    assert encoder.encoded == ["Samme ord", "Samme ord"]
    assert StatementVector.objects.count() == 2
    assert len(fresh_index_statements(hub, encoder)) == 4


def test_stored_vector_is_what_the_encoder_gave(hub: Hub, encoder: WordHashEncoder) -> None:
    add_profile(hub, offers=["Sensor til tryksår"])

    publish_all(hub, encoder)

    stored = np.frombuffer(bytes(StatementVector.objects.get().vector), dtype="<f4")
    np.testing.assert_array_equal(stored, encoder.encode_passages(["Sensor til tryksår"])[0])


def test_publish_nothing_is_nothing(hub: Hub, encoder: WordHashEncoder) -> None:
    build(hub, encoder)

    assert publish_changes(hub.pk, encoder=encoder) == 0


def test_publish_takes_the_oldest_up_to_the_limit(hub: Hub, encoder: WordHashEncoder) -> None:
    build(hub, encoder)
    for number in range(5):
        add_profile(hub, offers=[f"Tilbud {number}"])

    assert publish_changes(hub.pk, encoder=encoder, limit=4) == 4

    assert numbers(hub) == [1, 2, 3, 4, *[None] * 6]


def test_numbers_are_without_gaps_and_doubles_over_many_rounds(hub: Hub, encoder: WordHashEncoder) -> None:
    build(hub, encoder)
    for number in range(7):
        add_profile(hub, offers=[f"Tilbud {number}"])
        publish_changes(hub.pk, encoder=encoder, limit=3)
    publish_all(hub, encoder)

    assert numbers(hub) == list(range(1, 15))
    assert published(hub) == 14


def test_rebuild_embeds_nothing_again(hub: Hub, encoder: WordHashEncoder) -> None:
    add_profile(hub, offers=["Sensor"])
    build(hub, encoder)

    index = rebuild_index(hub.pk, encoder=encoder)

    assert (encoder.encoded, index.version.generation) == (["Sensor"], 2)
    assert read_snapshot(snapshot_folder(hub.pk)).version == index.version


def test_rebuild_numbers_thousands_of_changes(hub: Hub, encoder: WordHashEncoder) -> None:
    profile = add_profile(hub, offers=["Sensor"])
    IndexChange.objects.bulk_create(IndexChange(hub=hub, profile_id=profile.pk) for _ in range(1300))

    rebuild_index(hub.pk, encoder=encoder)

    assert numbers(hub) == list(range(1, 1303))


def test_publish_with_another_encoder_rebuilds_under_it(hub: Hub, encoder: WordHashEncoder) -> None:
    add_profile(hub, offers=["Sensor"])
    build(hub, encoder)
    newer = WordHashEncoder("word-hash-2")

    publish_changes(hub.pk, encoder=newer)

    state = IndexState.objects.get(pk=hub.pk)
    assert (state.encoder, state.generation) == ("word-hash-2", 2)
    assert newer.encoded == ["Sensor"]


def test_hubs_number_their_changes_apart(hub: Hub, encoder: WordHashEncoder) -> None:
    other = HubFactory(slug="other", name="Other")
    for each in (hub, other):
        build(each, encoder)
        add_profile(each, offers=["Sensor"])

    publish_all(hub, encoder)

    assert (numbers(hub), numbers(other)) == ([1, 2], [None, None])


def test_paused_profile_is_not_embedded(hub: Hub, encoder: WordHashEncoder) -> None:
    add_profile(hub, offers=["Sensor"], is_paused=True)

    publish_all(hub, encoder)

    assert encoder.encoded == []


def test_embed_missing_tells_how_far_it_is(hub: Hub, encoder: WordHashEncoder) -> None:
    add_profile(hub, offers=[f"Tilbud {number}" for number in range(70)])
    told: list[tuple[int, int]] = []

    count = embed_missing(hub.pk, encoder=encoder, progress=lambda done, total: told.append((done, total)))

    assert (count, told) == (70, [(64, 70), (70, 70)])


def test_large_hub_takes_the_mean_off_in_the_index_and_in_the_snapshot(hub: Hub, encoder: WordHashEncoder) -> None:
    add_profile(hub, offers=[f"Fælles ord nummer {number}" for number in range(100)])

    index = rebuild_index(hub.pk, encoder=encoder)

    asked = index.centring.apply(encoder.encode_queries(["Fælles ord"]), ["da"])
    vectors = index.stores.vectors.vectors(index.rows.statement)
    assert abs(float((asked @ vectors.T).mean())) < 0.2
    loaded = read_snapshot(snapshot_folder(hub.pk))
    np.testing.assert_array_equal(loaded.centring.means, index.centring.means)
    np.testing.assert_array_equal(loaded.stores.vectors.vectors(loaded.rows.statement), vectors)
    np.testing.assert_array_equal(loaded.background.vectors, index.background.vectors)
    assert len(index.background.vectors) == 100


def test_full_disk_is_said_and_the_index_is_published_all_the_same(
    hub: Hub, encoder: WordHashEncoder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first = add_profile(hub, offers=["Sensor"])
    build(hub, encoder)
    add_profile(hub, offers=["Robot"])

    def no_space(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "save", no_space)
    with caplog.at_level(logging.ERROR, logger="matching"):
        rebuild_index(hub.pk, encoder=encoder)

    assert "could not be written" in caplog.text
    assert "No space left on device" in caplog.text
    assert "the old one stays" in caplog.text
    assert read_snapshot(snapshot_folder(hub.pk)).rows.profile.tolist() == [first.pk]
    assert fresh_index_statements(hub, encoder) == all_statements(hub)
