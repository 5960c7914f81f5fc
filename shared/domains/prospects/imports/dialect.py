"""From text to lines of cells: which separator, where records begin, and which could not be read."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from shared.domains.prospects.imports import columns
from shared.domains.prospects.imports.table import MAX_LINES, MAX_LINES_BEFORE, MAX_ROWS, Line
from shared.errors import PayloadTooLarge

_SEPARATORS = (",", ";", "\t", "|")
_SAMPLE = 64_000  # characters
_SAMPLE_LINES = 60
csv.field_size_limit(2**25)  # more than an upload can have: a quote that is not closed ends with the file


def lines(text: str) -> tuple[list[Line], str]:
    """The records that are not blank, and the separator of their cells. Raises PayloadTooLarge."""
    declared = re.match(r"sep=(.)\r?\n?", text)  # as spreadsheets write it
    skipped = text[: declared.end()].count("\n") if declared else 0
    body = text[declared.end() :] if declared else text
    separator = declared[1] if declared else _separator(body)
    read: list[Line] = []
    for number, line in enumerate(_records(body, separator, skipped)):
        if not line.blank:
            read.append(line)
        if len(read) > MAX_ROWS + MAX_LINES_BEFORE or number > MAX_LINES:
            most = f"{MAX_ROWS:,} rows" if len(read) > MAX_ROWS else f"{MAX_LINES:,} lines, most of them blank"
            raise PayloadTooLarge(f"The file has more than {most}; split it and import the parts.")
    return read, separator


def _separator(text: str) -> str:
    """The separator that makes a known header of the first lines; of several, the one that makes equal rows."""
    sample = text[:_SAMPLE]

    def score(separator: str) -> tuple[int, int]:
        read = [line for line in islice(_records(sample, separator, 0), _SAMPLE_LINES) if not line.blank]
        header = columns.find_header(read)
        if header is not None:
            width = len(_filled(read[header]))
            equal = sum(len(_filled(line)) == width for line in read[header + 1 :])
            return columns.recognised(read[header].cells), equal if width > 1 else 0
        widths = Counter(len(_filled(line)) for line in read)
        common = max(widths, key=lambda width: widths[width], default=0)
        return 0, widths[common] if common > 1 else 0

    return max(_SEPARATORS, key=score)


def _filled(line: Line) -> list[str]:
    """The cells without the empty ones at the end."""
    cells = list(line.cells)
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _records(text: str, separator: str, skipped: int) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True)
    while True:
        start = reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Line(skipped + start + 1, (), _fault(str(error), skipped + start + 1, skipped + reader.line_num))
        else:
            yield Line(skipped + start + 1, cells)


def _fault(error: str, first: int, last: int) -> str:
    if "end of data" in error:
        lost = f", so lines {first} to {last} were not read" if last > first else ""
        return f"line {first}: a quote is opened and not closed{lost}; close it, or write a quote in a value twice"
    lost = f" (lines {first} to {last} were not read)" if last > first else ""
    return f"line {first}: not CSV: text follows a closing quote{lost}; write a quote in a value twice"
