"""Importing prospects from a CSV file: every row gets its answer, the good ones are stored once."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ValidationError

from shared import findings
from shared.domains.prospects import creation, service
from shared.domains.prospects.addresses import AddressTaken
from shared.domains.prospects.models import Prospect, ProspectInput
from shared.errors import AlreadyExists, Invalid
from shared.kit.ids import derived_id

MAX_ROWS = 10_000
_COLUMNS = {
    "name": "name",
    "full_name": "name",
    "first_name": "first_name",
    "given_name": "first_name",
    "last_name": "last_name",
    "family_name": "last_name",
    "surname": "last_name",
    "company": "company",
    "company_name": "company",
    "organization": "company",
    "job_title": "job_title",
    "title": "job_title",
    "role": "job_title",
    "position": "job_title",
    "email": "email",
    "e_mail": "email",
    "mail": "email",
    "email_address": "email",
    "phone": "phone",
    "website": "website",
    "linkedin": "linkedin",
    "linkedin_url": "linkedin",
    "fit_score": "fit_score",
    "tags": "tags",
    "summary": "summary",
    "notes": "summary",
    "source_url": "source_url",
}

RowStatus = Literal["created", "duplicate", "invalid"]


class RowReport(BaseModel):
    """What became of one row; `row` counts from 1 below the header."""

    row: int
    status: RowStatus
    prospect_id: str | None = None
    message: str | None = None


class ImportReport(BaseModel):
    total_rows: int
    created_count: int
    duplicate_count: int
    invalid_count: int
    ignored_columns: list[str]
    rows: list[RowReport]


@dataclass(frozen=True)
class _Row:
    number: int
    cells: dict[str, str]
    surplus: int = 0  # cells beyond the header: a value with an unquoted separator
    unreadable: bool = False


def run(uid: str, content: bytes) -> ImportReport:
    """Import a file: one batch of writes per 500 good rows; sent again, it creates nothing more.

    Raises Invalid when there is no header to read the rows by.
    """
    header, rows = _read(content)
    ignored = [_printable(column) for column in header if _canonical(column) is None][:100]
    reports: list[RowReport] = []
    accepted: list[tuple[RowReport, ProspectInput]] = []
    seen: dict[str, int] = {}
    for row in rows:
        report, data = _check(row, seen)
        reports.append(report)
        if data:
            accepted.append((report, data))
    outcomes = creation.create_each([service.build(uid, data, report.prospect_id or "") for report, data in accepted])
    for (report, _), outcome in zip(accepted, outcomes, strict=True):
        if isinstance(outcome, Prospect):
            report.prospect_id = outcome.id
        elif isinstance(outcome, AddressTaken | AlreadyExists):
            report.status, report.message = "duplicate", "this prospect exists already; it was left as it is"
            report.prospect_id = outcome.holder if isinstance(outcome, AddressTaken) else report.prospect_id
        else:
            report.status, report.message = "invalid", f"not stored: {outcome.detail}"
            report.prospect_id = None
    counts = {status: sum(r.status == status for r in reports) for status in ("created", "duplicate", "invalid")}
    return ImportReport(
        total_rows=len(reports),
        created_count=counts["created"],
        duplicate_count=counts["duplicate"],
        invalid_count=counts["invalid"],
        ignored_columns=ignored,
        rows=reports,
    )


def _read(content: bytes) -> tuple[list[str], Iterator[_Row]]:
    """The header and the rows. Bytes that are no text survive into their cell and spoil only its row."""
    text, separator = _separated(_decode(content).replace("\0", "\ufffd"))
    csv.field_size_limit(1_000_000)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header = next((line for line in lines if any(cell.strip() for cell in line)), None)
    except csv.Error as error:
        raise Invalid("The file is not a CSV text; export it as CSV (UTF-8) and import it again.") from error
    if header is None:
        raise Invalid("The file is empty. Its first line must name the columns, for example: name,company,email.")
    return header, _rows(header, lines)


def _rows(header: list[str], lines: Iterator[list[str]]) -> Iterator[_Row]:
    fields = [_canonical(column) for column in header]
    number = 0
    while True:
        try:
            line = next(lines, None)
        except csv.Error:
            number += 1
            yield _Row(number, {}, unreadable=True)
            continue
        if line is None:
            return
        if not any(cell.strip() for cell in line):
            continue
        number += 1
        yield _Row(number, _cells(fields, line), surplus=max(0, len(line) - len(header)))


def _cells(fields: list[str | None], line: list[str]) -> dict[str, str]:
    """By field; of two columns for one field, the first that says something. Two names make a whole one."""
    cells: dict[str, str] = {}
    for field, cell in zip(fields, line, strict=False):
        if field and not cells.get(field):
            cells[field] = cell.strip()
    parts = [cells.pop("first_name", ""), cells.pop("last_name", "")]
    return {**cells, "name": cells.get("name") or " ".join(filter(None, parts))}


def _decode(content: bytes) -> str:
    """UTF-8, or the UTF-16 that spreadsheets write, with its mark or without: a header begins with a plain letter."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if content[1:4:2] == b"\0\0" or content[0:3:2] == b"\0\0":
        return content.decode("utf-16-be" if content[:1] == b"\0" else "utf-16-le", errors="replace")
    return content.decode("utf-8-sig", errors="surrogateescape")


