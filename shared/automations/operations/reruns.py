"""Retries ended executions: one or many, at the step they ended at or from the start, or by an entry of the system
log."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Annotated, Literal

from pydantic import AliasChoices, Field

from shared.automations.builtins import BUILTINS, sending
from shared.automations.catalog import registry  # noqa: F401 -- declares the actions of the steps that are read here
from shared.automations.definitions import store as definition_store
from shared.automations.operations import control
from shared.automations.runs import create, queue, spills
from shared.automations.runs import store as run_store
from shared.automations.runs.create import build_execution
from shared.automations.runs.models import TERMINAL, Execution
from shared.automations.runs.requeue import UNDONE, StepGone, to_requeue
from shared.automations.starts import manual
from shared.domains.research import service as research
from shared.domains.system_logs import service as system_logs
from shared.domains.system_logs.models import Rerun, SystemLog
from shared.errors import AlreadyExists, Conflict, NotFound, PreconditionFailed
from shared.gcp import firestore, refusals
from shared.gcp.queries import Where
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.kit.schema import Id, Input, Instant, Model

_ATTEMPTS = 5
_SAME_CLICK = timedelta(seconds=2)


class ExecutionRetry(Input):
    """From where (`start_from`, or `from`), and with which version of the definition."""

    start_from: Annotated[
        Literal["failed_step", "start"], Field(validation_alias=AliasChoices("start_from", "from"))
    ] = "failed_step"
    version: Literal["pinned", "current"] = "pinned"


class BulkRetry(ExecutionRetry):
    """Which runs to take up again: all the filters given must hold."""

    automation_id: Id | None = None
    status: Literal["failed", "cancelled"] = "failed"
    error_contains: Annotated[str, Field(max_length=200)] | None = None
    since: Instant | None = None
    until: Instant | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class Retried(Model):
    retried: int
    skipped: int
    execution_ids: list[str]


def retry(uid: str, id: str, execution_id: str, data: ExecutionRetry) -> Execution:
    """Retries an ended execution at the step it ended at, or as a new execution from the start: four reads, a commit, a
    publish."""
    manual.refuse_halted(uid)
    current = data.version == "current"
    for _ in range(_ATTEMPTS):
        ended = control.find(uid, id, execution_id)
        if data.start_from == "start":
            return _restart(ended, current=current)
        if ended.automation_id not in BUILTINS and definition_store.automations.find(uid, id) is None:
            raise Conflict("The automation was deleted; its runs cannot go on.")
        with suppress(PreconditionFailed):  # it got a signal in between, such as the end of a child
            firestore.client().commit([to_requeue(ended, current=current)])
            queue.hand_over([queue.message(ended)])
            return run_store.executions.get(uid, execution_id)
    raise Conflict("The execution is being changed by others; try again.")


def retry_many(uid: str, data: BulkRetry) -> Retried:
    """Retries the ended executions that match, at most `limit`; from the start, a commit each, else one batch, one
    publish.

    A query for every 300 executions that are read. Raises NotFound for an unknown automation.
    """
    manual.refuse_halted(uid)
    if data.automation_id:
        definition_store.automations.get(uid, data.automation_id)
    ended = run_store.executions.each(uid, where=_list_where(data), order=[("started_at", "asc")])
    # An execution that was restarted is left out: if its successor failed as well, the query answers that.
    last = (e for e in ended if e.rerun_id is None)
    matching = (e for e in last if data.error_contains is None or data.error_contains in (e.error or ""))
    chosen = list(islice(matching, data.limit))
    current = data.version == "current"
    done = (
        _restart_all(chosen, current=current) if data.start_from == "start" else _requeue_all(chosen, current=current)
    )
    return Retried(retried=len(done), skipped=len(chosen) - len(done), execution_ids=[e.id for e in done])


def _list_where(data: BulkRetry) -> list[Where]:
    """The query's filters; `error_contains` is applied to its answer."""
    where: list[Where] = [("status", "==", data.status)]
    if data.automation_id:
        where.append(("automation_id", "==", data.automation_id))
    if data.since:
        where.append(("started_at", ">=", data.since))
    if data.until:
        where.append(("started_at", "<", data.until))
    return where


def _requeue_all(chosen: Sequence[Execution], *, current: bool) -> list[Execution]:
    """Requeues executions in one batch; answers those that were requeued."""
    writable = []
    for execution in chosen:
        with suppress(Conflict, NotFound):
            writable.append((execution, to_requeue(execution, current=current)))
    outcomes = firestore.client().batch_write([write for _, write in writable])
    done = [execution for (execution, _), error in zip(writable, outcomes, strict=True) if error is None]
    queue.hand_over(queue.message(execution) for execution in done)
    refusals.raise_failures(outcomes)
    return done


