"""A snapshot is read whole or refused: cut, flipped, missing, newer, half-swapped, or on a full disk."""

import errno
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from matching.engine.calibration import Background
from matching.engine.centring import Centring
from matching.engine.faiss_store import FaissVectorStore
from matching.engine.features import Facts
from matching.engine.stores import BrokenIndexError, TermQuery
from matching.engine.terms import TantivyTermIndex
from matching.indexing import snapshots
from matching.indexing.hub_index import Entries, HubIndex, IndexVersion, Stores
from matching.indexing.snapshots import FORMAT, read_snapshot, write_snapshot
from tests.matching.domain.watching import held_statements
from tests.matching.engine.index_rows import EVERYTHING, documents, facts, statement_rows, unit_vectors

DIMENSION = 6
ARRAYS = {
    "means.npy", "background.npy", "background_languages.npy", "purpose.npy", "collaboration.npy", "themes.npy",
}  # fmt: skip


def small_index(published: int = 17, *, generation: int = 3, centring: Centring | None = None) -> HubIndex:
    """Five statements of two profiles; `published` also decides the vectors."""
    generator = np.random.default_rng(published)
    background = Background(unit_vectors(generator, 2, DIMENSION), np.array([0, 1], np.int16))
    stores = Stores(FaissVectorStore(DIMENSION), TantivyTermIndex.create())
    index = HubIndex(IndexVersion("word-hash-1", generation, published), stores, centring or Centring(), background)
    rows = statement_rows([1, 2, 3, 4, 5], [10, 11, 10, 11, 11], statement_kind=[0, 0, 1, 1, 2], stage=[0, 9, 0, 0, 4])
    entries = Entries(rows, facts(rows), unit_vectors(generator, 5, DIMENSION), documents(rows))
    index.replace_profiles([], entries, index.version)
    return index


def without(index: HubIndex, profile: int, published: int) -> None:
    """The profile leaves."""
    rows = statement_rows([])
    nothing = Entries(rows, Facts.none(), np.empty((0, DIMENSION), np.float32), [])
    index.replace_profiles([profile], nothing, IndexVersion("word-hash-1", 3, published))


def files_of(folder: Path) -> list[str]:
    """Names below the current snapshot and the pointer beside it."""
    current = place_of("", folder)
    return ["CURRENT", *sorted(path.relative_to(current).as_posix() for path in current.rglob("*") if path.is_file())]


def word_hits(index: HubIndex) -> list[int]:
    found: list[int] = index.stores.terms.search([TermQuery("sensor", "da")], 9, EVERYTHING).statements.ravel().tolist()
    return found


def two_means() -> Centring:
    return Centring(np.linspace(-0.1, 0.1, 2 * DIMENSION, dtype=np.float32).reshape(2, DIMENSION))


def write(index: HubIndex, folder: Path) -> Path:
    return write_snapshot(index, folder, built_at="2026-03-02T12:00:00+00:00")


def place_of(name: str, folder: Path) -> Path:
    """The file of that name of the one snapshot below the folder."""
    if name == "CURRENT":
        return folder / name
    return folder / (folder / "CURRENT").read_text().split()[0] / name


@pytest.mark.parametrize("centring", [Centring(), two_means()], ids=["no means", "means"])
def test_round_trip_answers_alike(tmp_path: Path, centring: Centring) -> None:
    index = small_index(centring=centring)
    queries = unit_vectors(np.random.default_rng(1), 4, DIMENSION)

    write(index, tmp_path)
    loaded = read_snapshot(tmp_path)

    assert (loaded.version, loaded.dimension, len(loaded)) == (index.version, DIMENSION, 5)
    asked = [centring.apply(queries, ["da", "en"] * 2) for centring in (index.centring, loaded.centring)]
    np.testing.assert_array_equal(asked[1], asked[0])
    for name in ("statement", "profile", "statement_kind", "stage", "expires"):
        np.testing.assert_array_equal(getattr(loaded.rows, name), getattr(index.rows, name))
    for name in ("purpose", "collaboration", "themes"):
        np.testing.assert_array_equal(getattr(loaded.facts, name), getattr(index.facts, name))
    np.testing.assert_array_equal(loaded.background.vectors, index.background.vectors)
    np.testing.assert_array_equal(loaded.background.languages, index.background.languages)
    before, after = (each.stores.vectors.search(asked[0], 9, EVERYTHING) for each in (index, loaded))
    np.testing.assert_array_equal(after.statements, before.statements)
    np.testing.assert_array_equal(after.scores, before.scores)
    assert word_hits(loaded) == word_hits(index) == [1, 2, 3, 4, 5]


