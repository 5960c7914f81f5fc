"""What follows from one document event, committed at once: activity and executions.

Every document made here has an id derived from the event, and is written with create. A second
delivery of the event therefore fails as a whole, which says that all of it was done before.
"""

from collections.abc import Mapping

from shared import log
from shared.automations import eager, endings, queue, repository, signals
from shared.automations.journal import Journal
from shared.automations.models import Execution
from shared.automations.start import Blocked, starts, subscribed
from shared.domains.activity import feed
from shared.domains.activity import models as activity
from shared.domains.changes import Change
from shared.errors import AlreadyExists, AppError
from shared.gcp import firestore
from shared.gcp.writes import Write


def take(change: Change) -> None:
    """Derive, begin, commit, hand over: at most one round trip of reads, one commit, one publish."""
    listening = subscribed(change)
    executions: list[Execution] = []
    effects = [activity.repository.to_create(event) for event in feed.describe(change)]
    for start in starts(change, listening):
        if isinstance(start, Blocked):
            effects.append(endings.blocked_entry(change.uid, start))
        else:
            executions.append(start)
            effects.append(repository.to_count_execution(start))
    begun = eager.begin(executions, listening)
    if begun and not _commit(effects, executions, begun):
        begun = {}
    if not begun:
        _commit(effects, executions, begun)
    for journal in begun.values():
        eager.follow_up(journal)
    queue.hand_over(queue.message(execution) for execution in executions if execution.id not in begun)
    signals.deliver(change, listening)


def _commit(effects: list[Write], executions: list[Execution], begun: Mapping[str, Journal]) -> bool:
    """Whether it was done now. What was done before may have died before it published: that does no harm twice."""
    changes = list(effects)
    for execution in executions:
        journal = begun.get(execution.id)
        changes += journal.changes if journal else [repository.executions.to_create(execution)]
    if not changes:
        return True
    try:
        firestore.client().commit(changes)
    except AppError as refused:
        if refused.retriable or not (begun or isinstance(refused, AlreadyExists)):
            raise
        return False
    if executions:
        log.info("executions started", started=[execution.id for execution in executions])
    return True
