"""Delivers document events to the executions that wait for them: each is stored with its execution, even if it comes
before that waits."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from shared import log
from shared.automations.actions.action import Awaited
from shared.automations.catalog.registry import find_action
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
from shared.kit.fields import Fields
from shared.store import large_values
from shared.store.changes import Change

_MAX_SIGNALS = 20  # stored events for one step of an execution: it needs the first alone, and very many may come
_INLINE_BYTES = 300_000  # of such events in an execution's own document; further ones are documents of their own


def awaited(steps: list[Step]) -> Iterator[tuple[Step, Awaited]]:
    """Yields each step of a definition that waits for an event, with the event."""
    for step in (instruction.step for instruction in program.compiled(steps)):
        if action := find_action(step.action):
            yield from ((step, event) for event in action.awaits(step.config))


def subscriptions_of(steps: list[Step]) -> dict[str, dict[str, str | None]]:
    """Lists by event the steps that wait for it, each with its `match` condition."""
    matches: dict[str, dict[str, str | None]] = {}
    for step, event in awaited(steps):
        matches.setdefault(event.event, {})[step.id] = event.match.source if event.match else None
    return matches


def to_settle(before: Automation | None, after: Automation | None) -> list[Write]:
    """Builds the writes that subscribe the automation's steps to the events they wait for, where these change.

    Executions of an earlier definition still wait for its events: while any is under way, their subscriptions stay. One
    query asks for such executions.
    """
    old = subscriptions_of(before.steps) if before else {}
    new = subscriptions_of(after.steps) if after else {}
    changed = [event for event in {**old, **new} if old.get(event) != new.get(event)]
    if after is None:
        return [subscriptions.to_await_no_more(before.user_id, before.id, event) for event in changed] if before else []
    waiting = bool(before and any(event in old for event in changed)) and _has_executions_under_way(after)
    writes = []
    for event in changed:
        if event in new or waiting:
            matches = [*new.get(event, {}).values(), *(old.get(event, {}).values() if waiting else ())]
            matched = any(match is not None for match in matches) or (None if waiting else False)
            writes.append(subscriptions.to_await(after, event, new.get(event, {}), matched=matched))
        else:
            writes.append(subscriptions.to_await_no_more(after.user_id, after.id, event))
    return writes


def _has_executions_under_way(automation: Automation) -> bool:
    """Whether an execution of the automation has not ended: one query."""
    where: list[Where] = [("automation_id", "==", automation.id), ("completed_at", "==", None)]
    return bool(run_store.executions.select(automation.user_id, where=where, limit=1))


def deliver(change: Change, subscribed: Mapping[str, Subscription]) -> None:
    """Stores the change as a signal of every execution that waits for it, or will: a query for every 300 executions of
    an automation that waits, one batch.

    A second delivery changes nothing: the signal carries the event's id.
    """
    signalled: list[tuple[Execution, Write]] = []
    large: list[Write] = []
    for event, subscription in subscribed.items():
        for automation_id, listed in subscription.awaiting.items():
            for execution in _candidates(change, automation_id, listed):
                if awaiting := _awaiting(change, execution, _awaiting_steps(execution, event, listed)):
                    signal, beside = _signal(change, execution)
                    fields = {field_path("signals", step, change.event_id): signal for step in awaiting}
                    fields |= run_store.sweep_soon()
                    signalled.append((execution, run_store.executions.to_update(change.uid, execution.id, fields)))
                    large += beside
    if signalled:
        _write(signalled, large)


def _write(signalled: Sequence[tuple[Execution, Write]], large: Sequence[Write]) -> None:
    """Commits the signals, large fields first, so that no signal names a missing document, and hands the executions
    over.

    Raises Unavailable if a later delivery may succeed; a signal that the store refuses for good is logged for the user.
    """
    client = firestore.client()
    client.apply_each(large)
    refusals = client.batch_write([write for _, write in signalled])
    outcomes = [(execution, refused) for (execution, _), refused in zip(signalled, refusals, strict=True)]
    queue.hand_over(queue.message(execution) for execution, refused in outcomes if refused is None)
    passing: AppError | None = None
    entries: list[Write] = []
    for execution, refused in outcomes:
        if refused is None or isinstance(refused, NotFound):  # the execution was deleted
            continue
        if refused.retriable:
            passing = refused
            continue
        reason = f"It missed an event that it waits for: {refused.detail}"
        entries.append(notices.log_entry(execution, "warning", reason, refused))
    client.apply_each(entries)
    if passing:
        raise passing


def _candidates(change: Change, automation_id: str, listed: Awaiting) -> Iterator[Execution]:
    where: list[Where] = [("automation_id", "==", automation_id), ("completed_at", "==", None)]
    if listed.by_subject:
        where.append(("subject", "==", subject_of(change.collection, change.id, change.after or {})))
    return run_store.executions.each(change.uid, where=where)


def _awaiting_steps(execution: Execution, event: str, listed: Awaiting) -> Matches:
    """The steps of the execution's definition that wait for the event: a read for an earlier definition, once a
    process."""
    if listed.definition in (None, execution.definition):
        return listed.steps
    return _awaited_by(execution.user_id, execution.automation_id, execution.definition).get(event, {})


@lru_cache(maxsize=128)
def _awaited_by(uid: str, automation_id: str, definition: int) -> dict[str, dict[str, str | None]]:
    return subscriptions_of(definition_store.load_definition(uid, automation_id, definition) or [])


def _awaiting(change: Change, execution: Execution, steps: Matches) -> list[str]:
    """The steps of the execution that the change is for.

    None if the change is the event that started the execution, or happened before that and was delivered late.
    """
    event = execution.event
    earlier = event.collection is not None and event.at is not None and change.time < event.at
    if earlier or event.id.rpartition(":")[0] == change.event_id:
        return []
    subject = subject_of(change.collection, change.id, change.after or {})
    return [
        step
        for step, match in steps.items()
        if len(execution.signals.get(step, ())) < _MAX_SIGNALS
        and (execution.subject == subject if match is None else _matches(change, execution, match))
    ]


def _signal(change: Change, execution: Execution) -> tuple[Fields, list[Write]]:
    """The signal that the execution stores, and the writes of its fields if they are large or many signals are
    stored."""
    fields = {"data": snapshot(dict(change.after or {}))}
    signal = {"at": change.time, "collection": change.collection, "document_id": change.id}
    if large_values.fits_inline(fields) and sizes.of_value(execution.signals) < _INLINE_BYTES:
        return signal | fields, []
    return spills.to_keep_signal(execution, change.event_id, signal, fields)


def _matches(change: Change, execution: Execution, match: str) -> bool:
    try:
        whole = execution.model_copy(update={"event": spills.load_event(execution)})
        scope = {"prospect": {"id": execution.subject}, **variables(whole, []), **versions(change)}
        return expressions.holds(match, scope)
    except AppError as error:
        if error.retriable:
            raise
        log.warning("a match cannot be evaluated", execution_id=execution.id, reason=error.detail)
        return False
