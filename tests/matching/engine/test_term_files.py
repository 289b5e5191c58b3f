"""A word index on disk: saved, forked, opened, and refused when it is not whole."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from matching.engine.stores import BrokenIndexError
from matching.engine.terms import TantivyTermIndex
from tests.matching.engine.term_indexes import DANISH, filled, found, term_rows, words


def content(folder: Path) -> dict[str, str]:
    """Digest of every file in a folder by name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def changed(index: TantivyTermIndex) -> None:
    """A few changes of every sort."""
    index.delete(np.array([4]))
    index.upsert(term_rows([2, 5]), words("Genoptræning", "Vindmøller"))


@pytest.mark.parametrize("on_disk", [True, False])
def test_saved_index_opens_as_it_was(tmp_path: Path, on_disk: bool) -> None:
    index = filled(*DANISH, folder=tmp_path / "live" if on_disk else None)
    changed(index)

    index.save(tmp_path / "saved")
    opened = TantivyTermIndex.open(tmp_path / "saved")

    assert opened.rows().statement.tolist() == [1, 2, 3, 5]
    assert opened.documents(np.array([2, 1])) == index.documents(np.array([2, 1]))
    for query in ("tryksårssensor", "rehabilitering", "vindmølle", "hjem"):
        assert found(opened, query) == found(index, query)


def test_save_leaves_the_index_usable_and_the_copy_alone(tmp_path: Path) -> None:
    index = filled(*DANISH, folder=tmp_path / "live")
    index.save(tmp_path / "saved")
    before = content(tmp_path / "saved")

    changed(index)
    for number in range(20):
        index.upsert(term_rows([number]), words("Mange små ændringer"))
    index.close()

    assert content(tmp_path / "saved") == before
    assert len(TantivyTermIndex.open(tmp_path / "saved")) == 4
    assert len(TantivyTermIndex.open(tmp_path / "live")) == 20


def test_forks_share_bytes_and_change_apart(tmp_path: Path) -> None:
    filled(*DANISH, folder=tmp_path / "live").save(tmp_path / "snapshot")
    before = content(tmp_path / "snapshot")

    first = TantivyTermIndex.fork(tmp_path / "snapshot", tmp_path / "private" / "1")
    second = TantivyTermIndex.fork(tmp_path / "snapshot", tmp_path / "private" / "2")
    first.upsert(term_rows([9]), words("Solceller"))
    second.delete(np.array([1]))

    assert found(first, "solceller tryksår") == [9, 1]
    assert found(second, "solceller tryksår") == []
    assert content(tmp_path / "snapshot") == before
    store = next((tmp_path / "snapshot").glob("*.store"))
    assert store.samefile(tmp_path / "private" / "1" / store.name)
    assert not any(path.suffix == ".lock" for path in (tmp_path / "snapshot").iterdir())
    third = TantivyTermIndex.fork(tmp_path / "private" / "1", tmp_path / "private" / "3")
    assert found(third, "solceller") == [9]


def test_fork_copies_where_links_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(*DANISH, folder=tmp_path / "live").save(tmp_path / "snapshot")

    def refuse(self: object, *_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr("os.link", refuse)
    fork = TantivyTermIndex.fork(tmp_path / "snapshot", tmp_path / "private")

    assert found(fork, "tryksår") == [1]
    store = next((tmp_path / "snapshot").glob("*.store"))
    assert not store.samefile(tmp_path / "private" / store.name)


def test_open_makes_no_writer_before_the_first_change(tmp_path: Path) -> None:
    filled(*DANISH, folder=tmp_path / "live").save(tmp_path / "saved")
    readers = [TantivyTermIndex.open(tmp_path / "saved") for _ in range(2)]

    readers[0].upsert(term_rows([9]), words("Solceller"))

    with pytest.raises(BrokenIndexError, match="cannot be written"):
        readers[1].upsert(term_rows([10]), words("Vindmøller"))
    readers[0].close()
    readers[1].upsert(term_rows([10]), words("Vindmøller"))
    assert readers[1].rows().statement.tolist() == [1, 2, 3, 4, 9, 10]


@pytest.mark.parametrize("make", ["create", "save", "fork"])
def test_nothing_is_written_over(tmp_path: Path, make: str) -> None:
    index = filled(*DANISH, folder=tmp_path / "live")
    index.save(tmp_path / "saved")
    target = tmp_path / "taken"
    target.mkdir()
    (target / "precious").touch()

    with pytest.raises(FileExistsError):
        {
            "create": lambda: TantivyTermIndex.create(target),
            "save": lambda: index.save(target),
            "fork": lambda: TantivyTermIndex.fork(tmp_path / "saved", target),
        }[make]()

    assert [path.name for path in target.iterdir()] == ["precious"]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("terms")
    index = filled(*DANISH, folder=folder / "live")
    changed(index)
    index.save(folder / "saved")
    return folder / "saved"


@pytest.mark.parametrize("left", [None, 0.0, 0.4, 0.9])
@pytest.mark.parametrize(
    "pattern", ["meta.json", "terms.json", "*.term", "*.idx", "*.pos", "*.store", "*.fast", "*.fieldnorm", "*.del"]
)
def test_open_refuses_what_is_missing_or_cut_off(saved: Path, tmp_path: Path, pattern: str, left: float | None) -> None:
    shutil.copytree(saved, tmp_path / "broken")
    path = next((tmp_path / "broken").glob(pattern))
    if left is None:
        path.unlink()
    else:
        whole = path.read_bytes()
        path.write_bytes(whole[: int(len(whole) * left)])

    with pytest.raises(BrokenIndexError):
        TantivyTermIndex.open(tmp_path / "broken")
    with pytest.raises(BrokenIndexError):
        TantivyTermIndex.fork(tmp_path / "broken", tmp_path / "private")


@pytest.mark.parametrize("content", ['{"schema": 0}', '{"schema": 99, "sizes": {}}', "{}", "[]", "null"])
def test_open_refuses_another_schema_version(saved: Path, tmp_path: Path, content: str) -> None:
    shutil.copytree(saved, tmp_path / "other")
    (tmp_path / "other" / "terms.json").write_text(content)

    with pytest.raises(BrokenIndexError):
        TantivyTermIndex.open(tmp_path / "other")


@pytest.mark.parametrize("content", ["[]", "{}", '{"segments": [{}]}', '{"segments": 3}', '{"segments": []}'])
def test_open_refuses_a_list_of_segments_it_cannot_read(saved: Path, tmp_path: Path, content: str) -> None:
    shutil.copytree(saved, tmp_path / "other")
    (tmp_path / "other" / "meta.json").write_text(content)

    with pytest.raises(BrokenIndexError):
        TantivyTermIndex.open(tmp_path / "other")


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_open_refuses_a_folder_without_index(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(BrokenIndexError):
        TantivyTermIndex.open(tmp_path / name)


def test_save_says_the_size_of_every_file(saved: Path) -> None:
    sizes = json.loads((saved / "terms.json").read_text())["sizes"]

    assert sizes == {path.name: path.stat().st_size for path in saved.iterdir() if not path.name.endswith(".json")}
