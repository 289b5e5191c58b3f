"""Full disks, newer versions and two indexers at once: a clear word, a sane answer, and nothing lost."""

import errno
import hashlib
import json
import logging
import os
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.db import connection

from hubs.models import Hub
from matching.domain import indexing
from matching.domain.indexing import publish_changes, rebuild_index
from matching.engine.stores import Vectors
from matching.engine.terms import TantivyTermIndex
from matching.indexing import snapshots
from matching.indexing.backends import snapshot_folder
from matching.indexing.registry import IndexRegistry
from matching.indexing.snapshots import FORMAT, read_snapshot
from matching.models import IndexState
from tests.encoders import WordHashEncoder
from tests.matching.cluster import add_profile, build, publish_all
from tests.matching.domain.watching import (
    WatchedEncoder,
    all_statements,
    fresh_index_statements,
    held_statements,
    numbers,
)

pytestmark = pytest.mark.django_db


def fill_disk(*_arguments: object, **_options: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("step", ["_write_parts", "_sync", "_point_to"])
def test_disk_full_while_swapping_loses_nothing(
    hub: Hub, encoder: WordHashEncoder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, step: str
) -> None:
    add_profile(hub, offers=["sensor"])
    build(hub, encoder)
    before = read_snapshot(snapshot_folder(hub.pk)).version
    add_profile(hub, offers=["robot"])

    with monkeypatch.context() as patched, caplog.at_level(logging.ERROR, logger="matching"):
        patched.setattr(snapshots, step, fill_disk)
        rebuild_index(hub.pk, encoder=encoder)

    assert "No space left on device" in caplog.text
    assert read_snapshot(snapshot_folder(hub.pk)).version == before
    assert fresh_index_statements(hub, encoder) == all_statements(hub)
    rebuild_index(hub.pk, encoder=encoder)
    assert held_statements(read_snapshot(snapshot_folder(hub.pk))) == all_statements(hub)


def test_disk_that_takes_no_private_words_is_said_and_they_go_on_in_memory(
    hub: Hub, encoder: WordHashEncoder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    add_profile(hub, offers=["sensor"])
    build(hub, encoder)
    add_profile(hub, offers=["robot"])
    publish_all(hub, encoder)

    with monkeypatch.context() as patched, caplog.at_level(logging.ERROR, logger="matching"):
        patched.setattr(TantivyTermIndex, "fork", fill_disk)
        found = fresh_index_statements(hub, encoder)

    assert found == all_statements(hub)
    assert "in memory instead" in caplog.text


def test_snapshot_from_a_newer_version_is_said_and_left_where_it_is(
    hub: Hub, encoder: WordHashEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    add_profile(hub, offers=["sensor"])
    build(hub, encoder)
    folder = snapshot_folder(hub.pk)
    name = (folder / "CURRENT").read_text().split()[0]
    manifest = folder / name / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": FORMAT + 1}))
    (folder / "CURRENT").write_text(f"{name} {hashlib.sha256(manifest.read_bytes()).hexdigest()}")

    with caplog.at_level(logging.WARNING, logger="matching"):
        found = fresh_index_statements(hub, encoder)

    assert found == all_statements(hub)
    assert f"has format {FORMAT + 1}; this version reads {FORMAT}" in caplog.text
    assert manifest.exists()


def test_index_of_another_dimension_is_built_anew(
    hub: Hub, encoder: WordHashEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    add_profile(hub, offers=["sensor"])
    build(hub, encoder)

    class SameNameOtherLength(WordHashEncoder):
        dimension = 32

    with caplog.at_level(logging.ERROR, logger="matching"):
        index = rebuild_index(hub.pk, encoder=SameNameOtherLength(encoder.fingerprint))

    assert (index.dimension, len(index)) == (32, 0)
    assert "1 stored vectors are damaged and left out" in caplog.text


def test_two_rebuilds_at_once_end_with_the_later_generation(hub: Hub, index_dir: Path) -> None:
    add_profile(hub, offers=["sensor"])
    other: list[int] = []

    def rebuild_meanwhile(batch: int) -> None:
        if batch == 0:
            add_profile(hub, offers=["robot"])
            other.append(rebuild_index(hub.pk, encoder=WordHashEncoder()).version.generation)

    index = rebuild_index(hub.pk, encoder=WatchedEncoder(rebuild_meanwhile))

    assert (other, index.version.generation) == ([1], 2)
    assert IndexState.objects.get(pk=hub.pk).generation == 2
    assert read_snapshot(snapshot_folder(hub.pk)).version.generation == 2
    publish_all(hub, WordHashEncoder())
    assert fresh_index_statements(hub, WordHashEncoder()) == all_statements(hub)
    assert None not in numbers(hub)


def test_rebuild_during_a_publishing_loses_no_change(hub: Hub, index_dir: Path) -> None:
    build(hub, WordHashEncoder())
    add_profile(hub, offers=["sensor"])

    def rebuild_meanwhile(batch: int) -> None:
        if batch == 0:
            rebuild_index(hub.pk, encoder=WordHashEncoder())

    publish_changes(hub.pk, encoder=WatchedEncoder(rebuild_meanwhile))
    publish_all(hub, WordHashEncoder())

    assert fresh_index_statements(hub, WordHashEncoder()) == all_statements(hub)
    assert None not in numbers(hub)


def test_two_indexers_with_different_encoders_leave_one_whole_index(hub: Hub, index_dir: Path) -> None:
    add_profile(hub, offers=["sensor"], needs=["robot"])
    one, two = WordHashEncoder("one"), WordHashEncoder("two")

    publish_changes(hub.pk, encoder=one)
    add_profile(hub, offers=["lift"])
    publish_changes(hub.pk, encoder=two)
    publish_all(hub, two)

    assert IndexState.objects.get(pk=hub.pk).encoder == "two"
    assert fresh_index_statements(hub, two) == all_statements(hub)
    assert indexing.pending_changes(hub.pk) == []


def test_threads_of_one_process_share_one_index(hub: Hub, encoder: WordHashEncoder) -> None:
    add_profile(hub, offers=["sensor"])
    build(hub, encoder)
    registry = IndexRegistry(clock=lambda: 1.0)
    first = registry.index_for(hub.pk, dimension_of=lambda _name: encoder.dimension)
    seen: list[object] = []

    def look() -> None:
        seen.append(registry.index_for(hub.pk, dimension_of=lambda _name: encoder.dimension))
        connection.close()

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == [first] * 8


def test_vectors_that_are_no_numbers_are_said_and_keep_nobody_else_out(
    hub: Hub, index_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class BrokenEncoder(WordHashEncoder):
        def encode_passages(self, texts: Sequence[str]) -> Vectors:
            vectors = super().encode_passages(texts)
            vectors[["ødelagt" in text for text in texts]] = float("nan")
            return vectors

    whole, broken = add_profile(hub, offers=["sensor"]), add_profile(hub, offers=["ødelagt sensor"])
    encoder = BrokenEncoder()

    with caplog.at_level(logging.ERROR, logger="matching"):
        index = rebuild_index(hub.pk, encoder=encoder)

    assert "no usable vector" in caplog.text
    assert index.stores.vectors.rows().statement.tolist() == [whole.statements.get().pk]
    assert broken.statements.get().pk not in index.stores.vectors.rows().statement
