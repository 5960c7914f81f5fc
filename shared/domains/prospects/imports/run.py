"""Importing a file: every row gets its answer, the good ones are stored once; or a preview, which writes nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from shared.domains.prospects import creation, service
from shared.domains.prospects.addresses import AddressTaken
from shared.domains.prospects.imports import columns as header
from shared.domains.prospects.imports import consent, dialect, encoding, kinds, people, refusals, workbook
from shared.domains.prospects.imports.columns import Columns
from shared.domains.prospects.imports.report import ColumnReport, ImportQuery, ImportReport, RowReport
from shared.domains.prospects.imports.table import MAX_ROWS, Line, Table
from shared.domains.prospects.models import REFUSALS, Prospect, ProspectInput
from shared.errors import AlreadyExists, PayloadTooLarge
from shared.kit.ids import derived_id

_SAMPLES = 3
_EXISTS = "this prospect exists already; it was left as it is"


@dataclass
class _Accepted:
    report: RowReport
    id: str
    data: ProspectInput
    further: Sequence[str]  # addresses


def run(uid: str, content: bytes, query: ImportQuery) -> ImportReport:
    """Import a file, or read it only (`dry_run`). Sent again, it creates nothing more.

    A commit for 250 rows with an address. Raises UnsupportedMediaType for what is no table, PayloadTooLarge for one
    with too many rows, Invalid where nothing tells its columns.
    """
    table = read(content, query.encoding)
    columns = header.of(table.lines, query.field_by_column())
    rows = table.lines[columns.first_row :]
    if len(rows) > MAX_ROWS:
        raise PayloadTooLarge(f"The file has more than {MAX_ROWS:,} rows; split it and import the parts.")
    reports, accepted = _checked(rows, columns)
    if query.dry_run:
        for row in accepted:
            row.report.status = "ready"
    else:
        _store(uid, accepted)
    return _report(table, columns, reports, dry_run=query.dry_run)


def read(content: bytes, named_encoding: str | None = None) -> Table:
    """The table in a file. Raises as `run` does."""
    if kinds.is_workbook(content):
        lines, sheet, others = workbook.lines(content)
        notes = [f"only the sheet {sheet!r} is read, not: {', '.join(others)}"] if sheet and others else []
        return Table(lines, "xlsx", sheet=sheet, notes=notes)
    text, name = encoding.decode(content, named_encoding)
    kinds.check_text(text)
    lines, separator = dialect.lines(text)
    return Table(lines, "csv", encoding=name, separator=separator)


def _checked(rows: Sequence[Line], columns: Columns) -> tuple[list[RowReport], list[_Accepted]]:
    """A report for each row, and those that are good so far: of several with one address, the first."""
    reports: list[RowReport] = []
    accepted: dict[str, _Accepted] = {}
    for number, line in enumerate(rows, 1):
        report = RowReport(row=number, line=line.number, status="created")
        reports.append(report)
        try:
            row = people.read(line, columns)
        except people.Refused as error:
            report.status, report.message = "invalid", str(error)
            continue
        report.message = "; ".join(row.notes) or None
        id = service.prospect_id(row.data) if row.data.email else derived_id("row", *row.identity)
        if first := accepted.get(id):
            what = f"the email {row.data.email}" if row.data.email else "the same content"
            report.status, report.message = "duplicate", f"{what} is in row {first.report.row} already"
            first.data.status = consent.stronger(first.data.status, row.data.status)
            first.further = [*first.further, *row.further]
        else:
            accepted[id] = _Accepted(report, id, row.data, row.further)
    return reports, list(accepted.values())


def _store(uid: str, accepted: Sequence[_Accepted]) -> None:
    """Who is there already stays as it is, unless the row says that this person must not be written to."""
    outcomes = creation.create_each([service.build(uid, row.data, row.id) for row in accepted])
    refusing: list[refusals.Refusal] = []
    reports: dict[str, RowReport] = {}
    for row, outcome in zip(accepted, outcomes, strict=True):
        report = row.report
        if isinstance(outcome, Prospect):
            report.prospect_id = outcome.id
        elif isinstance(outcome, AddressTaken):
            report.status, report.prospect_id, report.message = "duplicate", outcome.holder, _EXISTS
            if row.data.status in REFUSALS:
                refusing.append(refusals.Refusal(outcome.holder, row.data.status))
                reports[outcome.holder] = report
        elif isinstance(outcome, AlreadyExists):
            report.status, report.prospect_id, report.message = "duplicate", row.id, _EXISTS
        else:
            report.status, report.message = "invalid", f"not stored: {outcome.detail}"
    for id, message in refusals.take_over(uid, refusing).items():
        reports[id].status, reports[id].message = ("invalid", message) if message else ("updated", None)
    refusals.suppress_further(
        uid, [address for row in accepted if row.data.status in REFUSALS for address in row.further]
    )


def _report(table: Table, columns: Columns, reports: list[RowReport], *, dry_run: bool) -> ImportReport:
    counts = Counter(report.status for report in reports)
    rows = table.lines[columns.first_row :]
    shown = [
        ColumnReport(column=name, field=field, samples=_samples(rows, index))
        for index, (name, field) in enumerate(zip(columns.names, columns.fields, strict=True))
    ]
    return ImportReport(
        dry_run=dry_run,
        total_rows=len(reports),
        created_count=counts["created"],
        updated_count=counts["updated"],
        duplicate_count=counts["duplicate"],
        invalid_count=counts["invalid"],
        ready_count=counts["ready"],
        format=table.format,
        encoding=table.encoding,
        separator=table.separator,
        sheet=table.sheet,
        header_line=None if columns.header is None else table.lines[columns.header].number,
        columns=shown,
        ignored_columns=[column.column for column in shown if column.field is None],
        problems=_problems(table, columns, reports),
        rows=reports,
    )


def _samples(rows: Sequence[Line], index: int) -> list[str]:
    samples: list[str] = []
    for line in rows:
        cell = line.cells[index].strip() if index < len(line.cells) else ""
        if cell:
            samples.append(header.printable(cell))
            if len(samples) == _SAMPLES:
                break
    return samples


def _problems(table: Table, columns: Columns, reports: Sequence[RowReport]) -> list[str]:
    problems = list(table.notes)
    if table.encoding and not table.encoding.startswith("utf"):
        problems.append(
            f"the text is no Unicode; it was read as {table.encoding}: look at its accents, or give `encoding`"
        )
    if columns.header is None:
        problems.append("the table has no header; its columns were told by what is in them")
    before = table.lines[: columns.header or 0]
    if before:
        numbers = ", ".join(str(line.number) for line in before)
        problems.append(f"lines before the header were not imported: {numbers}")
    if "email" not in columns.fields:
        problems.append("no column holds mail addresses, so nobody of this file can be written to by mail")
    reasons = Counter(report.message for report in reports if report.status == "invalid")
    problems += [f"{number} row{'s' * (number != 1)}: {reason}" for reason, number in reasons.most_common(10)]
    return problems
