"""Directories of JSON lines: what is read, and what a reader is told about what cannot be."""

import gzip
from pathlib import Path

import pytest

from benchmarks.data_files import DataMissing, data_file, read_json_lines, read_lines
from tests.benchmarks.written_data import write_rows, write_text

ROWS = [{"id": "1", "text": "Vi søger et sengeudstyr"}, {"id": "2", "text": "Ward\u2028with a line separator"}]


@pytest.mark.parametrize("packed", [False, True])
def test_rows_come_in_order_plain_or_packed(tmp_path: Path, packed: bool) -> None:
    write_rows(tmp_path, "queries", ROWS, packed=packed)

    assert read_json_lines(tmp_path, "queries", keys=("id", "text")) == ROWS


@pytest.mark.parametrize("name", ["queries.jsonl", "queries.jsonl.gz"])
def test_blank_lines_a_byte_order_mark_and_other_line_ends_do_no_harm(tmp_path: Path, name: str) -> None:
    write_text(tmp_path / name, '\ufeff{"id": 1}\r\n\r\n   \n{"id": 2}')

    assert read_json_lines(tmp_path, "queries", keys=("id",)) == [{"id": 1}, {"id": 2}]


def test_plain_file_goes_before_the_packed_one(tmp_path: Path) -> None:
    write_rows(tmp_path, "queries", [{"id": "packed"}], packed=True)
    write_rows(tmp_path, "queries", [{"id": "plain"}])

    assert read_json_lines(tmp_path, "queries", keys=("id",)) == [{"id": "plain"}]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"id": 1}\n{"id": 2\n', r"queries\.jsonl, line 2: this is no JSON"),
        ('\n\n{"id": 1,}\n', "line 3: this is no JSON"),
        ("[" * 100_000, "line 1: this is no JSON"),
        ('{"text": "a"}\n', "line 1: id is missing"),
        ("[1, 2]\n", "line 1: id is missing"),
        ("null\n", "line 1: id is missing"),
        ("", "has no rows"),
        (" \n\n", "has no rows"),
        ('{"id": "a"}\n{"id": "b"}\n{"id": "a"}\n', "line 3: id a stands there twice"),
        ('{"id": 1}\n{"id": "1"}\n', "line 2: id 1 stands there twice"),
    ],
)
def test_unreadable_rows_are_named(tmp_path: Path, content: str, says: str) -> None:
    write_text(tmp_path / "queries.jsonl", content)

    with pytest.raises(DataMissing, match=says):
        read_json_lines(tmp_path, "queries", keys=("id",), unique="id")


def test_all_missing_keys_are_named(tmp_path: Path) -> None:
    write_rows(tmp_path, "labels", [{"grade": 1}])

    with pytest.raises(DataMissing, match="query, expert is missing"):
        read_json_lines(tmp_path, "labels", keys=("query", "expert", "grade"))


def test_same_id_twice_is_allowed_where_nobody_asked(tmp_path: Path) -> None:
    write_rows(tmp_path, "labels", [{"id": 1}, {"id": 1}])

    assert len(read_json_lines(tmp_path, "labels", keys=("id",))) == 2


PACKED = gzip.compress(b'{"id": 1}\n' * 2_000)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("queries.jsonl.gz", b'{"id": 1}\n'),
        ("queries.jsonl.gz", PACKED[: len(PACKED) // 2]),
        ("queries.jsonl.gz", PACKED[:12] + b"\xff" * 20 + PACKED[32:]),
        ("queries.jsonl.gz", gzip.compress(b"\xff\xfe{")),
        ("queries.jsonl", '{"id": "æ"}\n'.encode("latin-1")),
        ("queries.jsonl", '{"id": 1}\n'.encode("utf-16")),
        ("queries.jsonl", PACKED),
    ],
    ids=["not packed", "cut off", "damaged", "packed but no text", "latin-1", "utf-16", "packed without saying so"],
)
def test_file_that_is_no_text_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(DataMissing, match=r"queries\.jsonl(\.gz)? cannot be read"):
        read_json_lines(tmp_path, "queries", keys=("id",))


def test_endless_line_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.data_files._MAX_LINE", 100)
    path = write_text(tmp_path / "one.txt", "a" * 101)

    with pytest.raises(DataMissing, match="more than 20 MB"):
        list(read_lines(path))


def test_missing_folder_and_missing_file_are_told_apart(tmp_path: Path) -> None:
    file = write_text(tmp_path / "file", "")

    for folder in (tmp_path / "nowhere", file):
        with pytest.raises(DataMissing, match="no folder"):
            data_file(folder, "queries", (".jsonl",))
    with pytest.raises(DataMissing, match=r"has no queries\.jsonl"):
        data_file(tmp_path, "queries", (".jsonl", ".jsonl.gz"))
