"""Stores executions and the records of their steps."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from shared.automations.runs.models import Execution, StepRecord
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.gcp.queries import Query, Where
from shared.gcp.writes import DELETED, Write, field_path
from shared.kit import clock
from shared.kit.fields import Fields, ReadFields
from shared.store import large_values, older, sweeps
from shared.store.repository import Repository

executions = Repository(Execution, "executions", "execution")

_GRACE = timedelta(seconds=30)


def step_path(execution: Execution, position: int, key: str) -> str:
    """The path of a step's record: its position and key, and the generation of an execution that was requeued."""
    again = f"~{execution.generation}" if execution.generation else ""
    return f"{executions.path(execution.user_id, execution.id)}/steps/{position:04d}-{key}{again}"


def changed_fields(old: Fields, new: Fields) -> Fields:
    """The fields that changed; of results and signals only the changed entries. An execution's event never changes."""
    fields: Fields = {name: DELETED for name in old if name not in new}
    for name, value in new.items():
        before = old.get(name)
        if name == "event" or value == before:
            continue
        if name in ("results", "signals"):
            fields |= _entries(name, before or {}, value)
        else:
            fields[name] = value
    return fields


def changes(before: Execution, after: Execution) -> Fields:
    """The fields that make a stored execution another; one that earlier code has stored becomes the present one's."""
    old, new = before.stored(), after.stored()
    upgraded = older.changes(Execution, before._outdated)
    whole: Fields = {name: new[name] for name in ("results", "signals") if name in upgraded}  # no path twice
    changed = {path: value for path, value in changed_fields(old, new).items() if path.split(".")[0] not in whole}
    return {**upgraded, **changed, **whole}


def _entries(name: str, old: Fields, new: Fields) -> Fields:
    changed = {field_path(name, key): value for key, value in new.items() if old.get(key) != value}
    return changed | {field_path(name, key): DELETED for key in old if key not in new}


def to_change(execution: Execution, fields: ReadFields, *, version: datetime | None) -> Write:
    """Builds the write that brings an execution to a new state; its announcement says whose run it is."""
    shown = {name: getattr(execution, name) for name in ("automation_id", "automation_name", "status")}
    path = executions.path(execution.user_id, execution.id)
    return writes.update(path, fields, version=version, announced=shown)


def sweep_soon() -> Fields:
    """Fields for a change from outside: in 30 seconds the sweeper hands the execution over, if the message is lost."""
    return {"due_at": clock.now() + _GRACE}


def end_key(child: ReadFields) -> str:
    """Names a child execution's end by its id and generation, so that its end before a retry is another."""
    id, generation = child["execution_id"], child.get("generation")
    return f"{id}~{generation}" if generation else str(id)


def to_signal_parent(execution: Execution) -> Write:
    """Builds the write that signals an execution's end to its parent."""
    assert execution.parent is not None  # noqa: S101
    key = end_key({"execution_id": execution.id, "generation": execution.generation})
    end = {
        "at": execution.completed_at,
        "status": execution.status,
        "error": execution.error,
        **_results(execution),
    }
    path = executions.path(execution.user_id, execution.parent.execution_id)
    return writes.update(path, {field_path("signals", execution.parent.key, key): end, **sweep_soon()})


def _results(execution: Execution) -> Fields:
    """The results of the execution's steps; `spilled` if they are large: the parent then reads them itself."""
    results = {id: result.model_dump() for id, result in execution.results.items()}
    spilled = any(result.spilled for result in execution.results.values())
    return {"spilled": True} if spilled or not large_values.fits_inline(results) else {"results": results}


def to_stop(uid: str, execution_id: str) -> Write:
    """Builds the write that cancels an execution: it ends before its next commit."""
    return executions.to_update(uid, execution_id, {"cancel_requested": True, **sweep_soon()})


def step_records(uid: str, execution_id: str) -> list[StepRecord]:
    """Loads the records of an execution's steps, in order: one round trip."""
    query = Query("steps", parent=executions.path(uid, execution_id), order=[("sequence", "asc")])
    return [_step_record(uid, document) for document in firestore.client().query(query)]


def _step_record(uid: str, document: Document) -> StepRecord:
    id = document.path.rsplit("/", 1)[-1]
    return StepRecord.model_validate({**document.data, "id": id, "user_id": uid})


def overdue() -> Iterator[list[Execution]]:
    """Loads executions of all users whose `due_at` has passed, in batches: a round trip each."""
    return sweeps.everywhere(executions, where=sweeps.due("due_at", clock.now()), order=[("due_at", "asc")])


def expired(before: datetime, batch: int) -> Iterator[list[Document]]:
    """Reads which executions of all users have an `expire_at` before a moment, without their other fields, in batches:
    a round trip each."""
    where = sweeps.due("expire_at", before)
    ending = Query(executions.collection, group=True, where=where, order=[("expire_at", "asc")], fields=("expire_at",))
    return sweeps.documents(ending, batch)


def below(paths: Sequence[str]) -> list[Document]:
    """Reads which step records and payloads there are below executions, at most 30, by the executions' paths: two
    queries of bare names."""
    where: list[Where] = [("execution_id", "in", sorted({path.rsplit("/", 1)[1] for path in paths}))]
    names = [Query(each, group=True, where=where, fields=("__name__",)) for each in ("steps", "payloads")]
    rows = [row for query in names for row in firestore.client().query(query)]
    return [row for row in rows if row.path.rsplit("/", 2)[0] in paths]  # two users' may have the same id
