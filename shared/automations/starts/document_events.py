"""What follows from one document event, committed at once: activity, executions, deliveries to webhooks.

Every document made here has an id derived from the event, and is written with create. A second
delivery of the event therefore fails as a whole, which says that all of it was done before.

Where the store refuses the whole for good, such as for its size, each execution is committed on its own: one
that is refused is told of in the system log, and keeps no other from starting.
"""

from collections.abc import Mapping, Sequence
from itertools import chain

from shared import log
from shared.automations.definitions.restrictions import Reentry
from shared.automations.engine.journal import Journal
from shared.automations.runs import create, entries, holds, queue, spills
from shared.automations.runs.models import Execution
from shared.automations.starts import awaited_events, blocked, inline, webhook_deliveries
from shared.automations.starts.blocked import Blocked
from shared.automations.starts.matching import starts, subscribed
from shared.domains.activity import feed
from shared.domains.activity import service as activity
from shared.domains.webhooks import outbox
from shared.domains.webhooks.models import Delivery
from shared.errors import AlreadyExists, AppError
from shared.gcp import firestore
from shared.gcp.writes import Write
from shared.store.changes import Change

_Deliveries = Mapping[str, Sequence[Delivery]]  # of an execution's start, by its id


def take(change: Change) -> None:
    """Derive, begin, commit, hand over: at most one round trip of reads, one commit, one publish.

    Where an automation restricts that contacts enter it again, its run is committed on its own (`entries.start`).
    """
    listening = subscribed(change)
    executions: list[Execution] = []
    restricted: list[tuple[Execution, Reentry]] = []
    effects = [activity.repository.to_create(event) for event in feed.describe(change)]
    for start in starts(change, listening):
        if isinstance(start, Blocked):
            effects.append(blocked.blocked_entry(change.uid, start))
            continue
        reentry = listening[start.triggered_by].automations[start.automation_id].reentry
        if entries.restricts(reentry, start):
            restricted.append((start, reentry))
        else:
            executions.append(start)
    deliveries = webhook_deliveries.of_change(change, listening)
    effects += outbox.to_create(deliveries)
    starting = [*executions, *(run for run, _ in restricted)]
    of_starts = {run.id: webhook_deliveries.of_start(run, listening[run.triggered_by]) for run in starting}
    begun = inline.begin(executions, listening) if change.fresh else {}
    if begun and not _begun(effects, executions, of_starts, begun):
        begun = {}
    if not begun:
        executions = list(_start(change, effects, executions, of_starts))
    executions += [run for run, reentry in restricted if _enter(change, run, reentry, of_starts)]
    messages = [queue.message(run) for run in executions if run.id not in begun and not run.paused]
    for journal in begun.values():
        messages += inline.follow_up(journal)
    queue.hand_over(messages)
    holds.let_late_ones_go([run for run in executions if run.paused])
    outbox.hand_over(chain(deliveries, *(of_starts[run.id] for run in executions)))
    awaited_events.deliver(change, listening)


def _enter(change: Change, execution: Execution, reentry: Reentry, of_starts: _Deliveries) -> bool:
    """Start the run if its contact may enter the automation; else, or if the store refuses it for good, say why not."""
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


def _begun(
    effects: Sequence[Write], executions: Sequence[Execution], of_starts: _Deliveries, begun: Mapping[str, Journal]
) -> bool:
    """Commit all, the runs that were begun as far as they are; False where that is refused, for whatever reason."""
    changes = list(effects)
    for execution in executions:
        journal = begun.get(execution.id)
        start = journal.to_commit() if journal else spills.to_create(execution)
        changes += _counted(execution, start, of_starts[execution.id])
    try:
        firestore.client().commit(changes)
    except AppError:
        return False
    _log(executions)
    return True


def _start(
    change: Change, effects: Sequence[Write], executions: Sequence[Execution], of_starts: _Deliveries
) -> Sequence[Execution]:
    """Commit all, or if the store refuses that for good, each on its own. Answers the executions that there are now.

    Raises Unavailable; and what the store refuses of the activity, once the executions are started.
    """
    each = [_counted(run, spills.to_create(run), of_starts[run.id]) for run in executions]
    changes = [*effects, *chain.from_iterable(each)]
    if not changes:
        return []
    refused = _refusal(changes)
    if refused is None:
        _log(executions)
        return executions
    if not executions:
        raise refused
    outcomes = [_refusal(writes) for writes in each]
    started = [run for run, refusal in zip(executions, outcomes, strict=True) if refusal is None]
    _log(started)
    told = [
        blocked.blocked_entry(change.uid, _not_started(change, run, refusal))
        for run, refusal in zip(executions, outcomes, strict=True)
        if refusal
    ]
    firestore.client().apply_each(told)
    if effects and (refused := _refusal(effects)):
        queue.hand_over(queue.message(run) for run in started)
        raise refused
    return started


def _refusal(changes: Sequence[Write]) -> AppError | None:
    """Commit: None if that is done, also by a delivery that may have died before it published, which does no harm
    twice. Raises Unavailable."""
    try:
        firestore.client().commit(changes)
    except AlreadyExists:
        return None
    except AppError as refused:
        if refused.retriable:
            raise
        return refused
    return None


def _counted(execution: Execution, start: Sequence[Write], deliveries: Sequence[Delivery]) -> list[Write]:
    told = [*blocked.held_entries(execution), *outbox.to_create(deliveries)]
    return [*start, create.to_count(execution), *told]


def _not_started(change: Change, execution: Execution, refused: AppError) -> Blocked:
    about = {"collection": change.collection, "document_id": change.id}
    reason = f"Its run cannot be stored: {refused.detail}."
    return Blocked(execution.automation_id, execution.automation_name, execution.event.id, reason, about=about)


def _log(started: Sequence[Execution]) -> None:
    if started:
        log.info("executions started", started=[execution.id for execution in started])
