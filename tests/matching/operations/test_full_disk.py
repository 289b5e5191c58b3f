"""A full disk, made by a limit on the size of files: said in one line, and everything found all the same."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from hubs.models import Hub
from matching.domain.indexing import rebuild_index
from matching.engine.terms import TantivyTermIndex
from matching.indexing.backends import snapshot_folder
from matching.indexing.registry import IndexRegistry
from matching.indexing.snapshots import read_snapshot
from tests.encoders import WordHashEncoder
from tests.matching.cluster import add_profile, build, publish_all
from tests.matching.operations.indexes import DIMENSION, five_profiles, fresh_index, private_folders, statements

pytestmark = pytest.mark.django_db

FULL = "Internal error: 'No space left on device (os error 28)'"


def refuse(*_arguments: object, **_options: object) -> None:
    raise ValueError(FULL)


def test_words_that_cannot_be_saved_leave_the_old_snapshot(
    hub: Hub, encoder: WordHashEncoder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ids = five_profiles(hub)
    build(hub, encoder)
    before = read_snapshot(snapshot_folder(hub.pk)).version
    added = add_profile(hub, offers=["Ny drone"]).statements.get().pk

    with monkeypatch.context() as patched, caplog.at_level(logging.ERROR, logger="matching"):
        patched.setattr(TantivyTermIndex, "save", refuse)
        rebuild_index(hub.pk, encoder=encoder)

    (record,) = caplog.records
    assert "No space left on device" in record.getMessage()
    assert record.getMessage().endswith("Free some space; the old one stays.")
    assert read_snapshot(snapshot_folder(hub.pk)).version == before
    assert list(snapshot_folder(hub.pk).glob(".writing-*")) == []
    assert statements(fresh_index(hub)) == [*ids, added]


@pytest.mark.parametrize("place", ["new_private_folder", "TantivyTermIndex.fork"])
def test_no_room_for_a_private_folder_keeps_the_words_in_memory(
    hub: Hub, encoder: WordHashEncoder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, place: str
) -> None:
    ids = five_profiles(hub)
    build(hub, encoder)

    def full(*_arguments: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    with caplog.at_level(logging.ERROR, logger="matching"), monkeypatch.context() as patched:
        patched.setattr(f"matching.indexing.snapshots.{place}", full)
        index = fresh_index(hub)

    assert statements(index) == ids
    assert private_folders(hub) == []
    (record,) = caplog.records
    assert "cannot be kept on disk" in record.getMessage()


def test_change_that_the_disk_does_not_take_is_found_all_the_same(
    hub: Hub, encoder: WordHashEncoder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ids = five_profiles(hub)
    build(hub, encoder)
    now = [0.0]
    registry = IndexRegistry(clock=lambda: now[0])
    index = registry.index_for(hub.pk, dimension_of=lambda _fingerprint: DIMENSION)
    added = add_profile(hub, offers=["Ny drone"]).statements.get().pk
    publish_all(hub, encoder)
    now[0] += 1
    real = TantivyTermIndex.upsert

    def full_on_disk(self: TantivyTermIndex, *arguments: object) -> None:
        if self._folder is not None:
            raise ValueError(FULL)
        real(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(TantivyTermIndex, "upsert", full_on_disk)
    with caplog.at_level(logging.ERROR, logger="matching"):
        after = registry.index_for(hub.pk, dimension_of=lambda _fingerprint: DIMENSION)

    assert after is index
    assert statements(after) == [*ids, added]
    assert len(caplog.records) == 1
    later = add_profile(hub, offers=["Endnu en"]).statements.get().pk
    publish_all(hub, encoder)
    now[0] += 1
    assert statements(registry.index_for(hub.pk, dimension_of=lambda _fingerprint: DIMENSION)) == [*ids, added, later]


# Files beyond the limit are refused as on a full disk, in all libraries alike, below Python too.
PROGRAM = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from matching.engine.calibration import Background
from matching.engine.centring import Centring
from matching.engine.features import Facts
from matching.engine.faiss_store import FaissVectorStore
from matching.engine.rows import StatementRows
from matching.engine.stores import TermDocument
from matching.engine.terms import TantivyTermIndex
from matching.indexing.hub_index import HubIndex, IndexVersion, Stores
from matching.indexing.snapshots import read_snapshot, write_snapshot

def index(count, published):
    table = np.zeros((count, 10), dtype=np.int64)
    table[:, 0] = np.arange(count)
    rows = StatementRows.of_table(table)
    vectors = np.random.default_rng(1).normal(size=(count, 8)).astype(np.float32)
    terms = TantivyTermIndex.create()
    terms.upsert(rows, [TermDocument(f"ord{each * 7919} sensor", "", "da") for each in range(count)])
    made = HubIndex(IndexVersion("e", 1, published), Stores(FaissVectorStore.build(rows, vectors), terms),
                    Centring(), Background.none(8))
    none = np.zeros(count, dtype=np.int16)
    made.fill(rows, Facts(none, none, none.astype(np.int64)))
    return made

folder, limit = Path(sys.argv[1]), int(sys.argv[2])
write_snapshot(index(10, 1), folder, built_at="")
larger = index(500, 2)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    write_snapshot(larger, folder, built_at="")
except OSError as error:
    print("OSError", str(error).count(chr(10)))
else:
    print("written")
print(read_snapshot(folder).version.published, len(list(folder.glob(".writing-*"))))
"""


@pytest.mark.slow
@pytest.mark.parametrize("limit", [100, 1_000, 4_000, 10_000])
def test_really_full_disk_leaves_the_old_snapshot_whatever_it_hits(tmp_path: Path, limit: int) -> None:
    root = str(django_settings.BASE_DIR)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "index"), str(limit)],
        cwd=root,
        env={"PYTHONPATH": f"{root}:{root}/platform", "PATH": "", "DJANGO_SETTINGS_MODULE": "videnbro.settings.test"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.stdout.splitlines() == ["OSError 0", "1 0"], done.stderr
