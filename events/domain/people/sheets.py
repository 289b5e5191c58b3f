"""Reading a table that somebody uploads, CSV or XLSX, as rows of plain text, within bounds and whatever is in it.

A formula stays the text that it is written as: nothing is computed. Nothing is written to disk.
"""

import csv
import io
import zipfile
from collections.abc import Iterable
from typing import Any, ClassVar
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from kernel.errors import DomainError

MOST_BYTES = 5 * 1024 * 1024
# Above the largest brokerage; a web process stores as many in a few seconds (docs/events.md).
MOST_ROWS = 5_000
MOST_COLUMNS = 200
# All that a profile may bring to an event stands in one cell of our own export.
MOST_CELL = 20_000
# What an XLSX may unpack to: far above any list of people, far below what hurts.
MOST_UNPACKED = 60 * 1024 * 1024
MOST_PARTS = 500
_SEPARATORS = ",;\t|"


class SheetRefused(DomainError):
    """The file is no table that can be read here; the message says what to do about it."""

    code: ClassVar[str] = "sheet_refused"
    status: ClassVar[int] = 422


def read_sheet(content: bytes) -> list[list[str]]:
    """The rows of the first sheet, header first, blank rows and the blanks at the edges of cells left out.

    What the bytes are decides, never the name of the file.

    Raises:
        SheetRefused: too big, not a table, or nothing in it.
    """
    if len(content) > MOST_BYTES:
        raise SheetRefused(_("The file is larger than 5 MB. Keep the columns that matter, or split it in two."))
    rows = _excel_rows(content) if content.startswith(b"PK") else _csv_rows(content)
    if not rows:
        raise SheetRefused(_("The file is empty. Export it again, with a first row that names the columns."))
    return rows


def _kept(rows: Iterable[Iterable[Any]]) -> list[list[str]]:
    """At most so many rows and columns; more is refused, not cut: a person who is left out would notice at the door."""
    kept: list[list[str]] = []
    for row in rows:
        cells = [_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > MOST_COLUMNS:
            raise SheetRefused(
                _("The file has more than %(limit)d columns. Keep those that matter.") % {"limit": MOST_COLUMNS}
            )
        if cells:
            kept.append(cells)
        if len(kept) > MOST_ROWS + 1:
            raise SheetRefused(_("The file has more than %(limit)d rows. Split it in two.") % {"limit": MOST_ROWS})
    return kept


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell).strip()
    # Our own exports put a mark before what a spreadsheet would compute; it is no part of the word.
    if len(text) > 1 and text[0] == "'" and text[1] in "=+-@":
        text = text[1:]
    return text[: MOST_CELL + 1]


def _csv_rows(content: bytes) -> list[list[str]]:
    text = _decoded(content)
    if "\x00" in text:
        raise _no_table()
    first = text.lstrip().split("\n", 1)[0]
    separator = max(_SEPARATORS, key=first.count)
    try:
        return _kept(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=False))
    except csv.Error as error:
        raise _no_table() from error


def _decoded(content: bytes) -> str:
    """As UTF-8, or as what the byte order mark says; else as Windows writes it in western Europe."""
    marks = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
    known = next((encoding for mark, encoding in marks if content.startswith(mark)), "")
    for encoding in (known,) if known else ("utf-8", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _no_table()


def _excel_rows(content: bytes) -> list[list[str]]:
    try:
        _require_harmless(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        try:
            sheet = book.worksheets[0]
            return _kept(sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS + 1, values_only=True))
        finally:
            book.close()
    except SheetRefused:
        raise
    except (
        zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, TypeError, IndexError,
        AttributeError, EOFError, OSError, NotImplementedError, RuntimeError, OverflowError,
    ) as error:  # fmt: skip
        # openpyxl meets a broken workbook with whatever its parser happens to raise.
        raise _no_table() from error


def _require_harmless(content: bytes) -> None:
    """Refuse what would unpack to far more than a list of people, and XML that defines its own entities."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        infos = parts.infolist()
        if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > MOST_UNPACKED:
            raise SheetRefused(_("The file unpacks to far too much. Save the sheet as CSV and use that."))
        for info in infos:
            if info.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in parts.read(info)[:2_000]:
                raise _no_table()


def _no_table() -> SheetRefused:
    return SheetRefused(_("We cannot read the file as a table. Save it as CSV (UTF-8) or XLSX and try again."))
