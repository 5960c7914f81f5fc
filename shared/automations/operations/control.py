"""What a person can do to a run under way: stop it, hold it, answer it."""

from collections.abc import Callable
from typing import Literal

from pydantic import BaseModel

from shared import log
from shared.automations.definitions import store as definition_store
from shared.automations.definitions import subscriptions
from shared.automations.runs import holds, queue
from shared.automations.runs import store as run_store
from shared.automations.runs.models import TERMINAL, Execution
from shared.automations.triggers import TRIGGERS
from shared.errors import BadRequest, Conflict, Forbidden, NotFound
from shared.gcp import firestore
from shared.gcp.queries import Where
from shared.gcp.writes import field_path
from shared.kit import clock
from shared.kit.fields import Fields
from shared.kit.schema import Id, Input, Text


class Vote(Input):
    """`approver` names who has decided; the signed-in user if left out."""

    approver: Id | None = None
    comment: Text | None = None


class Resume(Input):
    """`outcome` answers what became of an effect that nobody could tell."""

    outcome: Literal["sent", "not_sent"] | None = None


def find(uid: str, automation_id: str, execution_id: str) -> Execution:
    """One read. Raises NotFound."""
    found = run_store.executions.find(uid, execution_id)
    if found is None or found.automation_id != automation_id:
        raise NotFound("This automation has no execution with this id.")
    return found


def cancel(uid: str, automation_id: str, execution_id: str) -> Execution:
    """It ends before its next commit; a run that it waits for ends with it."""

    def stop(execution: Execution) -> Fields:
        _refuse_ended(execution)
        return {"cancel_requested": True}

    return _tell(uid, automation_id, execution_id, stop)


def pause(uid: str, automation_id: str, execution_id: str) -> Execution:
    """It is held before its next commit."""

    def hold(execution: Execution) -> Fields:
        _refuse_ended(execution)
        return {"paused": True, "paused_by": "person"}

    return _tell(uid, automation_id, execution_id, hold)


def resume(uid: str, automation_id: str, execution_id: str, data: Resume) -> Execution:
    """Let a held run go on, or answer what became of an effect that nobody could tell."""

    def go_on(execution: Execution) -> Fields:
        _refuse_ended(execution)
        waiting = execution.waiting
        if waiting and waiting.kind == "review":
            if data.outcome is None:
                raise BadRequest("outcome: say whether it took place: sent or not_sent.")
            claim = execution.intent.until if execution.intent else None
            answer = {"outcome": data.outcome, "by": uid, "at": clock.now(), "claim": claim}
            return {**holds.NOT_HELD, field_path("signals", waiting.key): answer}
        if not execution.paused:
            raise Conflict(f"This execution is {execution.status}, not paused; there is nothing to resume.")
        return holds.NOT_HELD

    return _tell(uid, automation_id, execution_id, go_on)


def vote(uid: str, automation_id: str, execution_id: str, data: Vote, *, approved: bool) -> Execution:
    """One person's decision; the last of each person counts, for the life of the run in which it was asked for."""

    def cast(execution: Execution) -> Fields:
        _refuse_ended(execution)
        waiting = execution.waiting
        if waiting is None or waiting.kind != "approval":
            raise Conflict("This execution does not wait for an approval.")
        named = waiting.about.get("approvers") or []
        approver = data.approver or (named[0] if len(named) == 1 else uid)
        if named and approver not in named:
            raise Forbidden(f"approver: {approver} is not among those who are asked: {', '.join(named)}.")
        decision = {"approved": approved, "comment": data.comment, "at": clock.now()}
        return {field_path("signals", waiting.key, approver): {**decision, "generation": execution.generation}}

    return _tell(uid, automation_id, execution_id, cast)


def _refuse_ended(execution: Execution) -> None:
    if execution.status in TERMINAL:
        raise Conflict(f"This execution has ended: {execution.status}.")


def _tell(uid: str, automation_id: str, execution_id: str, change: Callable[[Execution], Fields]) -> Execution:
    """One read, one commit, one publish; answers the execution as it is now.

    No version is demanded: what is said is a field of its own, and stays said whatever the runner does.
    """
    execution = find(uid, automation_id, execution_id)
    fields = change(execution) | run_store.sweep_soon()
    run_store.executions.update(uid, execution_id, fields)
    queue.hand_over([queue.message(execution)])
    return run_store.executions.get(uid, execution_id)


def stop(uid: str, automation_id: str) -> int:
    """Let every run of the automation end before its next commit; each is told once."""
    where: list[Where] = [("automation_id", "==", automation_id), ("cancel_requested", "==", False)]
    return _switch_all(uid, where, {"cancel_requested": True})


def release(uid: str, automation_id: str) -> int:
    """Let the runs go on that were held because their automation was paused."""
    where: list[Where] = [("automation_id", "==", automation_id), ("paused_by", "==", "automation")]
    return _switch_all(uid, where, holds.NOT_HELD)


def ask_for_new_turns(uid: str, automation_id: str | None = None) -> None:
    """After a rate or debounce was changed: runs that wait for a turn under the earlier one ask for another at once.

    Of one automation, or all of a user's. A query for every 300 runs under way, a batch and a publish for those.
    """
    own: list[Where] = [("automation_id", "==", automation_id)] if automation_id else []
    under_way = run_store.executions.each(uid, where=[*own, ("completed_at", "==", None)])
    waiting = [run for run in under_way if _awaits_turn(run)]
    fields = {"turns": {}, "admitted_at": None, "wake_at": clock.now(), **run_store.sweep_soon()}
    firestore.client().batch_write(
        [run_store.executions.to_update(uid, run.id, fields, version=run.version) for run in waiting]
    )  # one that is refused has just been taken on
    queue.hand_over(queue.message(run) for run in waiting)


def _awaits_turn(run: Execution) -> bool:
    """Whether it has not begun, as a rate or debounce does not let it."""
    begun = run.sequence or run.attempts or run.waiting or run.intent
    return run.status == "waiting" and not begun and bool(run.turns or run.admitted_at)


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
    firestore.client().commit([subscriptions.to_halt(uid, trigger, on) for trigger in TRIGGERS])
    definition_store.automations.write_each(
        uid, [("halted", "==", not on)], lambda id: definition_store.automations.to_update(uid, id, {"halted": on})
    )
    if on:
        held = _switch_all(uid, [("paused", "==", False)], {"paused": True, "paused_by": "kill_switch"})
    else:
        held = _switch_all(uid, [("paused_by", "==", "kill_switch")], holds.NOT_HELD)
    return Halted(halted=on, executions=held)


def _switch_all(uid: str, where: list[Where], fields: Fields) -> int:
    """Stop or hold runs, or let them go on: a query, a batch and a publish per 500.

    The fields take them out of the query.
    """
    number = 0
    under_way: list[Where] = [*where, ("completed_at", "==", None)]
    while True:
        running = run_store.executions.select(uid, where=under_way, limit=firestore.MAX_WRITES)
        changed = {**fields, **run_store.sweep_soon()}
        outcomes = firestore.client().batch_write([run_store.executions.to_update(uid, e.id, changed) for e in running])
        reached = [run for run, refusal in zip(running, outcomes, strict=True) if refusal is None]
        queue.hand_over(queue.message(execution) for execution in reached)
        number += len(reached)
        for refusal in filter(None, outcomes):
            if refusal.retriable:
                raise refusal
            log.warning("a run could not be told", reason=refusal.detail)  # its automation says the same
        if len(running) < firestore.MAX_WRITES or not reached:
            return number
