"""From the cells of a row to a prospect: names, addresses and links as exports write them."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from pydantic import ValidationError

from shared import findings
from shared.domains.prospects.imports import consent
from shared.domains.prospects.imports.columns import Columns
from shared.domains.prospects.imports.table import Line
from shared.domains.prospects.imports.vocabulary import Field
from shared.domains.prospects.models import REFUSALS, ProspectInput
from shared.kit import mailboxes
from shared.kit.patterns import lazy_pattern
from shared.kit.personal_names import is_no_value

_FAILED = ("#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#null!", "#num!", "#error!", "#spill!", "#calc!")
_NOTHING = frozenset([*_FAILED, "n/a", "n.a.", "-", "--", "\u2013", "\u2014", "null", "undefined", "(null)", "<null>"])
_NO_VALUE = _NOTHING | {"na", "nan", "none", "nil", "nv", "k.a.", "?", "."}  # beside names: there is a Ms Nan
_NO_NAME = _NOTHING | {"unknown", "(unknown)", "not available", "no name", "(none)", "unbekannt", "inconnu"}
_CONSENT = frozenset[Field](["status", "opted_out", "opted_in", "bounced"])
_NAMES = frozenset[Field](["name", "first_name", "middle_name", "last_name"])
_OPTIONAL = frozenset(["phone", "website", "linkedin", "fit_score", "source_url", "time_zone"])
_SINGLE = ("company", "job_title", "phone", "website", "linkedin", "fit_score", "summary", "source_url", "time_zone")
_MAX_TAGS, _MAX_TAG = 50, 60
_MAX_ADDRESSES, _MOST_ADDRESSES = 2_000, 20  # characters of one cell, and how many it may hold
_BETWEEN = lazy_pattern(r"[\s<>,;|()\[\]]+|:::|/")
_DOMAIN = lazy_pattern(r"(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}(?:[/?#:]\S*)?", re.I)


class Refused(ValueError):
    """The row cannot be imported; the text says why."""


@dataclass(frozen=True)
class Row:
    """A person. `further` are the addresses beside the prospect's, `identity` the cells that make the row equal to
    another; `notes` say what was left out."""

    data: ProspectInput
    further: Sequence[str]
    identity: tuple[str, ...]
    notes: Sequence[str]


def read(line: Line, columns: Columns) -> Row:
    """Raises Refused."""
    if line.fault:
        raise Refused(line.fault)
    surplus = sum(bool(cell.strip()) for cell in line.cells[len(columns.names) :])
    if surplus:
        raise Refused(f"{surplus} cells more than the header has; quote values that hold the separator")
    cells = _cells(line, columns)
    notes: list[str] = []
    called, addresses = _mailboxes([value for field, _, value in cells if field == "email"], notes)
    values = _values(cells, called, next(iter(addresses), None), notes)
    try:
        values["status"], unknown = consent.status_of([*cells, *_further(line, columns)])
    except consent.Unclear as error:
        raise Refused(str(error)) from error
    notes += unknown
    given = {name: value for name, value in values.items() if value}
    if "name" not in given:
        raise Refused("name: missing; the row needs a name or a mail address")
    firsts = {field: next((value for own, _, value in cells if own == field), "") for field in columns.fields if field}
    identity = {**{k: v for k, v in firsts.items() if k not in _NAMES}, "name": str(given["name"])}
    return Row(_checked(given, notes), addresses[1:], tuple(map(str, sorted(identity.items()))), notes)


def _cells(line: Line, columns: Columns) -> list[tuple[Field, str, str]]:
    """(field, column, value) of the known columns that say something."""
    cells: list[tuple[Field, str, str]] = []
    for field, column, cell in zip(columns.fields, columns.names, line.cells, strict=False):
        value = cell.strip(" \t\r\n\ufeff\u200b\xa0")
        if not field or not value or _is_nothing(field, value):
            continue
        if any("\udc80" <= character <= "\udcff" for character in value):
            raise Refused("not valid UTF-8 text; save the file as UTF-8 and import it again")
        cells.append((field, column, value))
    return cells


def _is_nothing(field: Field, value: str) -> bool:
    """Whether a cell holds a word for no value. Of consent only sure ones count: `unknown` there is an answer."""
    if field in _NAMES or field in _CONSENT:
        return value.casefold() in (_NO_NAME if field in _NAMES else _NO_VALUE)
    return value.casefold() in _NO_VALUE or is_no_value(value)


def _further(line: Line, columns: Columns) -> list[tuple[None, str, str]]:
    """(None, column, value) of the columns without a field; those of a table without a header have no name."""
    named = columns.names if columns.header is not None else [""] * len(columns.names)
    return [
        (None, named[index], cell.strip())
        for index, cell in enumerate(line.cells[: len(columns.names)])
        if columns.fields[index] is None and index not in columns.unread and cell.strip()
    ]


def _values(
    cells: Sequence[tuple[Field, str, str]], called: str, address: str | None, notes: list[str]
) -> dict[str, object]:
    def first(field: str) -> str | None:
        return next((value for own, _, value in cells if own == field), None)

    values: dict[str, object] = {}
    for name in _SINGLE:
        given = list(dict.fromkeys(_value(name, value) for own, _, value in cells if own == name))
        values[name] = given[0] if given else None
        notes += [f"a further {name} was left out: {str(other)[:80]}" for other in given[1:]]
    if url := first("url"):
        target = "linkedin" if "linkedin." in url.lower() else "website"
        values[target] = values[target] or _value(target, url)
    values["name"] = _name(*(first(field) or "" for field in ("name", "first_name", "middle_name", "last_name")))
    values["name"] = values["name"] or called or address
    values["email"] = address
    values["tags"] = _tags([value for field, _, value in cells if field == "tags"], notes)
    return values


def _name(full: str, first: str, middle: str, last: str) -> str:
    """The whole name. Beside only one of first and last, a column `Name` is the other (Prénom, Nom), if it is not
    the whole."""
    if full and first and not last and first.casefold() not in full.casefold():
        return f"{first} {full}"
    if full and last and not first and last.casefold() not in full.casefold():
        return f"{full} {last}"
    return full or " ".join(filter(None, [first, middle, last]))


def _mailboxes(cells: Sequence[str], notes: list[str]) -> tuple[str, list[str]]:
    """The display name, if there is one, and the addresses of the cells; those after the first are noted. Raises
    Refused."""
    called, addresses = "", list[str]()
    for cell in cells:
        if len(cell) > _MAX_ADDRESSES:
            raise Refused("email: the cell is too long for mail addresses")
        with suppress(ValueError):
            addresses.append(mailboxes.parse(cell).address)
            called = called or _display_name(cell)
            continue
        several = _several(cell)
        if not several and not addresses:
            try:
                mailboxes.parse(cell)
            except ValueError as error:
                raise Refused(f"email: {cell[:80]!r} {error}") from error
        addresses += several
    distinct = list(dict.fromkeys(addresses))
    notes += [f"a further address was left out: {other}" for other in distinct[1:]]
    return called, distinct


def _several(cell: str) -> list[str]:
    people = []
    parts = [part for part in _BETWEEN.split(cell) if "@" in part]
    if len(parts) > _MOST_ADDRESSES:
        raise Refused(
            f"email: a cell of {len(parts)} addresses; at most {_MOST_ADDRESSES} are read; use a row for each"
        )
    for part in parts:
        with suppress(ValueError):
            people.append(mailboxes.parse(part).address)
    return people


def _display_name(cell: str) -> str:
    before, sign, _ = cell.partition("<")
    return before.strip().strip("\"'").strip() if sign else ""


def _tags(cells: Sequence[str], notes: list[str]) -> list[str]:
    parts = [part.strip(' \t*"') for cell in cells for part in re.split(r":::|[,;|]", cell)]
    tags = list(dict.fromkeys(part for part in parts if part))
    fitting = [tag for tag in tags if len(tag) <= _MAX_TAG][:_MAX_TAGS]
    if len(fitting) < len(tags):
        notes.append(f"tags left out: {len(tags) - len(fitting)}, at most {_MAX_TAGS} of {_MAX_TAG} characters fit")
    return fitting


def _value(field: str, cell: str) -> object:
    """The cell as its field's type, as far as it can be read as one."""
    if field == "fit_score":
        with suppress(ValueError):
            return float(cell.removesuffix("%"))
    if field in ("website", "linkedin") and _DOMAIN.fullmatch(cell):
        return f"https://{cell}"
    return cell


def _checked(given: dict[str, object], notes: list[str]) -> ProspectInput:
    """The prospect; of what is optional, a value that is none is left out and noted. Raises Refused.

    Of somebody who says no only the address counts: it is not lost for a name or a company that is too long.
    """
    says_no = given.get("status") in REFUSALS and "email" in given
    optional = given.keys() - {"email", "status"} if says_no else _OPTIONAL
    try:
        return ProspectInput.model_validate(given)
    except ValidationError as error:
        faults = findings.invalid(error).errors
        bad = {fault.field.partition(".")[0] for fault in faults}
        if not bad <= optional:
            fault = next(fault for fault in faults if fault.field.partition(".")[0] not in optional)
            raise Refused(f"{fault.field}: {fault.message}") from error
        notes += [f"{fault.field} was left out: {fault.message}" for fault in faults]
    fitting = {name: value for name, value in given.items() if name not in bad}
    return _checked({"name": given.get("email"), **fitting} if says_no else fitting, notes)
