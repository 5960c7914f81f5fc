"""Events that runs wait for: kept with the run, also when they come before it waits."""

from collections.abc import Iterator
from typing import Any

from shared import log
from shared.automations import expressions, program, queue, repository
from shared.automations.models import Automation, Execution, Step
from shared.automations.start import snapshot, subject_of, versions
from shared.automations.steps import variables
from shared.domains.changes import Change
from shared.errors import AppError
from shared.gcp import firestore
from shared.gcp.queries import Where
from shared.gcp.writes import Write, field_path

_KEPT = 20  # events for one step of a run: it needs the first alone, and there may be very many


def awaited(steps: list[Step]) -> Iterator[tuple[str, Step]]:
    """The events that a definition waits for, with the steps that do."""
    for instruction in program.compiled(steps):
        if instruction.step.action == "wait_for_event":
            yield instruction.step.config["event"], instruction.step


def subscriptions_of(automation: Automation) -> dict[str, dict[str, Any]]:
    """By event: the waiting steps, and what each matches."""
    found: dict[str, dict[str, Any]] = {}
    for event, step in awaited(automation.steps):
        found.setdefault(event, {})[step.id] = step.config.get("match")
    return found


def deliver(change: Change, subscribed: dict[str, dict[str, Any]]) -> None:
    """Tell the runs that wait for this change, or will: a query for every 300 runs of an automation that waits,
    one batch.

    Told twice, the second changes nothing: the signal carries the event's id.
    """
    told: list[tuple[Execution, Write]] = []
    for entry in subscribed.values():
        for automation_id, steps in entry.get("waits", {}).items():
            for execution in _candidates(change, automation_id, steps):
                if signals := _signals(change, execution, steps):
                    fields = signals | repository.told()
                    told.append((execution, repository.executions.to_update(change.uid, execution.id, fields)))
    if told:
        outcomes = firestore.client().batch_write([write for _, write in told])
        reached = [execution for (execution, _), error in zip(told, outcomes, strict=True) if error is None]
        queue.hand_over(queue.message(execution) for execution in reached)


def _candidates(change: Change, automation_id: str, steps: dict[str, Any]) -> Iterator[Execution]:
    where: list[Where] = [("automation_id", "==", automation_id), ("completed_at", "==", None)]
    if all(match is None for match in steps.values()):
        where.append(("subject", "==", subject_of(change.collection, change.id, change.after or {})))
    return repository.executions.each(change.uid, where=where)


def _signals(change: Change, execution: Execution, steps: dict[str, Any]) -> dict[str, Any]:
    subject = subject_of(change.collection, change.id, change.after or {})
    signal = {
        "at": change.time,
        "collection": change.collection,
        "document_id": change.id,
        "data": snapshot(dict(change.after or {})),
    }
    return {
        field_path("signals", step, change.event_id): signal
        for step, match in steps.items()
        if len(execution.signals.get(step, ())) < _KEPT
        and (execution.subject == subject if match is None else _matches(change, execution, match))
    }


def _matches(change: Change, execution: Execution, match: str) -> bool:
    try:
        known = {"prospect": {"id": execution.subject}, **variables(execution, []), **versions(change)}
        return expressions.holds(match, known)
    except AppError as error:
        log.warning("a match cannot be evaluated", execution_id=execution.id, reason=error.detail)
        return False
