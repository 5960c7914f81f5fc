"""Lanes: a user's jobs are done by `LANES` workers at once at the most, however many jobs there are.

A lane is held by one worker, under a lease that it renews in time. A worker that dies leaves the lane to the sweep,
which sends another; that an item takes effect once does not rest on the lease.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from shared import log
from shared.batch.models import Job, Lane
from shared.batch.repository import lanes as repository
from shared.errors import NotFound, PreconditionFailed, Unavailable
from shared.gcp import firestore, tasks, writes
from shared.gcp.writes import Increment, Write
from shared.kit import clock
from shared.kit.ids import derived_id, new_id
from shared.kit.schema import UserMessage, stamp

LANES = 4
QUEUE = "run-batch"
_LEASE = timedelta(seconds=90)  # longer than a handful of items takes
_GRACE = timedelta(seconds=60)  # after its time, until the sweep takes a task for lost


class LaneMessage(UserMessage):
    """Which lane to serve. A lane whose turn was over has sent a task of its own, with a ticket: until that has come,
    no other task takes it. So a user waits in the queue once for each lane, however many jobs there are."""

    lane: int
    ticket: str | None = None


class Lost(Exception):
    """Another worker holds the lane now."""


def to_wake(uid: str, wanted: Iterable[int]) -> list[Write]:
    """Tell lanes that there is work, whoever holds them."""
    now = clock.now()
    return [_to_wake(Lane(**stamp(uid, str(lane), at=now), due_at=now + _GRACE)) for lane in sorted({*wanted})]


def _to_wake(lane: Lane) -> Write:
    fields = lane.model_dump(include={"created_at", "updated_at", "due_at"})
    named = {**fields, "shard": lane.stored()["shard"], "schema_version": lane.schema_version, "woken": Increment()}
    return writes.merge(repository.path(lane.user_id, lane.id), named)


def hand_over(
    uid: str, wanted: Iterable[int], why: str, *, at: datetime | None = None, ticket: str | None = None
) -> None:
    """Have workers serve lanes: a task each, once for each reason. If the queue does not answer, the sweep does it."""
    for lane in sorted({*wanted}):
        message = LaneMessage(uid=uid, lane=lane, ticket=ticket)
        name = derived_id("batch lane", uid, str(lane), why)
        try:
            tasks.create(QUEUE, name=name, function="run_batch", body=message.model_dump(), at=at or clock.now())
        except Unavailable as error:
            log.warning("left to the sweep", reason=error.detail, lane=lane)


class Held:
    """A lane that this worker holds."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.left_at = lane.piece  # where the last holder died
        self._me = lane.holder

    def keep(self, job: Job, piece: str) -> None:
        """Renew the lease, and note the piece of the job that is done now: nothing where both stand, else one commit.

        Raises Lost where another worker holds it.
        """
        now = clock.now()
        stands = self.lane.until is not None and self.lane.until - now > _LEASE / 2
        if stands and (self.lane.job, self.lane.piece) == (job.id, piece):
            return
        until = now + _LEASE
        self._change({"until": until, "due_at": until, "job": job.id, "job_at": job.created_at, "piece": piece})

    def rest(self, at: datetime | None) -> bool:
        """Leave the lane until `at`, or until there is work for it: one commit. False where there has been some since
        the lane was written last: look again."""
        seen = self.lane.woken
        due = at + _GRACE if at else None
        return self._change({**_FREE, "due_at": due, "ticket": None}, only_if=seen).woken == seen

    def leave(self) -> None:
        """Leave the lane to the task that was here, which comes again: one commit."""
        self._change({**_FREE, "due_at": clock.now() + _GRACE})

    def line_up(self) -> None:
        """Leave the lane to a task of its own, at the end of the queue: one commit, a task."""
        ticket = new_id()
        self._change({**_FREE, "due_at": clock.now() + _GRACE, "ticket": ticket})
        hand_over(self.lane.user_id, [int(self.lane.id)], ticket, ticket=ticket)

    def _change(self, fields: Mapping[str, Any], only_if: int | None = None) -> Lane:
        """As its version is now, or else, since others wake it, as it is read."""
        uid, id = self.lane.user_id, self.lane.id
        try:
            written = firestore.client().commit([repository.to_update(uid, id, fields, version=self.lane.version)])
            self.lane = repository.stamped(self.lane.model_copy(update=fields), written)
        except PreconditionFailed:
            self._change_as_read(fields, only_if)
        except NotFound as gone:  # with the account
            raise Lost from gone
        return self.lane

    def _change_as_read(self, fields: Mapping[str, Any], only_if: int | None) -> None:
        def change(current: Lane) -> Mapping[str, Any]:
            if current.holder != self._me:
                raise Lost
            return fields if only_if in (None, current.woken) else {}

        try:
            self.lane = repository.edit(self.lane.user_id, self.lane.id, change)
        except NotFound as gone:
            raise Lost from gone


_FREE = {"holder": None, "until": None, "piece": None}


def take(message: LaneMessage) -> Held | None:
    """The lane, unless another worker holds it, it waits for another task, or it is gone: one read, one commit."""
    uid, now = message.uid, clock.now()
    lane = repository.find(uid, str(message.lane))
    if lane is None or (lane.until and lane.until > now) or lane.ticket not in (None, message.ticket):
        return None
    fields = {"holder": new_id(), "until": now + _LEASE, "due_at": now + _LEASE}
    try:
        taken = repository.to_update(uid, lane.id, fields, version=lane.version)
        version = firestore.client().commit([taken])
    except (PreconditionFailed, NotFound):
        return None
    return Held(repository.stamped(lane.model_copy(update=fields), version))
