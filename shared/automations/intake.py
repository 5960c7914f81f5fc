"""What follows from one document event, committed at once: activity and executions.

Every document made here has an id derived from the event, and is written with create. A second
delivery of the event therefore fails as a whole, which says that all of it was done before.
"""

from contextlib import suppress

from shared import log
from shared.automations import queue, repository
from shared.automations.start import executions_for
from shared.domains.activity import feed
from shared.domains.activity import models as activity
from shared.domains.changes import Change
from shared.errors import AlreadyExists
from shared.gcp import firestore


def take(change: Change) -> None:
    """Derive, commit, hand over: at most one read, one commit, one publish."""
    told = feed.describe(change)
    executions = executions_for(change)
    effects = [activity.repository.to_create(event) for event in told]
    for execution in executions:
        effects += [repository.executions.to_create(execution), repository.to_count_execution(execution)]
    if not effects:
        return
    # Done before? Then that delivery may have died before it published, and publishing twice does no harm.
    with suppress(AlreadyExists):
        firestore.client().commit(effects)
        if executions:
            log.info("executions started", started=[execution.id for execution in executions])
    if executions:
        queue.hand_over(
            queue.RunMessage(uid=e.user_id, execution_id=e.id, automation_id=e.automation_id) for e in executions
        )