def test_round_trip_leaves_dead_rows_behind(tmp_path: Path) -> None:
    index = small_index()
    without(index, 11, 18)

    write(index, tmp_path)

    loaded = read_snapshot(tmp_path)
    assert (held_statements(loaded), loaded.version.published) == ({1, 3}, 18)


def test_what_changes_after_loading_leaves_the_snapshot_alone(tmp_path: Path) -> None:
    write(small_index(), tmp_path)
    one, other = read_snapshot(tmp_path), read_snapshot(tmp_path)

    without(one, 11, 18)

    assert (held_statements(one), held_statements(other)) == ({1, 3}, {1, 2, 3, 4, 5})
    assert held_statements(read_snapshot(tmp_path)) == {1, 2, 3, 4, 5}


def test_snapshot_of_nothing_is_read_back(tmp_path: Path) -> None:
    index = small_index()
    without(index, 10, 18)
    without(index, 11, 19)

    write(index, tmp_path)

    assert len(read_snapshot(tmp_path)) == 0


def test_snapshot_consists_of_arrays_vectors_and_words(tmp_path: Path) -> None:
    target = write(small_index(centring=two_means()), tmp_path)

    names = {str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()}
    assert {name for name in names if "/" not in name} == ARRAYS | {"manifest.json"}
    assert {name.split("/")[0] for name in names if "/" in name} == {"vectors", "terms"}


def test_manifest_tells_what_the_snapshot_is(tmp_path: Path) -> None:
    target = write(small_index(centring=two_means()), tmp_path)

    manifest = json.loads((target / "manifest.json").read_text())
    checksums = manifest.pop("sha256")
    assert manifest == {
        "format": FORMAT,
        "encoder": "word-hash-1",
        "generation": 3,
        "published": 17,
        "dimension": DIMENSION,
        "count": 5,
        "built_at": "2026-03-02T12:00:00+00:00",
    }
    assert set(checksums) == set(files_of(tmp_path)) - {"CURRENT", "manifest.json"}


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_cut_off_file_is_refused_by_name(tmp_path: Path, share: float) -> None:
    write(small_index(centring=two_means()), tmp_path)

    for name in files_of(tmp_path):
        damaged = place_of(name, tmp_path)
        content = damaged.read_bytes()
        if not content:
            continue
        damaged.write_bytes(content[: int(len(content) * share)])
        with pytest.raises(BrokenIndexError, match=name.removesuffix(".json") + "|in the index folder"):
            read_snapshot(tmp_path)
        damaged.write_bytes(content)

    assert len(read_snapshot(tmp_path)) == 5


