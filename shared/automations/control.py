"""What a person can do to a run: stop it, hold it, answer it, take it up again."""

from collections.abc import Callable
from itertools import islice
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, Field

from shared.automations import program, queue, repository
from shared.automations.models import TERMINAL, Execution
from shared.automations.start import PENDING_LEASE
from shared.automations.triggers import TRIGGERS
from shared.errors import BadRequest, Conflict, Forbidden, NotFound
from shared.gcp import firestore
from shared.gcp.queries import Where
from shared.gcp.writes import field_path
from shared.kit import clock
from shared.kit.schema import Id, Input, Instant, Text

_FREE: dict[str, Any] = {"paused": False, "paused_by": None}


class Vote(Input):
    """`approver` names who has decided; the signed-in user if left out."""

    approver: Id | None = None
    comment: Text | None = None


class Resume(Input):
    """`outcome` answers what became of an effect that nobody could tell."""

    outcome: Literal["sent", "not_sent"] | None = None


class Retry(Input):
    """From where (`start_from`, or `from`), and with which version of the definition."""

    start_from: Annotated[
        Literal["failed_step", "start"], Field(validation_alias=AliasChoices("start_from", "from"))
    ] = "failed_step"
    version: Literal["pinned", "current"] = "pinned"


class BulkRetry(Retry):
    """Which runs to take up again: all the filters given must hold."""

    automation_id: Id | None = None
    status: Literal["failed", "cancelled"] = "failed"
    error_contains: Annotated[str, Field(max_length=200)] | None = None
    since: Instant | None = None
    until: Instant | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class Retried(BaseModel):
    retried: int
    skipped: int
    execution_ids: list[str]


def find(uid: str, automation_id: str, execution_id: str) -> Execution:
    """One read. Raises NotFound."""
    found = repository.executions.find(uid, execution_id)
    if found is None or found.automation_id != automation_id:
        raise NotFound("This automation has no execution with this id.")
    return found


def cancel(uid: str, automation_id: str, execution_id: str) -> Execution:
    """It ends before its next commit; a run that it waits for ends with it."""

    def stop(execution: Execution) -> dict[str, Any]:
        _refuse_ended(execution)
        return {"cancel_requested": True}

    return _tell(uid, automation_id, execution_id, stop)


def pause(uid: str, automation_id: str, execution_id: str) -> Execution:
    """It is held before its next commit."""

    def hold(execution: Execution) -> dict[str, Any]:
        _refuse_ended(execution)
        return {"paused": True, "paused_by": "person"}

    return _tell(uid, automation_id, execution_id, hold)


def resume(uid: str, automation_id: str, execution_id: str, data: Resume) -> Execution:
    """Let a held run go on, or answer what became of an effect that nobody could tell."""

    def go_on(execution: Execution) -> dict[str, Any]:
        _refuse_ended(execution)
        waiting = execution.waiting
        if waiting and waiting.kind == "review":
            if data.outcome is None:
                raise BadRequest("outcome: say whether it took place: sent or not_sent.")
            claim = execution.intent.until if execution.intent else None
            answer = {"outcome": data.outcome, "by": uid, "at": clock.now(), "claim": claim}
            return {**_FREE, field_path("signals", waiting.key): answer}
        if not execution.paused:
            raise Conflict(f"This execution is {execution.status}, not paused; there is nothing to resume.")
        return _FREE

    return _tell(uid, automation_id, execution_id, go_on)


def vote(uid: str, automation_id: str, execution_id: str, data: Vote, *, approved: bool) -> Execution:
    """One person's decision; the last of each person counts."""

    def cast(execution: Execution) -> dict[str, Any]:
        _refuse_ended(execution)
        waiting = execution.waiting
        if waiting is None or waiting.kind != "approval":
            raise Conflict("This execution does not wait for an approval.")
        named = waiting.about.get("approvers") or []
        approver = data.approver or (named[0] if len(named) == 1 else uid)
        if named and approver not in named:
            raise Forbidden(f"approver: {approver} is not among those who are asked: {', '.join(named)}.")
        said = {"approved": approved, "comment": data.comment, "at": clock.now()}
        return {field_path("signals", waiting.key, approver): said}

    return _tell(uid, automation_id, execution_id, cast)


def _refuse_ended(execution: Execution) -> None:
    if execution.status in TERMINAL:
        raise Conflict(f"This execution has ended: {execution.status}.")


def _tell(uid: str, automation_id: str, execution_id: str, change: Callable[[Execution], dict[str, Any]]) -> Execution:
    """One read, one commit, one publish; answers the execution as it is now.

    No version is demanded: what is said is a field of its own, and stays said whatever the runner does.
    """
    execution = find(uid, automation_id, execution_id)
    fields = change(execution) | repository.told()
    repository.executions.update(uid, execution_id, fields)
    queue.hand_over([queue.message(execution)])
    return repository.executions.get(uid, execution_id)


def take_up(execution: Execution, *, current: bool = False) -> dict[str, Any]:
    """The fields that let an ended run go on at the step it ended at. Raises Conflict."""
    if execution.status not in ("failed", "cancelled"):
        raise Conflict(f"Only a failed or cancelled execution can go on; this one is {execution.status}.")
    now = clock.now()
    fields: dict[str, Any] = {
        "status": "pending",
        "triggered_by": "manual",  # a person asked for it, whether the automation is active or not
        "generation": execution.generation + 1,
        "attempts": [],
        "error": None,
        "waiting": None,
        "completed_at": None,
        "expire_at": None,
        "wake_at": None,
        "cancel_requested": False,
        **_FREE,
        "stalls": 0,
        "due_at": now + PENDING_LEASE,
        "updated_at": now,
    }
    return fields | (_moved(execution) if current else {})


