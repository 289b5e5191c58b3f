"""Publishing loses nothing and embeds nothing twice: whoever is late, whoever comes twice, whenever it is killed."""

import errno
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from hubs.models import Hub
from matching.domain import indexing
from matching.domain.indexing import embed_missing, publish_changes, rebuild_index
from matching.engine.vectors import Vectors
from matching.indexing.registry import IndexRegistry, snapshot_folder
from matching.indexing.snapshots import read_snapshot
from matching.models import IndexChange, IndexState, StatementVector
from profiles.models import Profile, Statement
from tests.encoders import WordHashEncoder
from tests.factories import HubFactory, StatementFactory
from tests.matching.cluster import add_profile, build, only_statement, publish_all

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """Stands for the process ending at this point."""


class WatchedEncoder(WordHashEncoder):
    """Does something before each batch; the argument is how many batches came before."""

    def __init__(self, before_batch: Callable[[int], None]) -> None:
        super().__init__()
        self.before_batch = before_batch
        self.batches = 0

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.before_batch(self.batches)
        self.batches += 1
        return super().encode_passages(texts)


def numbers(hub: Hub) -> list[int | None]:
    """The published numbers in order of id; None for what waits."""
    return list(IndexChange.objects.filter(hub=hub).order_by("pk").values_list("published", flat=True))


def published(hub: Hub) -> int:
    return IndexState.objects.get(pk=hub.pk).published


def fresh_index_statements(hub: Hub, encoder: WordHashEncoder) -> set[int]:
    """What a web process that starts now has in its index."""
    index = IndexRegistry().index_for(hub.pk, dimension=encoder.dimension, fingerprint=encoder.fingerprint)
    return {int(number) for part in index.parts.values() for number in part.rows.statement[part.alive]}


def all_statements(hub: Hub) -> set[int]:
    return set(Statement.objects.filter(hub=hub).values_list("pk", flat=True))


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


def test_change_committed_late_under_a_smaller_id_gets_the_next_number_and_is_seen(
    hub: Hub, encoder: WordHashEncoder
) -> None:
    add_profile(hub, offers=["Sensor"])
    build(hub, encoder)
    registry = IndexRegistry(clock=iter(range(100)).__next__)  # type: ignore[arg-type]
    late_id = held_back_id(hub)
    early = add_profile(hub, offers=["Robot"])
    publish_all(hub, encoder)
    ask = {"dimension": encoder.dimension, "fingerprint": encoder.fingerprint}
    assert len(registry.index_for(hub.pk, **ask)) == 2  # type: ignore[arg-type]

    late = commit_late(early, late_id, "Drone")
    publish_all(hub, encoder)

    assert IndexChange.objects.get(pk=late_id).published == published(hub)
    assert sorted(number or 0 for number in numbers(hub)) == list(range(1, published(hub) + 1))
    index = registry.index_for(hub.pk, **ask)  # type: ignore[arg-type]
    assert late.pk in index.offers.rows.statement[index.offers.alive]


def held_back_id(hub: Hub) -> int:
    """An id that another transaction took and has not committed yet."""
    change = IndexChange.objects.create(hub=hub, profile_id=0)
    identifier: int = change.pk
    IndexChange.objects.create(hub=hub, profile_id=0)
    change.delete()
    return identifier


def commit_late(profile: Profile, change_id: int, text: str) -> Statement:
    """The other transaction commits: a statement, and its change row under the smaller id."""
    statement: Statement = StatementFactory.build(profile=profile, hub=profile.hub, text=text)
    Statement.objects.bulk_create([statement])
    IndexChange.objects.create(pk=change_id, hub_id=profile.hub_id, profile_id=profile.pk)
    return statement


def test_change_committed_during_a_rebuild_is_not_lost(hub: Hub, index_dir: Path) -> None:
    profile = add_profile(hub, offers=["Sensor"])
    late_id, late = held_back_id(hub), []

    def commit_while_embedding(batch: int) -> None:
        if batch == 0:
            late.append(commit_late(profile, late_id, "Drone"))

    encoder = WatchedEncoder(commit_while_embedding)
    rebuild_index(hub.pk, encoder=encoder)
    publish_all(hub, encoder)

    assert encoder.encoded == ["Sensor", "Drone"]
    assert late[0].pk in fresh_index_statements(hub, encoder)
    assert None not in numbers(hub)


