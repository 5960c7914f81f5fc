"""What follows from one document event, committed at once: activity and executions.

Every document made here has an id derived from the event, and is written with create. A second
delivery of the event therefore fails as a whole, which says that all of it was done before.
"""

from contextlib import suppress

from shared import log
from shared.automations import endings, queue, repository, signals
from shared.automations.models import Execution
from shared.automations.start import Blocked, starts, subscribed
from shared.domains.activity import feed
from shared.domains.activity import models as activity
from shared.domains.changes import Change
from shared.errors import AlreadyExists
from shared.gcp import firestore
from shared.gcp.writes import Write


def take(change: Change) -> None:
    """Derive, commit, hand over: at most one round trip of reads, one commit, one publish."""
    told = feed.describe(change)
    listening = subscribed(change)
    executions: list[Execution] = []
    effects = [activity.repository.to_create(event) for event in told]
    for start in starts(change, listening):
        if isinstance(start, Blocked):
            effects.append(endings.blocked_entry(change.uid, start))
        else:
            executions.append(start)
    for execution in executions:
        effects += [repository.executions.to_create(execution), repository.to_count_execution(execution)]
    if effects:
        _commit(effects, executions)
    if executions:
        queue.hand_over(queue.message(execution) for execution in executions)
    signals.deliver(change, listening)


def _commit(effects: list[Write], executions: list[Execution]) -> None:
    # Done before? Then that delivery may have died before it published, and publishing twice does no harm.
    with suppress(AlreadyExists):
        firestore.client().commit(effects)
        if executions:
            log.info("executions started", started=[execution.id for execution in executions])
