"""Exports: no text is a formula, and many rows need no more memory than few."""

import csv
import io
import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from openpyxl import load_workbook

from shared.domains.analytics import exporting

ROWS = 30_000


def _rows(number: int) -> Iterator[list[Any]]:
    at = datetime(2026, 1, 31, 9, tzinfo=UTC)
    return ([f"id{n}", "Ann Lee of Acme Pumps International", n, at, ["a", "b"], None] for n in range(number))


HEAD = ("id", "name", "number", "at", "tags", "none")
BAD = [
    '=HYPERLINK("http://x")',
    "+1",
    "-1+2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "\n=2",
    "\uff1d1",
    "\u00a0=1",
    "\u200b@A1",
    "\x01=1",
]


def test_csv_is_neutral_and_quoted() -> None:
    rows = [[text, 'a,"b"\nc', 5, -2.5, None, True] for text in BAD]
    text = b"".join(exporting.as_csv(HEAD, rows)).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert [row[0] for row in read[1:]] == [f"'{text}" for text in BAD]
    assert read[1][1:] == ['a,"b"\nc', "5", "-2.5", "", "True"]


def test_json_keeps_what_is_there() -> None:
    [row] = json.loads(b"".join(exporting.as_json(HEAD, _rows(1))))["rows"]
    assert row == {
        **{"id": "id0", "name": "Ann Lee of Acme Pumps International", "number": 0},
        **{"at": "2026-01-31T09:00:00Z", "tags": "a; b", "none": None},
    }
    assert json.loads(b"".join(exporting.as_json(HEAD, [])))["rows"] == []


def test_a_workbook_has_texts_and_no_formulas() -> None:
    book = load_workbook(io.BytesIO(b"".join(exporting.as_xlsx(("a",), [[text] for text in [*BAD, "\x00x", 7]]))))
    cells = [row[0] for row in book.active.iter_rows(min_row=2)]  # type: ignore[union-attr]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert cells[0].value == BAD[0]
    assert (cells[-2].value, cells[-1].value) == ("x", 7)


@pytest.mark.parametrize("write", [exporting.as_csv, exporting.as_json, exporting.as_xlsx])
def test_memory_does_not_grow_with_the_rows(write: Any) -> None:
    def peak(number: int) -> int:
        tracemalloc.start()
        for _ in write(HEAD, _rows(number)):
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(10)
    few, many = peak(ROWS // 100), peak(ROWS // 10)
    assert few * 2 + 500_000 > many
    assert many < 3_000_000
