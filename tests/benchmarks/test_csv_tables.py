"""Tables with a heading, and broken ones: what is wrong is said, with the line."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from benchmarks.csv_tables import find_table, read_columns
from benchmarks.data_files import DataMissing
from tests.benchmarks.written_data import write_text


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
def test_columns_are_read_by_name(tmp_path: Path, name: str) -> None:
    path = write_text(tmp_path / name, 'a,"b, too",c\n1,x,2.5\n\n,y,"69,487.00"\n')

    table = read_columns(path, ("c", "a"))

    assert list(table) == ["c", "a"]
    np.testing.assert_array_equal(table["c"], [2.5, 69487.0])
    np.testing.assert_array_equal(table["a"], [1.0, np.nan])


def test_other_encoding_is_read_when_named(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("field,a\nN\xf8rre,3\n".encode("latin-1"))

    assert read_columns(path, ("a",), encoding="latin-1")["a"].tolist() == [3.0]
    with pytest.raises(DataMissing, match=r"t\.csv cannot be read"):
        read_columns(path, ("a",))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "the column a, b is missing"),
        ("a,c\n1,2\n", "the column b is missing"),
        ("a,b\n", "has no rows"),
        ("a,b\n1,2\n1,x\n", "line 3: 'x' is no number"),
        ("a,b\n1,inf\n", "line 2: 'inf' is no number"),
        ("a,b\n1,2,3\n", "line 2: 3 cells, not 2"),
        ("a,b\n1\n", "line 2: 1 cells, not 2"),
        ('a,b\n1,"' + "9" * 200_000 + '"\n', "cannot be read"),
    ],
)
def test_broken_table_says_where(tmp_path: Path, text: str, complaint: str) -> None:
    path = write_text(tmp_path / "t.csv", text)

    with pytest.raises(DataMissing, match=complaint):
        read_columns(path, ("a", "b"))


@pytest.mark.parametrize("cut", [False, True])
def test_packed_table_that_is_broken_says_so(tmp_path: Path, cut: bool) -> None:
    text = b"a,b\n1,2\n" * 500
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(text)[:-20] if cut else text)

    with pytest.raises(DataMissing, match=r"t\.csv\.gz cannot be read"):
        read_columns(tmp_path / "t.csv.gz", ("a", "b"))


def test_table_is_found_in_a_folder_or_as_a_file(tmp_path: Path) -> None:
    path = write_text(tmp_path / "random-men.csv.gz", "a\n1\n")
    write_text(tmp_path / "bts-men.csv", "a\n1\n")

    assert find_table(tmp_path, "random*") == path
    assert find_table(path, "anything*") == path


def test_no_table_and_two_tables_are_refused(tmp_path: Path) -> None:
    for name in ("bts-men.csv", "bts-women.csv.gz"):
        write_text(tmp_path / name, "a\n1\n")

    with pytest.raises(DataMissing, match="it holds 2"):
        find_table(tmp_path, "bts*")
    with pytest.raises(DataMissing, match="it holds 0"):
        find_table(tmp_path, "random*")
    with pytest.raises(DataMissing, match="no file or folder"):
        find_table(tmp_path / "gone", "random*")
