"""An index whose delta has grown is renewed beside the one in use; nothing waits for it and nothing is lost."""

import gc
import logging
import threading

import numpy as np
import pytest

from hubs.models import Hub
from matching.domain.indexing import rebuild_index, save_snapshot
from matching.engine import faiss_store
from matching.engine.faiss_store import FaissVectorStore
from matching.indexing.backends import snapshot_folder
from matching.indexing.hub_index import HubIndex
from matching.indexing.registry import IndexRegistry, Work, in_background
from matching.indexing.snapshots import read_snapshot
from tests.encoders import WordHashEncoder
from tests.matching.cluster import add_profile, build, publish_all
from tests.matching.operations.indexes import (
    DIMENSION,
    TEXTS,
    everybody,
    five_profiles,
    fresh_index,
    private_folders,
    rewritten,
    statements,
)

pytestmark = pytest.mark.django_db


class Process:
    """A web process whose background work begins when told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.work: list[Work] = []
        self.registry = IndexRegistry(clock=lambda: self.now, start=self.work.append)

    def index(self, hub: Hub, after: float = 1.0) -> HubIndex:
        self.now += after
        return self.registry.index_for(hub.pk, dimension_of=lambda _fingerprint: DIMENSION)


@pytest.fixture
def small_deltas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three late changes wear a store out."""
    monkeypatch.setattr(faiss_store, "_DELTA_AT_LEAST", 2)
    monkeypatch.setattr(faiss_store, "_DELTA_SHARE", 0.0)


def wear_out(hub: Hub, encoder: WordHashEncoder) -> list[int]:
    added = [add_profile(hub, offers=[f"Tilbud {number}"]) for number in range(3)]
    publish_all(hub, encoder)
    return [profile.statements.get().pk for profile in added]


def delta(index: HubIndex) -> int:
    assert isinstance(index.stores.vectors, FaissVectorStore)
    return len(index.stores.vectors._state.delta)


@pytest.mark.usefixtures("small_deltas")
def test_worn_index_answers_until_a_fresh_one_takes_over(hub: Hub, encoder: WordHashEncoder) -> None:
    ids = five_profiles(hub)
    build(hub, encoder)
    process = Process()
    process.index(hub)
    late = wear_out(hub, encoder)

    worn = process.index(hub)
    assert (statements(worn), delta(worn), len(process.work)) == ([*ids, *late], 3, 1)
    assert process.index(hub) is worn
    process.work[0]()

    fresh = process.index(hub)
    assert fresh is not worn
    assert (statements(fresh), delta(fresh)) == ([*ids, *late], 0)
    query = encoder.encode_queries(["Tilbud 2"])
    assert fresh.stores.vectors.search(query, 1, everybody()).statements.tolist() == [[late[2]]]


@pytest.mark.usefixtures("small_deltas")
def test_newer_snapshot_is_mapped_instead_of_compacting(
    hub: Hub, encoder: WordHashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = five_profiles(hub)
    build(hub, encoder)
    process = Process()
    process.index(hub)
    late = wear_out(hub, encoder)
    process.index(hub)
    rewritten(hub, fresh_index(hub))
    monkeypatch.setattr(FaissVectorStore, "compacted", lambda _self: pytest.fail("compacted"))

    process.work[0]()

    assert (statements(process.index(hub)), delta(process.index(hub))) == ([*ids, *late], 0)


@pytest.mark.usefixtures("small_deltas")
def test_changes_during_the_renewal_are_in_the_fresh_index(
    hub: Hub, encoder: WordHashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    five_profiles(hub)
    build(hub, encoder)
    process = Process()
    process.index(hub)
    wear_out(hub, encoder)
    process.index(hub)
    real, meanwhile = FaissVectorStore.compacted, []

    def compact_while_somebody_publishes(store: FaissVectorStore) -> FaissVectorStore:
        compacted = real(store)
        meanwhile.append(add_profile(hub, offers=["Imens"]).statements.get().pk)
        publish_all(hub, encoder)
        return compacted

    monkeypatch.setattr(FaissVectorStore, "compacted", compact_while_somebody_publishes)
    process.work[0]()

    index = process.index(hub, after=0.0)
    assert statements(index)[-1:] == meanwhile
    assert delta(index) == 1


@pytest.mark.usefixtures("small_deltas")
def test_renewal_that_comes_after_a_rebuild_is_dropped(hub: Hub, encoder: WordHashEncoder) -> None:
    five_profiles(hub)
    build(hub, encoder)
    process = Process()
    process.index(hub)
    wear_out(hub, encoder)
    process.index(hub)
    build(hub, encoder)
    newer = process.index(hub)

    process.work[0]()

    assert process.index(hub) is newer


@pytest.mark.usefixtures("small_deltas")
def test_renewal_that_fails_is_said_and_tried_again_a_minute_later(
    hub: Hub, encoder: WordHashEncoder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ids = five_profiles(hub)
    build(hub, encoder)
    process = Process()
    process.index(hub)
    late = wear_out(hub, encoder)
    worn = process.index(hub)

    with monkeypatch.context() as patched, caplog.at_level(logging.ERROR, logger="matching"):
        patched.setattr("matching.indexing.registry.load_index", lambda *_: 1 / 0)
        process.work[0]()

    assert "could not be renewed" in caplog.text
    assert process.index(hub) is worn
    assert len(process.work) == 1
    process.index(hub, after=60)
    process.work[1]()
    assert (statements(process.index(hub)), delta(process.index(hub))) == ([*ids, *late], 0)


def test_background_work_runs_in_a_thread_of_its_own(db: None) -> None:
    done, names = threading.Event(), []

    def work() -> None:
        names.append(threading.current_thread().name)
        done.set()

    in_background(work)

    assert done.wait(10)
    assert names == ["index-renewal"]


def test_folder_of_an_index_goes_with_the_index(hub: Hub, encoder: WordHashEncoder) -> None:
    five_profiles(hub)
    build(hub, encoder)
    process = Process()
    process.index(hub)
    before = private_folders(hub)
    build(hub, encoder)

    index = process.index(hub)
    gc.collect()

    assert len(before) == 1
    assert set(private_folders(hub)).isdisjoint(before)
    assert len(private_folders(hub)) == 1
    assert len(index.stores.terms.documents(np.array([1]))) == 1
    assert [words.text for words in index.stores.terms.documents(index.rows.statement)] == list(TEXTS)


def test_snapshot_of_an_older_generation_that_comes_late_replaces_nothing(hub: Hub, encoder: WordHashEncoder) -> None:
    five_profiles(hub)
    older = rebuild_index(hub.pk, encoder=encoder)
    newer = rebuild_index(hub.pk, encoder=encoder)

    save_snapshot(hub.pk, older)

    assert (older.version.generation, newer.version.generation) == (1, 2)
    assert read_snapshot(snapshot_folder(hub.pk)).version == newer.version
