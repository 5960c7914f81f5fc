"""Sends deliveries to the workers again whose task got lost or whose worker died; it never sends one itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.domains.webhooks import outbox
from shared.domains.webhooks.models import Delivery
from shared.domains.webhooks.repository import deliveries
from shared.kit import clock
from shared.store.sweeps import Sweep

BATCH = 100  # the tasks of a batch are created one after the other
_THREADS = 16
_AGAIN = timedelta(minutes=2)


def sweep() -> dict[str, int]:
    """A query and a batch for each 100, a task for each delivery. Postponed first, with the version as a
    precondition: two sweeps at once send nothing twice."""
    this = Sweep("overdue", "sent", threads=_THREADS)
    this.each(deliveries.overdue(clock.now(), BATCH), lambda late: _send(this, late))
    return this.done()


def _send(sweep: Sweep, late: Sequence[Delivery]) -> None:
    now = clock.now()
    again: dict[str, datetime] = {"due_at": now + _AGAIN, "next_attempt_at": now}
    written = sweep.write(late, lambda old: deliveries.to_update(old.user_id, old.id, again, version=old.version))
    sweep.count(overdue=len(late))
    for delivery in written:
        if sweep.late():  # these are overdue again in two minutes
            return
        outbox.hand_over([delivery.model_copy(update=again)])
        sweep.count(sent=1)
