"""What an import answers, and what a client may say about it."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field as Described
from pydantic import TypeAdapter, ValidationError

from shared import findings
from shared.domains.prospects.imports.vocabulary import FIELDS, Field
from shared.errors import Invalid
from shared.kit.schema import Input, Model

RowStatus = Literal["created", "updated", "duplicate", "invalid", "ready"]
_MAPPING = TypeAdapter(dict[str, Field | None])


class ImportQuery(Input):
    """How a file is read. The same fields may be sent in a multipart form, beside the file."""

    dry_run: Annotated[
        bool, Described(description="Reads the file and says what would come of it; writes nothing.")
    ] = False
    mapping: Annotated[
        str | None,
        Described(
            max_length=20_000,
            description="JSON: a field for each column that the file does not name well, by the column's name or its "
            f"number from 1, or null to leave it out. Fields: {', '.join(FIELDS)}.",
            examples=['{"Mail privat": "email", "3": null}'],
        ),
    ] = None
    encoding: Annotated[
        str | None,
        Described(max_length=40, description="The character set of a text, where it is not recognised: windows-1252."),
    ] = None

    def field_by_column(self) -> Mapping[str, Field | None]:
        """Raises Invalid."""
        if not self.mapping:
            return {}
        try:
            return _MAPPING.validate_python(json.loads(self.mapping))
        except (ValueError, RecursionError) as error:
            if isinstance(error, ValidationError):
                unknown = error.errors(include_url=False)[0]
                named = ".".join(map(str, unknown["loc"])) or "mapping"
                raise Invalid.at("mapping", f"{named}: no field of that name; use {', '.join(FIELDS)}") from error
            raise Invalid.at("mapping", 'must be a JSON object such as {"Mail": "email"}') from error


class RowReport(Model):
    """What became of one row."""

    row: Annotated[int, Described(description="Counted from 1 below the header; blank lines do not count.")]
    line: Annotated[int, Described(description="The line of the file, or the row of the sheet, in which it begins.")]
    status: Annotated[
        RowStatus,
        Described(
            description="`created`; `updated`: the prospect existed, and the row says that it must not be written to; "
            "`duplicate`: its address is in an earlier row, or a prospect already, which was left as it is; `invalid`: "
            "refused; `ready`: in a dry run, good."
        ),
    ]
    prospect_id: str | None = None
    message: Annotated[str | None, Described(description="Why, and what of the row was left out.")] = None


class ColumnReport(Model):
    """How a column is read."""

    column: str
    field: Annotated[Field | None, Described(description="None: the column is not imported.")]
    samples: Annotated[list[str], Described(description="Its first values, at most three.")]


class ImportReport(Model):
    dry_run: bool = False
    total_rows: int
    created_count: int
    updated_count: int = 0
    duplicate_count: int
    invalid_count: int
    ready_count: Annotated[int, Described(description="Good rows of a dry run.")] = 0
    format: Literal["csv", "xlsx"]
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    header_line: Annotated[int | None, Described(description="None: the table has no header.")] = None
    columns: list[ColumnReport]
    ignored_columns: Annotated[list[str], Described(description="Columns that are not imported.")]
    problems: Annotated[list[str], Described(description="What the file as a whole makes one look at.")]
    rows: list[RowReport]


def options(query: ImportQuery, form: Mapping[str, Any]) -> ImportQuery:
    """The query with what the form says beside it. Raises Invalid, also for a field of the form that is none of these:
    who misspells `dry_run` wants no import."""
    beside = {name: value for name, value in form.items() if value and name != "user_id"}
    try:
        return ImportQuery.model_validate({**beside, **query.model_dump(exclude_unset=True)})
    except ValidationError as error:
        raise findings.invalid(error) from error