def _restart_all(chosen: Sequence[Execution], *, current: bool) -> list[Execution]:
    """Restarts executions one by one; answers the ended ones that have a successor now."""
    done = []
    for execution in chosen:
        with suppress(Conflict, NotFound):
            _restart(execution, current=current)
            done.append(execution)
    return done


def _restart(ended: Execution, *, current: bool) -> Execution:
    """Starts a new execution for the same event; answers the existing successor unless that has failed as well."""
    latest = _latest(ended)
    if latest is not ended and latest.status not in UNDONE:
        return latest
    return _start_anew(latest, pinned=not current)


def _latest(execution: Execution) -> Execution:
    """The execution, or the last of those that were started in its place: a read for each."""
    while execution.rerun_id and (again := run_store.executions.find(execution.user_id, execution.rerun_id)):
        execution = again
    return execution


def _start_anew(ended: Execution, *, pinned: bool, note: Callable[[str], Write] | None = None) -> Execution:
    """Starts an ended execution's automation again for the same event, active or not; an execution has one successor.

    A read, a commit and a publish; the commit contains the `note` of the new execution. Raises Conflict, NotFound if
    the automation was deleted.
    """
    if ended.status not in UNDONE:
        raise Conflict(f"Only a failed execution can run again; this one is {ended.status}.")
    uid = ended.user_id
    automation = definition_store.automations.get(uid, ended.automation_id)
    event = spills.load_event(ended).model_copy(update={"id": derived_id("rerun", ended.id), "at": None})
    definition = ended.definition if pinned else automation.definition
    again = build_execution(uid, automation.id, automation.name, definition, event)
    again.triggered_by = "manual"
    follows = run_store.executions.to_update(uid, ended.id, {"rerun_id": again.id})
    start = [*create.to_start(again), follows]
    start += [note(again.id)] if note else []
    with suppress(AlreadyExists):  # by a rival, which may have died before it handed over
        firestore.client().commit(start)
    queue.hand_over([queue.message(again)])
    return again


def from_log(uid: str, log_id: str) -> Rerun:
    """Runs the task of a log entry again, once while it is under way, and once for a double click."""
    entry, related_id = system_logs.get_rerunnable(uid, log_id)
    if entry.category == "research":
        task = research.run(uid, related_id)
        return Rerun(message=f"{task.title} is running again.", related_id=related_id)
    if entry.category == "outreach":
        sent = sending.send(uid, related_id)
        return Rerun(message=f"“{sent.subject}” is being sent again.", related_id=related_id)
    manual.refuse_halted(uid)
    run, already = _run_again(entry, related_id)
    message = "It is already running again." if already else f"{run.automation_name} is running again."
    return Rerun(message=message, related_id=related_id, execution_id=run.id)


def _run_again(entry: SystemLog, related_id: str) -> tuple[Execution, bool]:
    """Retries the execution of a log entry; answers it, and whether it had been retried before."""
    for _ in range(_ATTEMPTS):
        run = _latest(run_store.executions.get(entry.user_id, related_id))
        clicked = entry.rerun_at is not None and clock.now() - entry.rerun_at < _SAME_CLICK
        if run.status not in TERMINAL or (clicked and entry.rerun_id == run.id):
            return run, True
        try:
            return _retry_from_log(run, entry), False
        except PreconditionFailed:  # by another click, perhaps
            entry, related_id = system_logs.get_rerunnable(entry.user_id, entry.id)
    raise Conflict("The execution is being changed by others; try again.")


def _retry_from_log(run: Execution, entry: SystemLog) -> Execution:
    """Retries an execution with its automation's current definition at the step that failed, so that none is done
    twice.

    If the current definition has no such step, restarts it; raises StepGone if it had completed a step, as the user
    then has to decide. Raises PreconditionFailed if the execution was changed meanwhile.
    """
    try:
        requeued = to_requeue(run, current=True)
    except StepGone:
        if run.sequence > run.generation + 1 or run.intent or run.awaited:  # more than the failures of its first step
            raise
        return _start_anew(run, pinned=False, note=partial(system_logs.to_note_rerun, entry))
    firestore.client().commit([requeued, system_logs.to_note_rerun(entry, run.id)])
    queue.hand_over([queue.message(run)])
    return run
