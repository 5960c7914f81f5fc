"""Stores executions and the records of their steps."""

from datetime import datetime, timedelta
from typing import Any

from shared.automations.definitions import store as definition_store
from shared.automations.definitions.models import Automation
from shared.automations.runs.models import Execution, StepRecord
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.gcp.queries import Query
from shared.gcp.writes import DELETED, Write, field_path
from shared.kit import clock
from shared.kit.fields import Fields, ReadFields
from shared.store import large_values
from shared.store.repository import Repository

executions = Repository(Execution, "executions", "execution")

_GRACE = timedelta(seconds=30)


def step_path(execution: Execution, position: int, key: str) -> str:
    again = f"~{execution.generation}" if execution.generation else ""
    return f"{executions.path(execution.user_id, execution.id)}/steps/{position:04d}-{key}{again}"


def changed_fields(old: Fields, new: Fields) -> Fields:
    """The fields that changed; of results and signals only the entries that did. A run's event never does."""
    fields: dict[str, Any] = {name: DELETED for name in old if name not in new}
    for name, value in new.items():
        before = old.get(name)
        if name == "event" or value == before:
            continue
        if name in ("results", "signals"):
            fields |= _entries(name, before or {}, value)
        else:
            fields[name] = value
    return fields


def _entries(name: str, old: Fields, new: Fields) -> Fields:
    changed = {field_path(name, key): value for key, value in new.items() if old.get(key) != value}
    return changed | {field_path(name, key): DELETED for key in old if key not in new}


def sweep_soon() -> Fields:
    """Fields for whatever changes a run from outside: should the message that follows be lost, the sweeper sends it."""
    return {"due_at": clock.now() + _GRACE}


def end_key(about: ReadFields) -> str:
    """Names the end of a run that is waited for: not that of an earlier life."""
    id, generation = about["execution_id"], about.get("generation")
    return f"{id}~{generation}" if generation else str(id)


def to_signal_parent(execution: Execution) -> Write:
    """Tell the run that waits for this one how it ended."""
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
    """What the steps have left, unless it is large: then whoever waits for the run reads it there."""
    results = {id: result.model_dump() for id, result in execution.results.items()}
    spilled = any(result.spilled for result in execution.results.values())
    return {"spilled": True} if spilled or not large_values.fits_inline(results) else {"results": results}


def to_stop(uid: str, execution_id: str) -> Write:
    """Tell a run to stop before its next commit."""
    return executions.to_update(uid, execution_id, {"cancel_requested": True, **sweep_soon()})


def load_run(uid: str, execution_id: str, automation_id: str | None) -> tuple[Execution | None, Automation | None]:
    """An execution and its automation: one round trip, two reads."""
    paths = [executions.path(uid, execution_id)]
    if automation_id:
        paths.append(definition_store.automations.path(uid, automation_id))
    run, *rest = firestore.client().get_all(paths)
    definition = rest[0] if rest else None
    return (
        executions.load(run) if run else None,
        definition_store.automations.load(definition) if definition else None,
    )


def step_records(uid: str, execution_id: str) -> list[StepRecord]:
    """What the steps of an execution did, in order: one round trip."""
    query = Query("steps", parent=executions.path(uid, execution_id), order=[("sequence", "asc")])
    return [_step_record(uid, document) for document in firestore.client().query(query)]


def _step_record(uid: str, document: Document) -> StepRecord:
    id = document.path.rsplit("/", 1)[-1]
    return StepRecord.model_validate({**document.data, "id": id, "user_id": uid})


def overdue(limit: int) -> list[Execution]:
    """Executions of all users whose time to be looked at has come: one round trip."""
    return executions.select_everywhere(where=[("due_at", "<=", clock.now())], order=[("due_at", "asc")], limit=limit)


def expiring(before: datetime, limit: int) -> list[Execution]:
    """Ended executions of all users that are kept until then at most: one round trip."""
    return executions.select_everywhere(where=[("expire_at", "<=", before)], order=[("expire_at", "asc")], limit=limit)


def paths_below(execution: Execution) -> list[str]:
    """Its step records and payloads: two queries of bare names."""
    parent = executions.path(execution.user_id, execution.id)
    names = [Query(collection, parent=parent, fields=("__name__",)) for collection in ("steps", "payloads")]
    return [row.path for query in names for row in firestore.client().query(query)]