def _moved(execution: Execution) -> dict[str, Any]:
    """The same step in the current definition, within the same loops. Raises Conflict where there is none."""
    automation = repository.automations.get(execution.user_id, execution.automation_id)
    pinned = repository.load_definition(execution.user_id, execution.automation_id, execution.definition)
    old, new = program.compiled(pinned or []), program.compiled(automation.steps)
    if execution.position >= len(old):
        raise Conflict("The version that it ran with is gone; start anew.")
    places = {instruction.step.id: at for at, instruction in enumerate(new)}
    id, loops = old[execution.position].step.id, [old[frame.at].step.id for frame in execution.frames]
    if id not in places or [new[at].step.id for at in program.loops_around(new, places[id])] != loops:
        where = f" within {loops[-1]}" if loops else ""
        raise Conflict(f"The current version has no step {id}{where}; choose pinned, or start anew.")
    moved = [frame.model_dump() | {"at": places[loop]} for frame, loop in zip(execution.frames, loops, strict=True)]
    return {"definition": automation.definition, "position": places[id], "frames": moved}


def list_where(data: BulkRetry) -> list[Where]:
    where: list[Where] = [("status", "==", data.status)]
    if data.automation_id:
        where.append(("automation_id", "==", data.automation_id))
    if data.since:
        where.append(("started_at", ">=", data.since))
    if data.until:
        where.append(("started_at", "<", data.until))
    return where


def retry_many(uid: str, data: BulkRetry, restart: Callable[[Execution], object]) -> Retried:
    """A query for every 300 runs that are looked at, one batch, one publish; from the start, a commit each.

    Raises NotFound for an unknown automation.
    """
    if data.automation_id:
        repository.automations.get(uid, data.automation_id)
    found = repository.executions.each(uid, where=list_where(data), order=[("started_at", "asc")])
    # One that was started anew is not meant: if that has failed as well, it is among those found.
    last = (e for e in found if e.rerun_id is None)
    meant = (e for e in last if data.error_contains is None or data.error_contains in (e.error or ""))
    chosen = list(islice(meant, data.limit))
    if data.start_from == "start":
        done = [e for e in chosen if _restarted(e, restart)]
    else:
        done = _taken_up(uid, chosen, current=data.version == "current")
    return Retried(retried=len(done), skipped=len(chosen) - len(done), execution_ids=[e.id for e in done])


def _restarted(execution: Execution, restart: Callable[[Execution], object]) -> bool:
    try:
        restart(execution)
    except (Conflict, NotFound):
        return False
    return True


def _taken_up(uid: str, chosen: list[Execution], *, current: bool) -> list[Execution]:
    writable = []
    for execution in chosen:
        try:
            fields = take_up(execution, current=current)
        except (Conflict, NotFound):
            continue
        write = repository.executions.to_update(uid, execution.id, fields, version=execution.version)
        writable.append((execution, write))
    outcomes = firestore.client().batch_write([write for _, write in writable])
    done = [execution for (execution, _), error in zip(writable, outcomes, strict=True) if error is None]
    queue.hand_over(queue.message(execution) for execution in done)
    return done


def stop(uid: str, automation_id: str) -> int:
    """Let every run of the automation end before its next commit; each is told once."""
    where: list[Where] = [("automation_id", "==", automation_id), ("cancel_requested", "==", False)]
    return _switch_all(uid, where, {"cancel_requested": True})


def release(uid: str, automation_id: str) -> int:
    """Let the runs go on that were held because their automation was paused."""
    where: list[Where] = [("automation_id", "==", automation_id), ("paused_by", "==", "automation")]
    return _switch_all(uid, where, _FREE)


def let_go(execution: Execution) -> None:
    """Let one held run go on: one commit, one publish."""
    fields = {**_FREE, **repository.told()}
    repository.executions.update(execution.user_id, execution.id, fields)
    queue.hand_over([queue.message(execution)])


class KillSwitch(Input):
    on: bool


class Halted(BaseModel):
    halted: bool
    executions: int


def halt(uid: str, *, on: bool) -> Halted:
    """Hold every run before its next commit and start no more; or let all go on.

    The flag is in the documents that every start and every runner reads anyway, so the switch costs them
    nothing. The automations get it before the runs are looked for: a run that is made too late to be found
    is held by the flag of its automation, save for the light steps of the very commit that makes it.
    """
    firestore.client().commit([repository.to_halt(uid, trigger, on) for trigger in TRIGGERS])
    repository.automations.write_each(
        uid, [("halted", "==", not on)], lambda id: repository.automations.to_update(uid, id, {"halted": on})
    )
    if on:
        held = _switch_all(uid, [("paused", "==", False)], {"paused": True, "paused_by": "kill_switch"})
    else:
        held = _switch_all(uid, [("paused_by", "==", "kill_switch")], _FREE)
    return Halted(halted=on, executions=held)


def _switch_all(uid: str, where: list[Where], fields: dict[str, Any]) -> int:
    """Stop or hold runs, or let them go on: a query, a batch and a publish per 500.

    The fields take them out of the query.
    """
    number = 0
    under_way: list[Where] = [*where, ("completed_at", "==", None)]
    while True:
        running = repository.executions.select(uid, where=under_way, limit=firestore.MAX_WRITES)
        changed = {**fields, **repository.told()}
        firestore.client().batch_write([repository.executions.to_update(uid, e.id, changed) for e in running])
        queue.hand_over(queue.message(execution) for execution in running)
        number += len(running)
        if len(running) < firestore.MAX_WRITES:
            return number
