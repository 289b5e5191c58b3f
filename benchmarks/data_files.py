"""Reading what benchmarks are run on: directories of JSON lines, plain or packed, and line-aligned texts."""

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from kernel.errors import DomainError

_MAX_LINE = 20_000_000


class DataMissing(DomainError):
    """The directory or a file in it is not there, or a line of it cannot be read."""

    code: ClassVar[str] = "benchmark_data_missing"


def read_json_lines(
    folder: Path, name: str, *, keys: tuple[str, ...], unique: str | None = None
) -> list[dict[str, Any]]:
    """The rows of `name`.jsonl or `name`.jsonl.gz in `folder`, each with at least these keys.

    No two rows have the same value, written as text, under the key `unique`.

    Raises:
        DataMissing: no such file, no row, a row twice, or a line that is no JSON object with these keys; says which.
    """
    path = data_file(folder, name, (".jsonl", ".jsonl.gz"))
    rows = []
    seen: set[str] = set()
    for number, line in enumerate(read_lines(path), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DataMissing(f"{path.name}, line {number}: this is no JSON ({error}).") from error
        missing = [key for key in keys if not isinstance(row, dict) or key not in row]
        if missing:
            raise DataMissing(f"{path.name}, line {number}: {', '.join(missing)} is missing.")
        if unique is not None:
            if str(row[unique]) in seen:
                raise DataMissing(f"{path.name}, line {number}: {unique} {row[unique]} stands there twice.")
            seen.add(str(row[unique]))
        rows.append(row)
    if not rows:
        raise DataMissing(f"{path.name} has no rows.")
    return rows


def data_file(folder: Path, name: str, endings: tuple[str, ...]) -> Path:
    """The file of that name with one of the endings.

    Raises:
        DataMissing: there is none.
    """
    if not folder.is_dir():
        raise DataMissing(f"There is no folder {folder}. Name one with --data.")
    for ending in endings:
        if (folder / f"{name}{ending}").is_file():
            return folder / f"{name}{ending}"
    raise DataMissing(f"{folder} has no {name}{endings[0]}.")


def read_lines(path: Path) -> Iterator[str]:
    """The lines of a text, packed with gzip or not.

    Raises:
        DataMissing: it is not UTF-8, not gzip although it is called so, or a line is longer than 20 MB.
    """
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8-sig", newline="\n") as file:
            for line in file:
                if len(line) > _MAX_LINE:
                    raise DataMissing(f"{path.name} has a line of more than 20 MB.")
                yield line.rstrip("\r\n")
    except (OSError, UnicodeDecodeError, EOFError, zlib.error) as error:
        raise DataMissing(f"{path.name} cannot be read: {error}") from error
