"""Spreads the cells of a table that last over several columns or rows, so that each row has all that it says.

`Price` above `Month` and `Year` becomes two columns, `Price Month` and `Price Year`; a `North` beside two rows stands
in both. What is too much to be a table that people read is left as it is.
"""

from collections.abc import Sequence
from typing import Any

_CELLS = ("td", "th")
_MOST_COLUMNS, _MOST_ROWS = 30, 500  # of one cell
_MOST_ADDED = 20_000  # cells of a page
_LONGEST = 80  # characters of a cell that is written once more


def spread(tree: Any) -> None:
    """Give every table of an HTML tree that has such cells one cell for each column and row."""
    added = 0
    for table in list(tree.iter("table")):
        rows = [cells for row in table.iter("tr") if (cells := [cell for cell in row if cell.tag in _CELLS])]
        spanned = any(_span(cell, "colspan") > 1 or _span(cell, "rowspan") > 1 for cells in rows for cell in cells)
        if not spanned or len(rows) < 2 or table.find(".//table") is not None:
            continue
        head = _rows_of_head(rows)
        added += _Table(rows, head).spread(_MOST_ADDED - added)
        if head == 2:
            _join(table)


def _rows_of_head(rows: Sequence[Sequence[Any]]) -> int:
    """Two where the second row names parts of what the first names."""
    parts = any(_span(cell, "colspan") > 1 for cell in rows[0])
    first, second = ([cell.tag == "th" for cell in cells] for cells in rows[:2])
    return 2 if parts and all(first) and all(second) and len(rows) > 2 else 1


class _Table:
    def __init__(self, rows: Sequence[Sequence[Any]], head: int) -> None:
        self._rows, self._head = rows, head
        self._below: dict[int, tuple[Any, int]] = {}  # by column: the cell that lasts, and how many rows more
        self._added = 0

    def spread(self, most: int) -> int:
        """The number of cells that were added."""
        for number, cells in enumerate(self._rows):
            column = 0
            for cell in cells:
                column = self._carry(cell, column)
                column = self._widen(cell, column, number < self._head)
            self._carry_behind(cells[-1], column)
            if self._added > most:
                break
        return self._added

    def _carry(self, cell: Any, column: int) -> int:
        """Write the cells that last from above before this one."""
        while column in self._below:
            cell.addprevious(self._copy(column))
            column += 1
        return column

    def _carry_behind(self, last: Any, column: int) -> None:
        row = last.getparent()
        while column in self._below:
            row.append(self._copy(column))
            column += 1

    def _copy(self, column: int) -> Any:
        source, more = self._below.pop(column)
        if more > 1:
            self._below[column] = source, more - 1
        return self._like(source, _text(source))

    def _widen(self, cell: Any, column: int, is_head: bool) -> int:
        columns, rows = _span(cell, "colspan"), _span(cell, "rowspan")
        row, text = cell.getparent(), _text(cell) if is_head else ""
        for name in ("colspan", "rowspan"):
            cell.attrib.pop(name, None)
        if columns > 1 and not is_head and len([cell for cell in row if cell.tag in _CELLS]) == 1:
            return column + columns  # a line of its own between the rows
        added = [cell]
        for _ in range(columns - 1):
            added[-1].addnext(self._like(cell, text))
            added.append(added[-1].getnext())
        for number, cell in enumerate(added if rows > 1 else []):
            self._below[column + number] = cell, rows - 1
        return column + columns

    def _like(self, cell: Any, text: str) -> Any:
        self._added += 1
        new = cell.makeelement(cell.tag)
        new.text = text if len(text) <= _LONGEST else ""
        return new


def _join(table: Any) -> None:
    """Write the two rows of a head into the first of them."""
    first, second = list(table.iter("tr"))[:2]
    for cell, part in zip(list(first), list(second), strict=False):
        words = dict.fromkeys(filter(None, (_text(cell), _text(part))))
        for child in list(cell):
            cell.remove(child)
        cell.text = " ".join(words)
    second.getparent().remove(second)


def _span(cell: Any, name: str) -> int:
    written = (cell.get(name) or "1").strip()
    most = _MOST_COLUMNS if name == "colspan" else _MOST_ROWS
    return max(1, min(int(written), most)) if written.isascii() and written.isdigit() and len(written) < 6 else 1


def _text(cell: Any) -> str:
    return " ".join("".join(cell.itertext()).split())
