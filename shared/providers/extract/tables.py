"""Says in each row of a table what its cells are: a row is read by itself, far from the table's head.

A table with `Plan | Price` as its head and `Growth | $7` below becomes `Plan: Growth; Price: $7`. Only a head that is
marked as one counts: of other tables nobody knows which cell names which.
"""

from collections.abc import Sequence
from typing import Any

LABELLED, OF_HEADING = "data-labelled", "data-of-heading"  # on cells: how they are joined to the one before
_ROWS, _CELLS = ("tr", "row"), ("td", "th", "cell")
_LONGEST = 60  # characters of a label
_MOST = 30  # columns


def label(tree: Any) -> None:
    """Write the head's words into the cells below it, in every table of an HTML tree or of trafilatura's."""
    for table in list(tree.iter("table")):
        rows = [cells for row in table.iter(*_ROWS) if (cells := [cell for cell in row if cell.tag in _CELLS])]
        if len(rows) < 2 or table.find(".//table") is not None:
            continue
        head = [_text(cell) for cell in rows[0]]
        below = [row for row in rows[1:] if len(row) > 1]  # a cell alone is a line between the rows
        if _is_head(rows[0], head) and below and all(len(row) == len(head) for row in below):
            _label(rows[0], head, below)
        elif all(len(row) <= 2 for row in rows) and any(_names_a_row(row) for row in rows):
            for row in rows:
                if len(row) == 2 and _text(row[0]):
                    row[1].set(OF_HEADING, "1")


def _is_head(cells: Sequence[Any], head: Sequence[str]) -> bool:
    """Whether the first row names the columns; the first of them, which holds the names of the rows, may be empty."""
    marked = all(map(_is_heading, cells[1:])) and 2 <= len(head) <= _MOST
    return marked and all(head[1:]) and all(len(text) <= _LONGEST for text in head)


def _names_a_row(row: Sequence[Any]) -> bool:
    return len(row) == 2 and _is_heading(row[0]) and not _is_heading(row[1])


def _label(cells: Sequence[Any], head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    for row in rows:
        for number, cell in enumerate(row):
            if not _text(cell):
                cell.getparent().remove(cell)
                continue
            if head[number]:
                cell.text = f"{head[number]}: {(cell.text or '').lstrip()}"
            cell.set(LABELLED, "1")
    for cell in cells:
        tail = cell.tail
        cell.clear()
        cell.tail = tail


def _is_heading(cell: Any) -> bool:
    return bool(cell.tag == "th" or cell.get("role") == "head")


def _text(cell: Any) -> str:
    return " ".join("".join(cell.itertext()).split())
