"""A store's files: what is saved comes back, shared by all processes, and what is broken is refused."""

import errno
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matching.engine.faiss_store import FaissVectorStore
from matching.engine.stores import BrokenIndexError
from tests.matching.engine.brute_force_stores import (
    COLUMNS,
    EVERYTHING,
    assert_same_rows,
    unit_vectors,
)
from tests.matching.engine.faiss_stores import DIMENSION, LAYOUTS, assert_same_answers, built, plain_rows

FILES = ("store.json", "vectors.faiss", *(f"rows.{name}.npy" for name in COLUMNS))


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(20)


@pytest.mark.parametrize("memory_map", [True, False])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_save_and_load_answer_alike(
    generator: np.random.Generator, tmp_path: Path, layout: str, memory_map: bool
) -> None:
    store, _vectors = built(generator, 700, layout)

    store.save(tmp_path)
    loaded = FaissVectorStore.load(tmp_path, dimension=DIMENSION, memory_map=memory_map)

    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)
    assert (loaded.layout, loaded.measured_recall) == (store.layout, store.measured_recall)
    assert_same_rows(loaded.rows(), store.rows())
    assert_same_answers(store, loaded, unit_vectors(generator, 20, DIMENSION))
    assert loaded.vectors(np.arange(700)).tolist() == store.vectors(np.arange(700)).tolist()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_loaded_store_can_be_changed_and_saved_over_its_own_files(
    generator: np.random.Generator, tmp_path: Path, layout: str
) -> None:
    built(generator, 300, layout)[0].save(tmp_path)
    loaded = FaissVectorStore.load(tmp_path, dimension=DIMENSION)
    queries = unit_vectors(generator, 5, DIMENSION)
    loaded.delete(np.arange(50))
    loaded.upsert(plain_rows([700, 60]), queries[:2])

    loaded.save(tmp_path)

    again = FaissVectorStore.load(tmp_path, dimension=DIMENSION)
    assert len(again) == len(loaded) == 251
    assert_same_rows(again.rows(), loaded.rows())
    assert again.search(queries, 10, EVERYTHING).statements[:2, 0].tolist() == [700, 60]
    assert loaded.search(queries, 10, EVERYTHING).statements[:2, 0].tolist() == [700, 60]


def test_save_and_load_of_nothing(tmp_path: Path) -> None:
    FaissVectorStore(DIMENSION).save(tmp_path)

    assert len(FaissVectorStore.load(tmp_path, dimension=DIMENSION)) == 0


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kept", [None, 0.0, 0.3, 0.99])
def test_load_of_a_file_missing_or_cut_off_is_refused(
    generator: np.random.Generator, tmp_path: Path, layout: str, name: str, kept: float | None
) -> None:
    built(generator, 40, layout)[0].save(tmp_path)
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).unlink()
    if kept is not None:
        (tmp_path / name).write_bytes(content[: int(len(content) * kept)])

    with pytest.raises(BrokenIndexError, match="cannot be read"):
        FaissVectorStore.load(tmp_path, dimension=DIMENSION)


@pytest.mark.parametrize("name", ["vectors.faiss", "rows.statement.npy", "rows.level.npy"])
def test_load_of_foreign_content_of_the_right_length_is_refused(
    generator: np.random.Generator, tmp_path: Path, name: str
) -> None:
    built(generator, 40, None)[0].save(tmp_path)
    (tmp_path / name).write_bytes(b"\x00" * (tmp_path / name).stat().st_size)

    with pytest.raises(BrokenIndexError, match="cannot be read"):
        FaissVectorStore.load(tmp_path, dimension=DIMENSION)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 1}', '{"format": "x"}', "no json", "null"])
def test_load_of_a_strange_manifest_is_refused(generator: np.random.Generator, tmp_path: Path, content: str) -> None:
    built(generator, 4, None)[0].save(tmp_path)
    (tmp_path / "store.json").write_text(content)

    with pytest.raises(BrokenIndexError, match="cannot be read"):
        FaissVectorStore.load(tmp_path, dimension=DIMENSION)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": 2, "spin": "left"}, "newer version"),
        ({"dimension": 17}, "dimension 17"),
        ({"count": 41}, "does not fit"),
        ({"layout": "inverted"}, "does not fit"),
        ({"layout": "graph"}, "cannot be read"),
        ({"sizes": {"../secret": 3}}, "cannot be read"),
    ],
)
def test_load_of_what_does_not_fit_is_refused(
    generator: np.random.Generator, tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    built(generator, 40, "flat")[0].save(tmp_path)
    manifest = json.loads((tmp_path / "store.json").read_text())
    (tmp_path / "store.json").write_text(json.dumps(manifest | changes))

    with pytest.raises(BrokenIndexError, match=message):
        FaissVectorStore.load(tmp_path, dimension=DIMENSION)


def test_load_with_another_dimension_is_refused(generator: np.random.Generator, tmp_path: Path) -> None:
    built(generator, 4, None)[0].save(tmp_path)

    with pytest.raises(BrokenIndexError, match="has dimension 16, this encoder 17"):
        FaissVectorStore.load(tmp_path, dimension=17)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
@pytest.mark.parametrize("name", FILES)
def test_save_on_a_full_disk_is_an_os_error_and_leaves_the_older_store(
    generator: np.random.Generator, tmp_path: Path, name: str
) -> None:
    older, _vectors = built(generator, 30, None)
    older.save(tmp_path)
    (tmp_path / f"{name}.part").symlink_to("/dev/full")

    with pytest.raises(OSError) as caught:  # noqa: PT011  (the errno tells)
        built(generator, 50, None)[0].save(tmp_path)

    assert caught.value.errno in {errno.ENOSPC, errno.EIO, None}
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)
    assert_same_rows(FaissVectorStore.load(tmp_path, dimension=DIMENSION).rows(), older.rows())


def test_save_into_a_folder_that_is_not_there_is_an_os_error(generator: np.random.Generator, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        built(generator, 4, None)[0].save(tmp_path / "nowhere")


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="reads memory maps as Linux shows them")
@pytest.mark.parametrize("layout", LAYOUTS)
def test_memory_mapped_store_lies_in_pages_that_all_processes_share(
    generator: np.random.Generator, tmp_path: Path, layout: str
) -> None:
    store, vectors = built(generator, 2_000, layout)
    store.save(tmp_path)

    for memory_map in (True, False):
        loaded = FaissVectorStore.load(tmp_path, dimension=DIMENSION, memory_map=memory_map)
        loaded.search(vectors, 10, replace(EVERYTHING, kinds=frozenset({1})))
        mapped = mapped_files(tmp_path)
        assert sorted(mapped) == (sorted(set(FILES) - {"store.json"}) if memory_map else [])
        # Pages of a private mapping that were written to would be this process's own.
        assert sum(mapped.values()) == 0
        del loaded


def mapped_files(folder: Path) -> dict[str, int]:
    """Kilobytes of our own, by name of each file in the folder that is mapped into this process."""
    found: dict[str, int] = {}
    name = ""
    for line in Path("/proc/self/smaps").read_text().splitlines():
        key, *rest = line.split()
        if not key.endswith(":"):
            path = Path(rest[-1])
            name = path.name if path.parent == folder else ""
        elif name and key == "Anonymous:":
            found[name] = found.get(name, 0) + int(rest[0])
    return found
