"""Another encoder takes over without a restart: the old generation answers until the new one is published."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from hubs.models import Hub
from kernel.errors import NotReady
from matching import serving
from matching.domain.indexing import embed_missing, rebuild_index
from matching.domain.searching import search
from matching.engine.stores import Vectors
from matching.models import StatementVector
from matching.results import SearchFilters
from matching.serving import QueryEncoder, hub_index
from profiles.models import Profile
from tests.encoders import WordHashEncoder
from tests.matching.cluster import TODAY, add_profile, build, publish_all, visitor
from tests.matching.domain.watching import held_statements

pytestmark = pytest.mark.django_db


class WideEncoder(WordHashEncoder):
    """Another fingerprint and another dimension."""

    dimension = 96

    def __init__(self) -> None:
        super().__init__("word-hash-wide")


@pytest.fixture
def newer(encoder: WordHashEncoder, monkeypatch: pytest.MonkeyPatch) -> WideEncoder:
    """A second encoder that lies on this machine beside the one of the settings."""
    newer = WideEncoder()
    monkeypatch.setitem(serving._by_fingerprint, newer.fingerprint, QueryEncoder(newer))
    return newer


def found(hub: Hub) -> list[Profile]:
    result = search(visitor(hub), "sensor", filters=SearchFilters(), today=TODAY)
    return [match.profile for match in result.matches]


def test_old_generation_answers_until_the_new_one_is_published_then_that_one(
    hub: Hub, encoder: WordHashEncoder, newer: WideEncoder
) -> None:
    profile = add_profile(hub, offers=["sensor"])
    build(hub, encoder)
    assert found(hub) == [profile]

    embed_missing(hub.pk, encoder=newer)
    assert (hub_index(hub.pk).version.encoder, found(hub)) == ("word-hash-1", [profile])
    rebuild_index(hub.pk, encoder=newer)

    index = hub_index(hub.pk)
    assert (index.version.encoder, index.dimension, found(hub)) == ("word-hash-wide", 96, [profile])


def test_changes_while_the_new_generation_is_made_are_seen_by_both(
    hub: Hub, encoder: WordHashEncoder, newer: WideEncoder
) -> None:
    first = add_profile(hub, offers=["sensor"])
    build(hub, encoder)
    embed_missing(hub.pk, encoder=newer)
    second = add_profile(hub, offers=["sensor igen"])

    publish_all(hub, encoder)
    assert set(found(hub)) == {first, second}
    publish_all(hub, newer)

    assert set(found(hub)) == {first, second}


def test_failed_build_leaves_the_old_generation(
    hub: Hub, encoder: WordHashEncoder, newer: WideEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = add_profile(hub, offers=["sensor"])
    build(hub, encoder)

    def fail(_texts: Sequence[str]) -> Vectors:
        raise MemoryError

    monkeypatch.setattr(newer, "encode_passages", fail)
    with pytest.raises(MemoryError):
        rebuild_index(hub.pk, encoder=newer)

    assert (hub_index(hub.pk).version.encoder, found(hub)) == ("word-hash-1", [profile])


def test_way_back_embeds_nothing_again(hub: Hub, encoder: WordHashEncoder, newer: WideEncoder) -> None:
    profile = add_profile(hub, offers=["sensor"])
    build(hub, encoder)
    rebuild_index(hub.pk, encoder=newer)
    encoder.encoded.clear()

    rebuild_index(hub.pk, encoder=encoder)

    assert (encoder.encoded, hub_index(hub.pk).dimension, found(hub)) == ([], 64, [profile])


def test_vectors_before_the_last_encoder_are_erased(hub: Hub, encoder: WordHashEncoder, newer: WideEncoder) -> None:
    add_profile(hub, offers=["sensor"])
    build(hub, WordHashEncoder("word-hash-0"))
    build(hub, encoder)

    rebuild_index(hub.pk, encoder=newer)

    left = set(StatementVector.objects.values_list("encoder", flat=True))
    assert left == {"word-hash-1", "word-hash-wide"}


@pytest.mark.usefixtures("english")
def test_encoder_that_is_not_on_this_machine_is_said(
    hub: Hub, encoder: WordHashEncoder, index_dir: Path, tmp_path: Path, settings: object
) -> None:
    settings.VIDENBRO_CACHE_DIR = tmp_path / "empty"  # type: ignore[attr-defined]
    add_profile(hub, offers=["sensor"])
    build(hub, encoder)
    hub_index(hub.pk)

    rebuild_index(hub.pk, encoder=WideEncoder())

    with pytest.raises(NotReady, match="not on this machine"):
        hub_index(hub.pk)


def test_both_stores_hold_the_same_after_the_switch(hub: Hub, encoder: WordHashEncoder, newer: WideEncoder) -> None:
    for number in range(4):
        add_profile(hub, offers=[f"sensor {number}"], needs=["afprøvning"])
    build(hub, encoder)
    hub_index(hub.pk)

    rebuild_index(hub.pk, encoder=newer)

    index = hub_index(hub.pk)
    assert len(held_statements(index)) == 8
    assert np.isfinite(index.stores.vectors.vectors(index.rows.statement)).all()
