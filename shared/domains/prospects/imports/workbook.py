"""The first visible sheet with a table of an XLSX workbook, read row by row: values as a person sees them, formulas
as their results.

A workbook is a ZIP archive of XML, so a small file may unpack to anything: the parts have bounds before one is read.
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

from shared.domains.prospects.imports import columns
from shared.domains.prospects.imports.table import MAX_COLUMNS, MAX_LINES, MAX_LINES_BEFORE, MAX_ROWS, Line
from shared.errors import Invalid, PayloadTooLarge

_MAX_PARTS = 2_000
_MAX_SHEETS = 20  # looked through for the table
_MAX_CELLS = MAX_ROWS * MAX_COLUMNS
_MAX_RATIO = 100  # how often its packed size a part may have; tables have 5 to 30
_SMALL = 2**20  # bytes: the ratio of a smaller part does not matter
# Bytes, unpacked, by what a part is; the reader takes all but the sheets in whole.
_BOUNDS = (("xl/worksheets/", 100 * 2**20), ("xl/sharedStrings", 32 * 2**20), ("xl/styles", 2 * 2**20))
_BOUND = 8 * 2**20
_UNREAD = ("xl/media/", "xl/drawings/", "xl/charts/", "xl/embeddings/", "xl/pivot", "xl/printerSettings/", "customXml/")


def lines(content: bytes) -> tuple[list[Line], str | None, list[str]]:
    """The rows that are not blank, the sheet they are in, and the names of the other sheets.

    Raises PayloadTooLarge, and Invalid for a workbook that cannot be read.
    """
    from openpyxl import load_workbook

    _check_size(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            # What is hidden is no part of what a person sees; the rest of a program's lists often is.
            sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
            read = _with_a_table(sheets)
            names = [sheet.title for sheet in book.worksheets if read is None or sheet.title != read[1]]
            return (*read, names) if read else ([], None, names)
        finally:
            book.close()
    except PayloadTooLarge:
        raise
    except Exception as error:  # the reader raises whatever the damaged part makes it run into
        raise Invalid.of(
            "file", "The workbook cannot be read; open it, save it as XLSX or CSV, and import it again."
        ) from error


def _with_a_table(sheets: Sequence[Any]) -> tuple[list[Line], str] | None:
    """The rows and the name of the first sheet that has a header; where none has, of the first with data."""
    first: tuple[list[Line], str] | None = None
    for sheet in sheets[:_MAX_SHEETS]:
        sheet.reset_dimensions()  # what a program wrote there may be wrong
        rows = _rows(sheet.iter_rows(values_only=True))
        if rows and columns.find_header(rows) is not None:
            return rows, sheet.title
        first = first or ((rows, sheet.title) if rows else None)
    return first


def _check_size(content: bytes) -> None:
    """The reader unpacks no more of a part than the archive says it has."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError) as error:
        raise Invalid.of("file", "The workbook is damaged; export it again.") from error
    large = [part for part in parts if part.file_size > _bound(part)]
    if large or len(parts) > _MAX_PARTS:
        name = large[0].filename if large else "the number of its parts"
        raise PayloadTooLarge(f"The workbook is too large when it is unpacked ({name}); save the table alone, as CSV.")


def _bound(part: zipfile.ZipInfo) -> float:
    if part.filename.startswith(_UNREAD):
        return float("inf")
    bound = next((bound for start, bound in _BOUNDS if part.filename.startswith(start)), _BOUND)
    return min(bound, max(_SMALL, _MAX_RATIO * part.compress_size))


def _rows(values: Iterator[tuple[Any, ...]]) -> list[Line]:
    read: list[Line] = []
    cells_read = 0
    for number, row in enumerate(values, 1):
        cells_read += len(row)
        if len(read) > MAX_ROWS + MAX_LINES_BEFORE or number > MAX_LINES or cells_read > _MAX_CELLS:
            raise PayloadTooLarge(f"The sheet has more than {MAX_ROWS:,} rows; split it and import the parts.")
        cells = [_text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if any(cell.strip() for cell in cells):
            read.append(Line(number, cells))
    return read


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return str(value).replace("\0", "\ufffd")
