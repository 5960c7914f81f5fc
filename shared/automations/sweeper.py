"""Nothing depends on a message arriving: whatever is overdue is sent to the runners again."""

from datetime import timedelta

from shared.automations import queue, repository
from shared.gcp import firestore
from shared.kit import clock

BATCH = 500
_AGAIN = timedelta(minutes=2)


def sweep() -> dict[str, int]:
    """One query, one batch, one publish. Postponed first, with the version as a precondition: two
    sweeps at once, or a runner that has moved on, send nothing twice."""
    overdue = repository.overdue(BATCH)
    postponed = firestore.client().batch_write(
        [
            repository.executions.to_update(e.user_id, e.id, {"due_at": clock.now() + _AGAIN}, version=e.version)
            for e in overdue
        ]
    )
    stalled = [e for e, outcome in zip(overdue, postponed, strict=True) if outcome is None]
    queue.hand_over(queue.message(e, swept=True) for e in stalled)
    return {"overdue": len(overdue), "sent": len(stalled)}
