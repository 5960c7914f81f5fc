"""Exports: rows as CSV, JSON or XLSX, made as they are sent, so that many need no more memory than few."""

import csv
import io
import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from math import isfinite
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from shared.kit.patterns import lazy_pattern

if TYPE_CHECKING:
    from openpyxl import Workbook

Row = Sequence[Any]
_FORMULAS = (
    "=",
    "+",
    "-",
    "@",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)  # with which a spreadsheet begins a formula; wide ones in East Asia
_PIECE = 64 * 1024  # bytes
MOST_ROWS_OF_A_SHEET = 1_048_575  # of a sheet, below its head
_NOT_IN_XML = lazy_pattern(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST_CELL = 32_767  # characters that a cell takes


def as_csv(head: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """RFC 4180 with a byte order mark, without which Excel takes UTF-8 for something else; no text is a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(head)
    for row in rows:
        writer.writerow([neutral(value) for value in row])
        if buffer.tell() >= _PIECE:
            yield _taken(buffer)
    yield _taken(buffer)


def as_json(head: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """An object with the rows as objects."""
    buffer = io.StringIO()
    buffer.write('{"success":true,"rows":[')
    for number, row in enumerate(rows):
        buffer.write("," if number else "")
        named = {name: _plain(value) for name, value in zip(head, row, strict=True)}
        buffer.write(json.dumps(named, ensure_ascii=False))
        if buffer.tell() >= _PIECE:
            yield _taken(buffer)
    buffer.write("]}")
    yield _taken(buffer)


def as_xlsx(head: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """A workbook, written to files row by row; every text is a text. What one sheet has no room for is in the next."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    with TemporaryFile() as file:
        try:
            _fill(book, head, rows)
            book.save(file)
        except BaseException:
            _discard(book)
            raise
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def _fill(book: "Workbook", head: Sequence[str], rows: Iterable[Row]) -> None:
    sheet = _sheet(book, head)
    for number, row in enumerate(rows):
        if number and number % MOST_ROWS_OF_A_SHEET == 0:
            sheet = _sheet(book, head)
        sheet.append([_cell(sheet, value) for value in row])


def _sheet(book: "Workbook", head: Sequence[str]) -> Any:
    number = len(book.sheetnames) + 1
    sheet = book.create_sheet("Export" if number == 1 else f"Export {number}")
    sheet.append(list(head))
    return sheet


def _discard(book: Any) -> None:
    """Remove the sheets' files, which openpyxl would leave behind until the process ends."""
    for sheet in book.worksheets:
        if not sheet.closed:
            sheet.close()
        with suppress(FileNotFoundError):
            sheet._writer.cleanup()


WRITERS: dict[str, tuple[str, Callable[[Sequence[str], Iterable[Row]], Iterator[bytes]]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "json": ("application/json", as_json),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
}


def neutral(value: Any) -> Any:
    """A value as a spreadsheet shows it: what would be a formula stands behind an apostrophe."""
    plain = _plain(value)
    return f"'{plain}" if isinstance(plain, str) and _is_formula(plain) else plain


def _is_formula(text: str) -> bool:
    """Whether a spreadsheet could take it for one: what it does not show in front is left away first."""
    shown = next((at for at, sign in enumerate(text) if not _unseen(sign)), len(text))
    return text[:1] in ("\t", "\r", "\n") or text.startswith(_FORMULAS, shown)


def _unseen(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) in ("Cc", "Cf")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, list | tuple):
        return "; ".join(str(each) for each in value)
    if isinstance(value, float) and not isfinite(value):
        return str(value)  # which neither JSON nor a workbook has
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _cell(sheet: Any, value: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell

    plain = _plain(value)
    if not isinstance(plain, str):
        return plain
    cell = WriteOnlyCell(sheet, value=_NOT_IN_XML.sub("", plain[:_LONGEST_CELL]))
    cell.data_type = "s"
    return cell


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
