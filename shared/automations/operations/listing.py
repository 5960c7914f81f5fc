"""Lists executions, whole or as light rows, and counts them by status."""

from collections import Counter
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, Field, model_validator

from shared.automations.builtins import research
from shared.automations.definitions import store as definition_store
from shared.automations.operations import control
from shared.automations.runs import rows
from shared.automations.runs import store as run_store
from shared.automations.runs.models import Execution, ExecutionStatus, StepRecord
from shared.automations.runs.rows import ExecutionRow
from shared.automations.triggers import ALIASES, TRIGGERS
from shared.errors import NotFound
from shared.gcp.queries import Where, equal
from shared.kit import tokens
from shared.kit.paging import Page, Searched, fingerprint
from shared.kit.schema import Id, Input, Instant, Model, Search
from shared.store import in_memory
from shared.store.repository import NEWEST_FIRST

_COMPARED = 1_000  # rows, where a text is searched for
_STATUSES: tuple[ExecutionStatus, ...] = get_args(ExecutionStatus)
_TRIGGERED_BY = (*TRIGGERS, research.TRIGGER)


def _known_trigger(name: str) -> str:
    canonical = ALIASES.get(name, name)
    if canonical not in _TRIGGERED_BY:
        raise ValueError(f"unknown trigger; use one of {', '.join(sorted(_TRIGGERED_BY))}")
    return canonical


TriggeredBy = Annotated[
    str, AfterValidator(_known_trigger), Field(json_schema_extra={"enum": sorted([*_TRIGGERED_BY, *ALIASES])})
]


class ExecutionCountQuery(Input):
    """Filters of executions: all that are given must hold."""

    subject: Id | None = None
    trigger: TriggeredBy | None = None
    from_: Annotated[Instant | None, Field(alias="from")] = None
    to: Instant | None = None
    search: Search | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_ and self.to and self.from_ >= self.to:
            raise ValueError("from: must be before to; runs that were started at `from` are listed, those at `to` not")
        return self


class ExecutionQuery(ExecutionCountQuery):
    status: ExecutionStatus | None = None
    view: Literal["full", "row"] = "full"
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    cursor: str | None = None


class AllExecutionCountQuery(ExecutionCountQuery):
    automation_id: Id | None = None


class AllExecutionQuery(ExecutionQuery):
    automation_id: Id | None = None


class ExecutionCounts(Model):
    counts: dict[ExecutionStatus, int]
    total: int
    searched: Searched | None = None


def page(uid: str, query: ExecutionQuery, automation_id: str | None = None) -> Page[Execution]:
    """Lists whole executions: a query and a count; with `search` a query of up to 1,000 rows by `rows.FIELDS`, then a
    read for each execution shown."""
    where = _where(uid, query, automation_id, query.status)
    if not _is_searched(query):
        return run_store.executions.page(uid, where=where, limit=query.limit, cursor=query.cursor)
    matching = _search(uid, query, where)
    whole = run_store.executions.get_many(uid, [run.id for run in matching.items])
    return Page(
        [whole[run.id] for run in matching.items if run.id in whole],
        matching.total,
        matching.next_cursor,
        matching.searched,
    )


def row_page(uid: str, query: ExecutionQuery, automation_id: str | None = None) -> Page[ExecutionRow]:
    """Lists executions as rows, read by `rows.FIELDS` alone: a query and a count, and a round trip more where `rows_of`
    needs it."""
    where = _where(uid, query, automation_id, query.status)
    runs = (
        _search(uid, query, where)
        if _is_searched(query)
        else run_store.executions.page(uid, where=where, limit=query.limit, cursor=query.cursor, fields=rows.FIELDS)
    )
    return Page(rows.rows_of(runs.items), runs.total, runs.next_cursor, runs.searched)


def counts(uid: str, query: ExecutionCountQuery, automation_id: str | None = None) -> ExecutionCounts:
    """Counts executions by status: six parallel count queries, each billed a read per 1,000 executions, at least one.

    With `search` one query of up to 1,000 rows by `rows.FIELDS`, a read each.
    """
    if _is_searched(query):
        matching, searched = _matching(uid, query, _where(uid, query, automation_id))
        by_status = Counter(run.status for run in matching)
        return ExecutionCounts(
            counts={status: by_status[status] for status in _STATUSES}, total=len(matching), searched=searched
        )
    wheres = [_where(uid, query, automation_id, status) for status in _STATUSES]
    numbers = run_store.executions.counts(uid, wheres, order=NEWEST_FIRST)
    return ExecutionCounts(counts=dict(zip(_STATUSES, numbers, strict=True)), total=sum(numbers))


def check_exists(uid: str, automation_id: str) -> None:
    """Raises NotFound if the automation does not exist, and no run of it is kept either: one read, and a count where
    it was deleted."""
    if definition_store.automations.find(uid, automation_id) is None and not run_store.executions.count(
        uid, where=equal(automation_id=automation_id), order=NEWEST_FIRST
    ):
        raise NotFound("There is no automation with this id.")


def get(uid: str, automation_id: str, execution_id: str) -> tuple[Execution, list[StepRecord]]:
    """Loads an execution with the records of its steps: one read, one query. Raises NotFound."""
    return control.find(uid, automation_id, execution_id), run_store.step_records(uid, execution_id)


def _is_searched(query: ExecutionCountQuery) -> bool:
    return bool(tokens.words(query.search or ""))


def _where(
    uid: str, query: ExecutionCountQuery, automation_id: str | None, status: ExecutionStatus | None = None
) -> list[Where]:
    """The filters as clauses. `created_at` equals `started_at`, and the list is sorted by it: one index serves both.

    Raises NotFound for what cannot be an automation's id.
    """
    if automation_id is not None:
        definition_store.automations.path(uid, automation_id)
    where = equal(automation_id=automation_id, status=status, subject=query.subject, triggered_by=query.trigger)
    where += [("created_at", ">=", query.from_)] if query.from_ else []
    return where + ([("created_at", "<", query.to)] if query.to else [])


def _search(uid: str, query: ExecutionQuery, where: list[Where]) -> Page[Execution]:
    matching, searched = _matching(uid, query, where)
    query_id = fingerprint(uid, "executions", query.search, where)
    return in_memory.page_of_sorted(
        matching, NEWEST_FIRST, query_id, limit=query.limit, cursor=query.cursor, searched=searched
    )


def _matching(uid: str, query: ExecutionCountQuery, where: list[Where]) -> tuple[list[Execution], Searched]:
    """Compares the newest 1,000 rows: every word of the search has to begin some word of the row."""
    newest = run_store.executions.page(uid, where=where, limit=_COMPARED, fields=rows.FIELDS)
    matching = [run for run in newest.items if run.has_words(query.search or "")]
    return matching, Searched(limit=_COMPARED, complete=newest.next_cursor is None)