@pytest.mark.parametrize("bits", [0x01, 0x20, 0xFF])
def test_flipped_bits_are_refused_wherever_they_are(tmp_path: Path, bits: int) -> None:
    write(small_index(centring=two_means()), tmp_path)

    for name in files_of(tmp_path):
        damaged = place_of(name, tmp_path)
        content = damaged.read_bytes()
        for position in range(0, len(content), max(1, len(content) // 12)):
            damaged.write_bytes(content[:position] + bytes([content[position] ^ bits]) + content[position + 1 :])
            with pytest.raises(BrokenIndexError):
                read_snapshot(tmp_path)
        damaged.write_bytes(content)

    assert len(read_snapshot(tmp_path)) == 5


def test_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    write(small_index(centring=two_means()), tmp_path)

    for name in files_of(tmp_path):
        content = place_of(name, tmp_path).read_bytes()
        place_of(name, tmp_path).unlink()
        with pytest.raises(BrokenIndexError, match=name):
            read_snapshot(tmp_path)
        place_of(name, tmp_path).write_bytes(content)


def test_manifest_that_claims_later_changes_is_refused(tmp_path: Path) -> None:
    target = write(small_index(published=17), tmp_path)
    manifest = (target / "manifest.json").read_text()
    (target / "manifest.json").write_text(manifest.replace('"published": 17', '"published": 19'))

    with pytest.raises(BrokenIndexError, match="manifest"):
        read_snapshot(tmp_path)


@pytest.mark.parametrize("content", ["", "\n", "nowhere", "nowhere 12ab", "a b c", "\x00 \x00", "x" * 5000 + " y"])
def test_pointer_to_nothing_is_refused(tmp_path: Path, content: str) -> None:
    write(small_index(), tmp_path)
    (tmp_path / "CURRENT").write_text(content)

    with pytest.raises(BrokenIndexError):
        read_snapshot(tmp_path)


def test_no_folder_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenIndexError, match="CURRENT"):
        read_snapshot(tmp_path / "never written")


def test_newer_format_is_refused_by_name(tmp_path: Path) -> None:
    target = write(small_index(), tmp_path)
    manifest = json.loads((target / "manifest.json").read_text()) | {"format": FORMAT + 1}
    (target / "manifest.json").write_text(json.dumps(manifest))
    checksum = hashlib.sha256((target / "manifest.json").read_bytes()).hexdigest()
    (tmp_path / "CURRENT").write_text(f"{target.name} {checksum}")

    with pytest.raises(BrokenIndexError, match=f"has format {FORMAT + 1}; this version reads {FORMAT}"):
        read_snapshot(tmp_path)


@pytest.mark.parametrize("content", ["[]", "{}", "null", "7", '{"format": 2}', "{"])
def test_foreign_manifest_is_refused(tmp_path: Path, content: str) -> None:
    target = write(small_index(), tmp_path)
    (target / "manifest.json").write_text(content)
    checksum = hashlib.sha256(content.encode()).hexdigest()
    (tmp_path / "CURRENT").write_text(f"{target.name} {checksum}")

    with pytest.raises(BrokenIndexError, match="manifest"):
        read_snapshot(tmp_path)


class Killed(BaseException):
    """Stands for the process ending at this point."""


def die(*_arguments: object) -> None:
    raise Killed


def fill_disk(*_arguments: object, **_options: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("step", ["_write_parts", "_sync", "_point_to", "_remove_old"])
def test_crash_at_any_step_leaves_a_whole_snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    write(small_index(published=17), tmp_path)

    with monkeypatch.context() as patched:
        patched.setattr(snapshots, step, die)
        with pytest.raises(Killed):
            write(small_index(published=18), tmp_path)

    expected = 18 if step == "_remove_old" else 17
    assert read_snapshot(tmp_path).version.published == expected
    write(small_index(published=19), tmp_path)
    assert read_snapshot(tmp_path).version.published == 19


@pytest.mark.parametrize("full_at", ["np.save", "faiss", "words", "manifest", "pointer"])
def test_full_disk_is_said_and_the_old_snapshot_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full_at: str
) -> None:
    write(small_index(published=17, centring=two_means()), tmp_path)
    before = sorted(path.name for path in tmp_path.iterdir())

    with monkeypatch.context() as patched:
        PLACES[full_at](patched)
        with pytest.raises(OSError, match="No space left on device"):
            write(small_index(published=18, centring=two_means()), tmp_path)

    if full_at != "pointer":
        assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert read_snapshot(tmp_path).version.published == 17
    assert [path.name for path in tmp_path.glob(".*")] == []


def _full_faiss(*_arguments: object) -> None:
    raise RuntimeError("write error: No space left on device")


def _full_text_file(prefix: str) -> Callable[[Path, str], int]:
    real = Path.write_text

    def write_text(path: Path, text: str, **options: str) -> int:
        if path.name.startswith(prefix):
            fill_disk()
        return real(path, text, **options)

    return write_text


PLACES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "words": lambda patched: patched.setattr(TantivyTermIndex, "save", fill_disk),
    "np.save": lambda patched: patched.setattr(np, "save", fill_disk),
    "faiss": lambda patched: patched.setattr("faiss.write_index", _full_faiss),
    "manifest": lambda patched: patched.setattr(Path, "write_text", _full_text_file("manifest")),
    "pointer": lambda patched: patched.setattr(Path, "write_text", _full_text_file(".CURRENT")),
}


def test_old_snapshots_are_removed_but_for_the_last(tmp_path: Path) -> None:
    written = [write(small_index(published=number), tmp_path) for number in (9, 10, 11, 12)]

    assert sorted(path for path in tmp_path.iterdir() if path.is_dir()) == written[-2:]
    assert read_snapshot(tmp_path).version.published == 12


def test_current_snapshot_stays_although_its_name_is_the_smallest(tmp_path: Path) -> None:
    for number in (20, 21, 22):
        write(small_index(published=number, generation=9), tmp_path)

    write(small_index(published=1, generation=1), tmp_path)

    assert read_snapshot(tmp_path).version == IndexVersion("word-hash-1", 1, 1)


def test_half_written_folder_of_a_killed_writer_goes_when_it_is_old(tmp_path: Path) -> None:
    write(small_index(), tmp_path)
    for name, age in ((".writing-old", 100_000), (".writing-now", 0)):
        (tmp_path / name / "terms").mkdir(parents=True)
        stamp = (tmp_path / name).stat().st_mtime - age
        os.utime(tmp_path / name, (stamp, stamp))

    write(small_index(published=18), tmp_path)

    assert [path.name for path in tmp_path.glob(".writing-*")] == [".writing-now"]