def _separated(text: str) -> tuple[str, str]:
    """The table and its separator: as a spreadsheet's first line `sep=;` says, else comma, semicolon or tab,
    whichever the header has most of."""
    first, _, rest = text.partition("\n")
    if told := re.fullmatch(r"sep=(.)\r?", first):
        return rest, told[1]
    return text, max(",;\t", key=first.count)


def _printable(cell: str) -> str:
    """The cell with broken bytes replaced, so that it can be shown."""
    return cell[:200].encode(errors="replace").decode()


def _canonical(column: str) -> str | None:
    return _COLUMNS.get(column.strip().lower().replace(" ", "_").replace("-", "_"))


def _check(row: _Row, seen: dict[str, int]) -> tuple[RowReport, ProspectInput | None]:
    """The row's report, and its data if it is good so far."""

    def refused(status: RowStatus, message: str) -> tuple[RowReport, None]:
        return RowReport(row=row.number, status=status, message=message), None

    if row.number > MAX_ROWS:
        return refused("invalid", f"beyond the limit of {MAX_ROWS:,} rows; import it in a second file")
    if row.unreadable:
        return refused("invalid", "not CSV: a quote is not closed, or text follows it; write a quote in a value twice")
    if any("\udc80" <= character <= "\udcff" for cell in row.cells.values() for character in cell):
        return refused("invalid", "not valid UTF-8 text; save the file as UTF-8 and import it again")
    if row.surplus:
        return refused("invalid", f"{row.surplus} cells more than the header has; quote values that hold the separator")
    if not row.cells.get("name"):
        return refused("invalid", "name: missing; the file needs a column `name` with a value in each row")
    try:
        data = ProspectInput.model_validate({k: _value(k, v) for k, v in row.cells.items() if v})
    except ValidationError as error:
        first = findings.invalid(error).errors[0]
        return refused("invalid", f"{first.field}: {first.message}")
    id = service.prospect_id(data) if data.email else derived_id("row", *map(str, sorted(row.cells.items())))
    if id in seen:
        what = f"the email {data.email}" if data.email else "the same content"
        return refused("duplicate", f"{what} is in row {seen[id]} already")
    seen[id] = row.number
    return RowReport(row=row.number, status="created", prospect_id=id), data


def _value(field: str, cell: str) -> object:
    """The cell as its field's type, as far as it can be read as one."""
    if field == "tags":
        return [tag.strip() for tag in cell.replace(";", ",").split(",") if tag.strip()]
    if field == "fit_score":
        with suppress(ValueError):
            return float(cell.removesuffix("%"))
    return cell