def test_words_changed_while_they_are_embedded_come_with_the_next_round(hub: Hub, index_dir: Path) -> None:
    statement = only_statement(add_profile(hub, offers=["Gamle ord"]))

    def edit(batch: int) -> None:
        if batch == 0:
            statement.text = "Nye ord"
            statement.save()

    encoder = WatchedEncoder(edit)
    rebuild_index(hub.pk, encoder=WordHashEncoder())
    StatementVector.objects.all().delete()
    IndexChange.objects.create(hub=hub, profile_id=statement.profile_id)
    publish_changes(hub.pk, encoder=encoder)
    assert encoder.encoded == ["Gamle ord"]
    assert numbers(hub)[-1] is None

    publish_all(hub, encoder)

    assert encoder.encoded == ["Gamle ord", "Nye ord"]
    assert fresh_index_statements(hub, encoder) == {statement.pk}


def test_two_publishers_at_once_do_not_number_twice(hub: Hub, index_dir: Path) -> None:
    build(hub, WordHashEncoder())
    add_profile(hub, offers=["Sensor"], needs=["Afprøvning"])
    other_published: list[int] = []

    def publish_meanwhile(batch: int) -> None:
        other_published.append(publish_changes(hub.pk, encoder=WordHashEncoder()))

    mine = publish_changes(hub.pk, encoder=WatchedEncoder(publish_meanwhile))

    assert (mine, other_published) == (0, [3])
    assert numbers(hub) == [1, 2, 3]
    assert published(hub) == 3
    assert StatementVector.objects.count() == 2


def kill_at(batch_to_die: int) -> Callable[[int], None]:
    def before_batch(batch: int) -> None:
        if batch == batch_to_die:
            raise Killed

    return before_batch


@pytest.mark.parametrize("was_built", [False, True])
def test_killed_between_batches_loses_nothing_and_embeds_nothing_again(
    hub: Hub, index_dir: Path, was_built: bool
) -> None:
    if was_built:
        build(hub, WordHashEncoder())
    for number in range(10):
        add_profile(hub, offers=[f"Tilbud {number} {each}" for each in range(15)])
    killed, next_run = WatchedEncoder(kill_at(2)), WordHashEncoder()

    with pytest.raises(Killed):
        publish_changes(hub.pk, encoder=killed)
    assert StatementVector.objects.count() == len(killed.encoded) == 128
    assert set(numbers(hub)) == {None}

    publish_all(hub, next_run)

    assert len(next_run.encoded) == 22
    assert not set(next_run.encoded) & set(killed.encoded)
    assert numbers(hub) == list(range(1, 161))
    assert fresh_index_statements(hub, next_run) == all_statements(hub)


def test_killed_before_numbering_publishes_at_the_next_run(
    hub: Hub, encoder: WordHashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(hub, encoder)
    add_profile(hub, offers=["Sensor"])

    def die(*_arguments: object) -> int:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(indexing, "_number", die)
        with pytest.raises(Killed):
            publish_changes(hub.pk, encoder=encoder)

    assert (numbers(hub), published(hub)) == ([None, None], 0)
    assert publish_all(hub, encoder) == 2
    assert encoder.encoded == ["Sensor"]


def test_killed_before_the_snapshot_leaves_a_published_index(
    hub: Hub, encoder: WordHashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_profile(hub, offers=["Sensor"])

    def die(*_arguments: object, **_options: object) -> None:
        raise Killed

    monkeypatch.setattr(indexing, "write_snapshot", die)
    with pytest.raises(Killed):
        rebuild_index(hub.pk, encoder=encoder)

    assert fresh_index_statements(hub, encoder) == all_statements(hub)


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

    rows = np.flatnonzero(index.offers.alive)
    asked = index.centring.apply(encoder.encode_queries(["Fælles ord"]), ["da"])
    assert abs(float(index.offers.scores(asked, rows).mean())) < 0.2
    loaded = read_snapshot(snapshot_folder(hub.pk))
    np.testing.assert_array_equal(loaded.offers.scores(asked, rows), index.offers.scores(asked, rows))


def test_full_disk_is_said_and_the_index_is_published_all_the_same(
    hub: Hub, encoder: WordHashEncoder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first = add_profile(hub, offers=["Sensor"])
    build(hub, encoder)
    add_profile(hub, offers=["Robot"])

    def no_space(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "savez", no_space)
    with caplog.at_level(logging.ERROR, logger="matching"):
        rebuild_index(hub.pk, encoder=encoder)

    assert "could not be written" in caplog.text
    assert "No space left on device" in caplog.text
    assert "the old one stays" in caplog.text
    assert read_snapshot(snapshot_folder(hub.pk)).offers.rows.profile.tolist() == [first.pk]
    assert fresh_index_statements(hub, encoder) == all_statements(hub)
