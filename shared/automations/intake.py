"""What follows from one document event, committed at once: activity and executions.

Every document made here has an id derived from the event, and is written with create. A second
delivery of the event therefore fails as a whole, which says that all of it was done before.
"""

from collections.abc import Mapping

from shared import log
from shared.automations import eager, endings, queue, repository, signals, spills
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
    begun = eager.begin(executions, listening) if change.fresh else {}
    if not _commit(effects, executions, begun):
        begun = {}
        _commit(effects, executions, begun)
    messages = [queue.message(execution) for execution in executions if execution.id not in begun]
    for journal in begun.values():
        messages += eager.follow_up(journal)
    queue.hand_over(messages)
    signals.deliver(change, listening)


def _commit(effects: list[Write], executions: list[Execution], begun: Mapping[str, Journal]) -> bool:
    """Whether it is done: not where runs that were begun are refused. All else that is refused is raised."""
    changes = list(effects)
    for execution in executions:
        journal = begun.get(execution.id)
        changes += journal.changes if journal else spills.to_start(execution)
    if not changes:
        return True
    try:
        firestore.client().commit(changes)
    except AppError as refused:
        if begun:
            return False
        if not isinstance(refused, AlreadyExists):
            raise
        return True  # by a delivery that may have died before it published: that does no harm twice
    if executions:
        log.info("executions started", started=[execution.id for execution in executions])
    return True
