"""Which line is the header, and which field each column holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.domains.prospects.imports.table import MAX_COLUMNS, MAX_LINES_BEFORE, Line
from shared.domains.prospects.imports.vocabulary import WEAK, Field, field_of, word
from shared.errors import Invalid
from shared.kit.patterns import lazy_pattern

_SAMPLE_LINES = 60
_NUMBER = lazy_pattern(r"[0-9]{1,6}")  # of a column; others are names, such as "²"
_HINT = "name the columns in the first line, for example: name,company,email; or send `mapping`"


@dataclass(frozen=True)
class Columns:
    """`header` is the index of the header among the lines, None where the table has none; `unread` are the indexes
    of the columns that the client left out."""

    header: int | None
    names: Sequence[str]
    fields: Sequence[Field | None]
    unread: frozenset[int] = frozenset()

    @property
    def first_row(self) -> int:
        return 0 if self.header is None else self.header + 1


def recognised(cells: Sequence[str]) -> int:
    """How many different fields a line names."""
    return len({field_of(cell) for cell in cells} - {None})


def find_header(lines: Sequence[Line]) -> int | None:
    """The line that names most fields, of several the widest, before the first with a mail address in it; None where
    no line names any."""
    best, most = None, (0, 0)
    for index, line in enumerate(lines[: MAX_LINES_BEFORE + 1]):
        if any(_is_address(cell) for cell in line.cells):
            break
        named, width = recognised(line.cells), sum(bool(cell.strip()) for cell in line.cells)
        if named and (named, width) > most and (named > 2 or named * 3 >= width):
            best, most = index, (named, width)
    return best


def of(lines: Sequence[Line], mapping: Mapping[str, Field | None]) -> Columns:
    """The columns of the table, as the header says, or else as the cells look; `mapping` overrides both.

    Its keys are the columns' names, or their numbers from 1. Raises Invalid where nothing tells the columns.
    """
    if not lines:
        raise Invalid.of("file", f"The file is empty; {_HINT}.")
    header = _named_by(lines, mapping)
    if header is None:
        header = find_header(lines)
    if header is None:
        columns = _by_content(lines)
    else:
        cells = [cell.strip(" \t\r\n\ufeff\u200b\xa0") for cell in lines[header].cells]
        names = [printable(cell) or f"column {number}" for number, cell in enumerate(cells, 1)]
        columns = Columns(header, names, _fields(cells))
    if len(columns.names) > MAX_COLUMNS:
        raise Invalid.of("file", f"The table has {len(columns.names):,} columns; at most {MAX_COLUMNS} can be read.")
    if mapping:
        columns = _overridden(columns, mapping)
    if not any(columns.fields):
        first = lines[0]
        seen = first.fault or "its first line is: " + ", ".join(printable(cell) for cell in first.cells[:20])
        raise Invalid.of("file", f"No column of the file is known ({seen}); {_HINT}.")
    return columns


def printable(cell: str) -> str:
    """The cell with broken bytes replaced, so that it can be shown."""
    return cell[:200].encode(errors="replace").decode()


def _fields(header: Sequence[str]) -> list[Field | None]:
    fields = [field_of(cell) for cell in header]
    titles = [index for index, field in enumerate(fields) if field == "job_title"]
    weak = [index for index in titles if word(header[index]) in WEAK]
    if len(weak) < len(titles):
        for index in weak:
            fields[index] = None
    return fields


def _by_content(lines: Sequence[Line]) -> Columns:
    """Without a header: the columns with mail addresses, and the first with words, which are names."""
    rows = [line.cells for line in lines[:_SAMPLE_LINES]]
    width = max(map(len, rows))
    fields: list[Field | None] = [None] * width
    for index in range(width):
        cells = [row[index] for row in rows if index < len(row) and row[index].strip()]
        if cells and 2 * sum(map(_is_address, cells)) > len(cells):
            fields[index] = "email"
        elif cells and "name" not in fields and all(word(cell) for cell in cells):
            fields[index] = "name"
    named = fields if "email" in fields else [None] * width
    return Columns(None, [f"column {number}" for number in range(1, width + 1)], named)


def _named_by(lines: Sequence[Line], mapping: Mapping[str, Field | None]) -> int | None:
    """The first line that has all the columns that the mapping names."""
    wanted = {_plain(name) for name in mapping if not _NUMBER.fullmatch(name.strip())}
    if not wanted:
        return None
    return next(
        (
            index
            for index, line in enumerate(lines[: MAX_LINES_BEFORE + 1])
            if wanted <= {_plain(cell) for cell in line.cells}
        ),
        None,
    )


def _overridden(columns: Columns, mapping: Mapping[str, Field | None]) -> Columns:
    """Raises Invalid for a column that is not there."""
    claimed = set(mapping.values()) - {None}
    fields = [None if field in claimed else field for field in columns.fields]
    plain = [_plain(name) for name in columns.names]
    unread = set[int]()
    for name, field in mapping.items():
        key = _plain(name)
        indexes = [index for index, own in enumerate(plain) if own == key]
        if not indexes and _NUMBER.fullmatch(key) and 1 <= int(key) <= len(fields):
            indexes = [int(key) - 1]
        if not indexes:
            names = ", ".join(columns.names[:50])
            raise Invalid.at("mapping", f"there is no column {printable(name)!r}; the columns are {names}")
        for index in indexes:
            fields[index] = field
            unread |= {index} if field is None else set()
    return Columns(columns.header, columns.names, fields, frozenset(unread))


def _plain(name: str) -> str:
    return " ".join(name.replace("\ufeff", "").casefold().split())


def _is_address(cell: str) -> bool:
    before, sign, domain = cell.partition("@")
    return bool(sign and before.strip() and "." in domain)
