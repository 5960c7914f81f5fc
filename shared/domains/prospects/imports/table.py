"""What a file holds when it is read as a table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

MAX_ROWS = 10_000
MAX_LINES = 200_000  # read, blank ones among them
MAX_COLUMNS = 500
MAX_LINES_BEFORE = 100  # of notes that stand before the table


@dataclass(frozen=True)
class Line:
    """One record. `number` is the line of the file, or the row of the sheet, in which it begins; `fault` says why it
    could not be read."""

    number: int
    cells: Sequence[str]
    fault: str | None = None

    @property
    def blank(self) -> bool:
        return not self.fault and not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True)
class Table:
    """The lines that are not blank, and how they were read. `notes` says what of the file was not."""

    lines: Sequence[Line]
    format: Literal["csv", "xlsx"]
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    notes: Sequence[str] = field(default_factory=tuple)
