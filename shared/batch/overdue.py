"""Sends lanes to the workers again whose task got lost or whose worker died; it never does an item itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.batch import lanes
from shared.batch.models import Lane
from shared.batch.repository import lanes as repository
from shared.kit import clock
from shared.store.sweeps import Sweep

BATCH = 100  # the tasks of a batch are created one after the other
_AGAIN = timedelta(minutes=2)


def sweep() -> dict[str, int]:
    """A query and a batch for each 100, a task for each lane. Postponed first, with the version as a precondition: two
    sweeps at once send nothing twice."""
    this = Sweep("overdue", "sent", threads=16)
    this.each(repository.overdue(clock.now(), BATCH), lambda late: _send(this, late))
    return this.done()


def _send(sweep: Sweep, late: Sequence[Lane]) -> None:
    again: dict[str, datetime] = {"due_at": clock.now() + _AGAIN}
    written = sweep.write(late, lambda old: repository.to_update(old.user_id, old.id, again, version=old.version))
    sweep.count(overdue=len(late))
    for lane in written:
        if sweep.late():  # these are overdue again in two minutes
            return
        lanes.hand_over(lane.user_id, [int(lane.id)], f"overdue {lane.due_at}", ticket=lane.ticket)
        sweep.count(sent=1)
