"""Publishing loses nothing and embeds nothing twice: whoever is late, whoever comes twice, whenever it is killed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hubs.models import Hub
from matching.domain import indexing
from matching.domain.indexing import publish_changes, rebuild_index
from matching.indexing.registry import IndexRegistry
from matching.models import IndexChange, StatementVector
from profiles.models import Profile, Statement
from tests.encoders import WordHashEncoder
from tests.factories import StatementFactory
from tests.matching.cluster import add_profile, build, only_statement, publish_all
from tests.matching.domain.watching import (
    Killed,
    WatchedEncoder,
    all_statements,
    fresh_index_statements,
    held_statements,
    numbers,
    published,
)

pytestmark = pytest.mark.django_db


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


def test_change_committed_late_under_a_smaller_id_gets_the_next_number_and_is_seen(
    hub: Hub, encoder: WordHashEncoder
) -> None:
    add_profile(hub, offers=["Sensor"])
    build(hub, encoder)
    registry = IndexRegistry(clock=iter(range(100)).__next__)
    late_id = held_back_id(hub)
    early = add_profile(hub, offers=["Robot"])
    publish_all(hub, encoder)
    dimension = {encoder.fingerprint: encoder.dimension}
    assert len(registry.index_for(hub.pk, dimension_of=dimension.__getitem__)) == 2

    late = commit_late(early, late_id, "Drone")
    publish_all(hub, encoder)

    assert IndexChange.objects.get(pk=late_id).published == published(hub)
    assert sorted(number or 0 for number in numbers(hub)) == list(range(1, published(hub) + 1))
    index = registry.index_for(hub.pk, dimension_of=dimension.__getitem__)
    assert late.pk in held_statements(index)


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
