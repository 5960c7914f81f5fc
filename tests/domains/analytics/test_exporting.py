"""Exports: no text is a formula, and many rows need no more memory than few."""

import csv
import io
import json
import tempfile
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from shared.domains.analytics import exporting
from shared.errors import Unavailable

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


@pytest.mark.parametrize("text", ["\x00", "\x1f", "\ufffe", "\uffff", "\ud800"])
def test_a_workbook_has_no_signs_that_xml_has_not(text: str) -> None:
    whole = f"a{text}b\u0085\ue000\U0010fffd"
    book = load_workbook(io.BytesIO(b"".join(exporting.as_xlsx(("a",), [[whole]]))))
    assert book.active["A2"].value == "ab\u0085\ue000\U0010fffd"  # type: ignore[index]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_a_text(number: float) -> None:
    def refused(constant: str) -> None:
        raise AssertionError(constant)

    [row] = json.loads(b"".join(exporting.as_json(("a",), [[number]])), parse_constant=refused)["rows"]
    assert row == {"a": str(number)}
    book = load_workbook(io.BytesIO(b"".join(exporting.as_xlsx(("a",), [[number]]))))
    assert book.active["A2"].value == str(number)  # type: ignore[index]
    assert f"\n{exporting.neutral(str(number))}\r" in b"".join(exporting.as_csv(("a",), [[number]])).decode()


def test_what_a_sheet_has_no_room_for_is_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    assert exporting.MOST_ROWS_OF_A_SHEET == 2**20 - 1
    monkeypatch.setattr(exporting, "MOST_ROWS_OF_A_SHEET", 3)
    book = load_workbook(io.BytesIO(b"".join(exporting.as_xlsx(("a",), ([n] for n in range(7))))))
    assert book.sheetnames == ["Export", "Export 2", "Export 3"]
    rows = [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets]
    assert rows == [["a", 0, 1, 2], ["a", 3, 4, 5], ["a", 6]]
    assert len(load_workbook(io.BytesIO(b"".join(exporting.as_xlsx(("a",), ([n] for n in range(6)))))).sheetnames) == 2


def test_a_workbook_whose_rows_break_off_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def rows() -> Iterator[list[Any]]:
        yield ["a"]
        raise Unavailable("The store does not answer.")

    with pytest.raises(Unavailable):
        b"".join(exporting.as_xlsx(("a",), rows()))
    b"".join(exporting.as_xlsx(("a",), []))
    next(exporting.as_xlsx(("a",), _rows(9)))  # whoever asked has hung up
    assert not [*tmp_path.iterdir()]


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
