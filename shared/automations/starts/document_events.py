"""Commits what follows from one document event, at once: activity, counts, executions, deliveries to webhooks.

Every document that this module creates has an id derived from the event. The commit of a second delivery therefore
fails as a whole, which proves that the first was committed.

If the store refuses the whole commit for good, such as for its size, each execution is committed on its own: a refused
execution is logged for the user, and keeps no other from starting.
"""

from collections.abc import Mapping, Sequence
from itertools import chain

from shared import log
from shared.automations.definitions.restrictions import Reentry
from shared.automations.engine import reservations
from shared.automations.engine.journal import Journal
from shared.automations.runs import create, entries, holds, queue, spills
from shared.automations.runs.models import Execution
from shared.automations.starts import awaited_events, blocked, inline, webhook_deliveries
from shared.automations.starts.blocked import Blocked
from shared.automations.starts.matching import starts, subscribed
from shared.domains.activity import feed
from shared.domains.activity import service as activity
from shared.domains.analytics import counting, rollups
from shared.domains.webhooks import outbox
from shared.domains.webhooks.models import Delivery
from shared.errors import AlreadyExists, AppError
from shared.gcp import firestore
from shared.gcp.writes import Write
from shared.store.changes import Change

_Deliveries = Mapping[str, Sequence[Delivery]]  # of an execution's start, by its id


def take(change: Change) -> None:
    """Starts the executions of a change and delivers the change to webhooks and waiting executions: at most one round
    trip of reads, one commit, one publish.

    If an automation restricts re-entry, its execution is committed on its own (`entries.start`).
    """
    listening = subscribed(change)
    executions: list[Execution] = []
    restricted: list[tuple[Execution, Reentry]] = []
    effects = [activity.repository.to_create(event) for event in feed.describe(change)]
    effects += counting.of_event(change, proven=bool(effects))
    for start in starts(change, listening):
        if isinstance(start, Blocked):
            effects.append(blocked.blocked_entry(change.uid, start))
            continue
        reentry = listening[start.triggered_by].automations[start.automation_id].reentry
        if entries.restricts(reentry, start):
            restricted.append((start, reentry))
        else:
            reservations.begin(start, listening[start.triggered_by].automations[start.automation_id].ahead)
            executions.append(start)
    deliveries = webhook_deliveries.of_change(change, listening)
    effects += outbox.to_create(deliveries)
    starting = [*executions, *(run for run, _ in restricted)]
    of_starts = {run.id: webhook_deliveries.of_start(run, listening[run.triggered_by]) for run in starting}
    journals = inline.begin(change, executions, listening)
    if journals and not _commit_with_first_steps(effects, executions, of_starts, journals):
        journals = {}
    if not journals:
        executions = list(_start(change, effects, executions, of_starts))
    executions += [run for run, reentry in restricted if _enter(change, run, reentry, of_starts)]
    messages = [queue.message(run) for run in executions if run.id not in journals and not run.paused]
    for journal in journals.values():
        messages += inline.follow_up(journal)
    queue.hand_over(messages)
    holds.release_late([run for run in executions if run.paused])
    outbox.hand_over(chain(deliveries, *(of_starts[run.id] for run in executions)))
    awaited_events.deliver(change, listening)


def _enter(change: Change, execution: Execution, reentry: Reentry, of_starts: _Deliveries) -> bool:
    """Starts an execution if its contact may enter the automation; else logs the reason, as for one refused for
    good."""
    try:
        beside = [*outbox.to_create(of_starts[execution.id]), *blocked.held_entries(execution)]
        earlier = entries.start(execution, reentry, beside=beside)
    except AppError as refused:
        if refused.retriable:
            raise
        firestore.client().commit([blocked.blocked_entry(change.uid, _not_started(change, execution, refused))])
        return False
    if earlier:
        firestore.client().commit([blocked.not_entered_entry(execution, earlier, reentry)])
        return False
    _log([execution])
    return True


def _commit_with_first_steps(
    effects: Sequence[Write], executions: Sequence[Execution], of_starts: _Deliveries, journals: Mapping[str, Journal]
) -> bool:
    """Commits the executions with the first steps that `journals` hold; False if the store refuses that, for any
    reason."""
    changes = list(effects)
    for execution in executions:
        journal = journals.get(execution.id)
        start = journal.to_commit() if journal else spills.to_create(execution)
        changes += _counted(execution, start, of_starts[execution.id])
    try:
        _, counted = firestore.client().commit_counted(rollups.merged(changes))
    except AppError:
        return False
    reservations.remember(executions, counted)
    _log(executions)
    return True


def _start(
    change: Change, effects: Sequence[Write], executions: Sequence[Execution], of_starts: _Deliveries
) -> Sequence[Execution]:
    """Commits all executions, or each on its own if the store refuses that for good. Answers those that are stored now.

    Raises Unavailable; and the store's refusal of the activity, once the executions are started.
    """
    each = [_counted(run, spills.to_create(run), of_starts[run.id]) for run in executions]
    changes = [*effects, *chain.from_iterable(each)]
    if not changes:
        return []
    refused = _refusal(changes, executions)
    if refused is None:
        _log(executions)
        return executions
    if not executions:
        _keep_uncounted(effects, refused)
        return []
    outcomes = [_refusal(writes) for writes in each]
    started = [run for run, refusal in zip(executions, outcomes, strict=True) if refusal is None]
    _log(started)
    entries_of_refused = [
        blocked.blocked_entry(change.uid, _not_started(change, run, refusal))
        for run, refusal in zip(executions, outcomes, strict=True)
        if refusal
    ]
    firestore.client().apply_each(entries_of_refused)
    if effects and (refused := _refusal(effects)):
        try:
            _keep_uncounted(effects, refused)
        except AppError:
            queue.hand_over(queue.message(run) for run in started)
            raise
    return started


def _keep_uncounted(effects: Sequence[Write], refused: AppError) -> None:
    """Commits what the store has refused for good without the counts, which the nightly check makes up for. Raises the
    refusal where that is not the reason."""
    others = rollups.without(effects)
    if not others or len(others) == len(effects) or _refusal(others):
        raise refused
    log.warning("an event is not counted", error=refused.detail)


def _refusal(changes: Sequence[Write], starting: Sequence[Execution] = ()) -> AppError | None:
    """Commits writes; answers the store's final refusal, None if they are stored. Raises Unavailable.

    An earlier delivery may have stored them, and died before it published: publishing again does no harm.
    """
    try:
        _, counted = firestore.client().commit_counted(changes)
        reservations.remember(starting, counted)
    except AlreadyExists:
        return None
    except AppError as refused:
        if refused.retriable:
            raise
        return refused
    return None


def _counted(execution: Execution, start: Sequence[Write], deliveries: Sequence[Delivery]) -> list[Write]:
    notes = [*blocked.held_entries(execution), *outbox.to_create(deliveries)]
    return [*start, create.to_count(execution), *reservations.to_begin(execution), *notes]


def _not_started(change: Change, execution: Execution, refused: AppError) -> Blocked:
    document = {"collection": change.collection, "document_id": change.id}
    reason = f"Its run cannot be stored: {refused.detail}."
    return Blocked(execution.automation_id, execution.automation_name, execution.event.id, reason, document=document)


def _log(started: Sequence[Execution]) -> None:
    if started:
        log.info("executions started", started=[execution.id for execution in started])
