"""Read JSON lines, plain or packed with gzip, and say which line of which file cannot be used."""

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from kernel.errors import DomainError


class DataUnusableError(DomainError):
    """A file given for training or measuring is missing, broken, or not of the form it should have."""

    code: ClassVar[str] = "data_unusable"


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Line numbers from 1 and lines without their end; `.gz` is unpacked, blank lines are kept.

    Raises:
        DataUnusableError: the file is missing, cannot be unpacked, or is not UTF-8.
    """
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                yield number, line.rstrip("\r\n")
    except FileNotFoundError as error:
        raise DataUnusableError(f"There is no file {path}. Check the path.") from error
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise DataUnusableError(f"{path} cannot be read ({type(error).__name__}). Is it whole, and UTF-8?") from error


def read_json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line numbers and objects; blank lines are passed over.

    Raises:
        DataUnusableError: as for `read_lines`, or a line is no JSON object.
    """
    for number, line in read_lines(path):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise DataUnusableError(f"{path}, line {number}: not JSON. Write one object a line.") from error
        if not isinstance(row, dict):
            raise DataUnusableError(f"{path}, line {number}: not a JSON object. Write one object a line.")
        yield number, row


def text_of(row: dict[str, Any], key: str, *, place: str) -> str:
    """The text under `key`; `place` names file and line in the message.

    Raises:
        DataUnusableError: the key is missing, or holds no text.
    """
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise DataUnusableError(f"{place}: “{key}” is missing or is no text.")
    return value
