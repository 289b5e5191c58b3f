"""Reading tables with a heading, as logs and surveys are published: plain or packed, in any one encoding."""

import csv
import gzip
import math
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.data_files import DataMissing

Columns = dict[str, NDArray[np.float64]]
_MOST_ROWS = 5_000_000


def find_table(place: Path, pattern: str) -> Path:
    """The one table that `pattern` (as `random*`) names in a folder, or the file itself.

    Raises:
        DataMissing: there is none, or more than one.
    """
    if place.is_file():
        return place
    if not place.is_dir():
        raise DataMissing(f"There is no file or folder {place}. Name one with --data.")
    found = sorted([*place.glob(f"{pattern}.csv"), *place.glob(f"{pattern}.csv.gz")])
    if len(found) != 1:
        raise DataMissing(f"{place} must hold one {pattern}.csv or {pattern}.csv.gz; it holds {len(found)}.")
    return found[0]


def read_columns(path: Path, columns: Sequence[str], *, encoding: str = "utf-8-sig") -> Columns:
    """These columns as numbers (rows,); an empty cell is NaN.

    Raises:
        DataMissing: the file cannot be read, lacks a column or has no rows, or a cell is no number; says which.
    """
    cells = dict(_cells(path, columns, encoding))
    if not len(cells):
        raise DataMissing(f"{path.name} has no rows.")
    table = np.array(list(cells.values()), dtype=np.float64)
    return {name: np.ascontiguousarray(table[:, place]) for place, name in enumerate(columns)}


def _cells(path: Path, columns: Sequence[str], encoding: str) -> Iterator[tuple[int, list[float]]]:
    """Line number and numbers of each row."""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding=encoding, newline="") as file:
            rows = csv.reader(file)
            heading = next(rows, [])
            if missing := [name for name in columns if name not in heading]:
                more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
                raise DataMissing(f"{path.name}: the column {', '.join(missing[:3])}{more} is missing.")
            places = [heading.index(name) for name in columns]
            for row in rows:
                if not row:
                    continue
                if len(row) != len(heading):
                    raise DataMissing(f"{path.name}, line {rows.line_num}: {len(row)} cells, not {len(heading)}.")
                if rows.line_num > _MOST_ROWS:
                    raise DataMissing(f"{path.name} has more than {_MOST_ROWS} lines.")
                yield rows.line_num, [_number(row[place], path, rows.line_num) for place in places]
    except (OSError, EOFError, UnicodeError, zlib.error, csv.Error) as error:
        raise DataMissing(f"{path.name} cannot be read: {error}") from error


def _number(cell: str, path: Path, line: int) -> float:
    text = cell.strip().replace(",", "")
    if not text:
        return math.nan
    try:
        number = float(text)
    except ValueError:
        number = math.inf
    if math.isinf(number):
        raise DataMissing(f"{path.name}, line {line}: {cell[:40]!r} is no number.")
    return number
