"""Events that runs wait for: kept with the run, also when they come before it waits."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from shared import log
from shared.automations.definitions import expressions, program, subscriptions
from shared.automations.definitions import store as definition_store
from shared.automations.definitions.models import Automation, Step
from shared.automations.definitions.subscriptions import Awaiting, Matches, Subscription
from shared.automations.engine import notices
from shared.automations.engine.variables import variables
from shared.automations.runs import queue, spills
from shared.automations.runs import store as run_store
from shared.automations.runs.create import subject_of
from shared.automations.runs.models import Execution
from shared.automations.runs.snapshots import snapshot, versions
from shared.errors import AppError, NotFound
from shared.gcp import firestore, sizes
from shared.gcp.queries import Where
from shared.gcp.writes import Write, field_path
from shared.store import large_values
from shared.store.changes import Change

_KEPT = 20  # events for one step of a run: it needs the first alone, and there may be very many
_ROOM = 300_000  # bytes of such events in a run's own document; further ones are kept beside it


def awaited(steps: list[Step]) -> Iterator[tuple[str, Step]]:
    """The events that a definition waits for, with the steps that do."""
    for instruction in program.compiled(steps):
        if instruction.step.action == "wait_for_event":
            yield instruction.step.config["event"], instruction.step


def subscriptions_of(steps: list[Step]) -> dict[str, dict[str, str | None]]:
    """By event: the waiting steps, and what each matches."""
    found: dict[str, dict[str, str | None]] = {}
    for event, step in awaited(steps):
        found.setdefault(event, {})[step.id] = step.config.get("match")
    return found


def to_settle(before: Automation | None, after: Automation | None) -> list[Write]:
    """Which events the runs are told of, where that changes.

    Runs of an earlier definition wait on for what that says: while there are any, its events stay. A query for that.
    """
    old = subscriptions_of(before.steps) if before else {}
    new = subscriptions_of(after.steps) if after else {}
    changed = [event for event in {**old, **new} if old.get(event) != new.get(event)]
    if after is None:
        return [subscriptions.to_await_no_more(before.user_id, before.id, event) for event in changed] if before else []
    waiting = bool(before and any(event in old for event in changed)) and _goes_on(after)
    settled = []
    for event in changed:
        if event in new or waiting:
            known = [*new.get(event, {}).values(), *(old.get(event, {}).values() if waiting else ())]
            matched = any(match is not None for match in known) or (None if waiting else False)
            settled.append(subscriptions.to_await(after, event, new.get(event, {}), matched=matched))
        else:
            settled.append(subscriptions.to_await_no_more(after.user_id, after.id, event))
    return settled


def _goes_on(automation: Automation) -> bool:
    """Whether a run of it is under way."""
    where: list[Where] = [("automation_id", "==", automation.id), ("completed_at", "==", None)]
    return bool(run_store.executions.select(automation.user_id, where=where, limit=1))


def deliver(change: Change, subscribed: Mapping[str, Subscription]) -> None:
    """Tell the runs that wait for this change, or will: a query for every 300 runs of an automation that waits,
    one batch.

    Told twice, the second changes nothing: the signal carries the event's id.
    """
    told: list[tuple[Execution, Write]] = []
    large: list[Write] = []
    for event, subscription in subscribed.items():
        for automation_id, listed in subscription.awaiting.items():
            for execution in _candidates(change, automation_id, listed):
                if awaiting := _awaiting(change, execution, _own(execution, event, listed)):
                    signal, beside = _signal(change, execution)
                    fields = {field_path("signals", step, change.event_id): signal for step in awaiting}
                    fields |= run_store.sweep_soon()
                    told.append((execution, run_store.executions.to_update(change.uid, execution.id, fields)))
                    large += beside
    if told:
        _write(told, large)


def _write(told: Sequence[tuple[Execution, Write]], large: Sequence[Write]) -> None:
    """Large fields first, so that no run is told of what is not there. Raises Unavailable for whom a later delivery may
    reach; whom none can is told in the system log."""
    client = firestore.client()
    client.apply_each(large)
    outcomes = client.batch_write([write for _, write in told])
    queue.hand_over(queue.message(run) for (run, _), refused in zip(told, outcomes, strict=True) if refused is None)
    again: AppError | None = None
    entries: list[Write] = []
    for (run, _), refused in zip(told, outcomes, strict=True):
        if refused is None or isinstance(refused, NotFound):  # the run is gone
            continue
        if refused.retriable:
            again = refused
            continue
        entries.append(
            notices.log_entry(run, "warning", f"It missed an event that it waits for: {refused.detail}", refused)
        )
    client.apply_each(entries)
    if again:
        raise again


def _candidates(change: Change, automation_id: str, listed: Awaiting) -> Iterator[Execution]:
    where: list[Where] = [("automation_id", "==", automation_id), ("completed_at", "==", None)]
    if listed.by_subject:
        where.append(("subject", "==", subject_of(change.collection, change.id, change.after or {})))
    return run_store.executions.each(change.uid, where=where)


def _own(execution: Execution, event: str, listed: Awaiting) -> Matches:
    """The steps of the run's own definition: a read where it is an earlier one, once a process."""
    if listed.definition in (None, execution.definition):
        return listed.steps
    return _awaited_by(execution.user_id, execution.automation_id, execution.definition).get(event, {})


@lru_cache(maxsize=128)
def _awaited_by(uid: str, automation_id: str, definition: int) -> dict[str, dict[str, str | None]]:
    return subscriptions_of(definition_store.load_definition(uid, automation_id, definition) or [])


def _awaiting(change: Change, execution: Execution, steps: Matches) -> list[str]:
    """The steps of the run that the change is for.

    None for the very event that has started the run, or one, delivered late, that happened before it.
    """
    event = execution.event
    earlier = event.collection is not None and event.at is not None and change.time < event.at
    if earlier or event.id.rpartition(":")[0] == change.event_id:
        return []
    subject = subject_of(change.collection, change.id, change.after or {})
    return [
        step
        for step, match in steps.items()
        if len(execution.signals.get(step, ())) < _KEPT
        and (execution.subject == subject if match is None else _matches(change, execution, match))
    ]


def _signal(change: Change, execution: Execution) -> tuple[dict[str, Any], list[Write]]:
    """What the run keeps of the event; its fields beside it where they are large, or many are kept already."""
    fields = {"data": snapshot(dict(change.after or {}))}
    signal = {"at": change.time, "collection": change.collection, "document_id": change.id}
    if large_values.fits_inline(fields) and sizes.of_value(execution.signals) < _ROOM:
        return signal | fields, []
    return spills.to_keep_signal(execution, change.event_id, signal, fields)


def _matches(change: Change, execution: Execution, match: str) -> bool:
    try:
        run = execution.model_copy(update={"event": spills.load_event(execution)})
        known = {"prospect": {"id": execution.subject}, **variables(run, []), **versions(change)}
        return expressions.holds(match, known)
    except AppError as error:
        if error.retriable:
            raise
        log.warning("a match cannot be evaluated", execution_id=execution.id, reason=error.detail)
        return False
