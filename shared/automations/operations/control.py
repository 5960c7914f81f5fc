"""Cancels, pauses, resumes and answers executions that are under way, one by one or all of an automation or user."""

from collections.abc import Callable
from typing import Literal

from shared import log
from shared.automations.definitions import store as definition_store
from shared.automations.definitions import subscriptions
from shared.automations.runs import holds, queue
from shared.automations.runs import store as run_store
from shared.automations.runs.models import TERMINAL, Execution
from shared.automations.triggers import TRIGGERS
from shared.errors import BadRequest, Conflict, Forbidden, NotFound
from shared.gcp import firestore, refusals
from shared.gcp.queries import Where
from shared.gcp.writes import field_path
from shared.kit import clock
from shared.kit.fields import Fields
from shared.kit.schema import Id, Input, Model, Text


class Vote(Input):
    """`approver` names who has decided; the signed-in user if left out."""

    approver: Id | None = None
    comment: Text | None = None


class Resume(Input):
    """`outcome` answers what became of an effect that nobody could tell."""

    outcome: Literal["sent", "not_sent"] | None = None


def find(uid: str, automation_id: str, execution_id: str) -> Execution:
    """Loads an execution of the automation: one read. Raises NotFound."""
    execution = run_store.executions.find(uid, execution_id)
    if execution is None or execution.automation_id != automation_id:
        raise NotFound("This automation has no execution with this id.")
    return execution


def cancel(uid: str, automation_id: str, execution_id: str) -> Execution:
    """Cancels an execution: it ends before its next commit, and with it a child execution that it waits for."""

    def stop(execution: Execution) -> Fields:
        _refuse_ended(execution)
        return {"cancel_requested": True}

    return _change(uid, automation_id, execution_id, stop)


def pause(uid: str, automation_id: str, execution_id: str) -> Execution:
    """Holds an execution before its next commit."""

    def hold(execution: Execution) -> Fields:
        _refuse_ended(execution)
        return {"paused": True, "paused_by": "person"}

    return _change(uid, automation_id, execution_id, hold)


def resume(uid: str, automation_id: str, execution_id: str, data: Resume) -> Execution:
    """Releases a held execution, or settles an outside effect in doubt with a person's answer."""

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

    return _change(uid, automation_id, execution_id, go_on)


def vote(uid: str, automation_id: str, execution_id: str, data: Vote, *, approved: bool) -> Execution:
    """Stores one person's decision on an approval; the last of each person counts, until the execution is retried."""

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

    return _change(uid, automation_id, execution_id, cast)


def _refuse_ended(execution: Execution) -> None:
    if execution.status in TERMINAL:
        raise Conflict(f"This execution has ended: {execution.status}.")


def _change(uid: str, automation_id: str, execution_id: str, change: Callable[[Execution], Fields]) -> Execution:
    """Updates an execution and hands it over: two reads, one commit, one publish; answers it as it is now.

    The commit demands no version: runners do not write the fields that people change.
    """
    execution = find(uid, automation_id, execution_id)
    fields = change(execution) | run_store.sweep_soon()
    run_store.executions.update(uid, execution_id, fields)
    queue.hand_over([queue.message(execution)])
    return run_store.executions.get(uid, execution_id)


def cancel_all(uid: str, automation_id: str) -> int:
    """Cancels every execution of an automation before its next commit; answers how many."""
    where: list[Where] = [("automation_id", "==", automation_id), ("cancel_requested", "==", False)]
    return _switch_all(uid, where, {"cancel_requested": True})


def release(uid: str, automation_id: str) -> int:
    """Releases every execution that was held because its automation was paused; answers how many."""
    where: list[Where] = [("automation_id", "==", automation_id), ("paused_by", "==", "automation")]
    return _switch_all(uid, where, holds.NOT_HELD)


def drop_turns(uid: str, automation_id: str | None = None) -> None:
    """Drops the turns of executions that wait for one, after a change of rate or debounce: each takes a new turn at
    once.

    Concerns one automation, or all of the user's: a query for every 300 executions under way, a batch and a publish for
    those that wait.
    """
    within: list[Where] = [("automation_id", "==", automation_id)] if automation_id else []
    under_way = run_store.executions.each(uid, where=[*within, ("completed_at", "==", None)])
    waiting = [run for run in under_way if _awaits_turn(run)]
    fields = {"turns": {}, "admitted_at": None, "wake_at": clock.now(), **run_store.sweep_soon()}
    outcomes = firestore.client().batch_write(
        [run_store.executions.to_update(uid, run.id, fields, version=run.version) for run in waiting]
    )
    queue.hand_over(queue.message(run) for run in waiting)
    refusals.raise_failures(outcomes)  # none of an execution that a runner has just taken on


def _awaits_turn(run: Execution) -> bool:
    """Whether a rate or debounce keeps an execution from its first step."""
    has_begun = run.sequence or run.attempts or run.waiting or run.intent
    return run.status == "waiting" and not has_begun and bool(run.turns or run.admitted_at)


class KillSwitch(Input):
    on: bool


class Halted(Model):
    halted: bool
    executions: int


def halt(uid: str, *, on: bool) -> Halted:
    """Switches a user's kill switch: holds every execution before its next commit and starts no more, or releases all.

    The flag is in the documents that every start and every runner reads anyway, so the switch costs them nothing. The
    automations get it before the query for executions: the flag of its automation holds an execution that is created
    after the query, save for the light steps of the commit that creates it.
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
    """Changes all executions under way that match, and hands them over: a query, a batch and a publish per 500.

    `fields` must make an execution match no more. Answers how many were changed.
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
            log.warning("a run could not be told", reason=refusal.detail)  # its automation has the same flag
        if len(running) < firestore.MAX_WRITES or not reached:
            return number
