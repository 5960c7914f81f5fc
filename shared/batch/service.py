"""Makes jobs, lists them, holds them up, lets them go on, ends them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zlib import crc32

from shared.batch import lanes, selection
from shared.batch.models import (
    ENDED,
    RETENTION,
    UNDER_WAY,
    BatchRetry,
    Chosen,
    Job,
    JobQuery,
    JobStatus,
    Outcome,
    OutcomeQuery,
    Piece,
    Started,
    outcome_id,
    packed,
)
from shared.batch.operations.base import Operation
from shared.batch.repository import jobs, outcomes, pieces
from shared.batch.selection import Selected
from shared.errors import AlreadyExists, BadRequest, Conflict, Invalid
from shared.gcp import firestore
from shared.kit import clock, ids
from shared.kit.ids import derived_id
from shared.kit.paging import Page
from shared.kit.schema import stamp
from shared.store.optimistic import Edit

MAX_UNDER_WAY = 20  # jobs of a user
_MOST, _FEWEST, _PARTS = 500, 25, 16  # items of a piece; the pieces that a job has if its size allows
_MOST_BYTES = 300_000  # of a piece: a document has room for three times that
_COMMITTED = 20  # pieces of one commit


def start(uid: str, operation: Operation[Any], body: Chosen, *, dry_run: bool = False) -> Started:
    """Make a job: one query, a commit (another for each 6 MB of items), and a task for each lane that it uses.

    Raises Invalid for a selection of nothing or too much, Conflict where too many jobs are under way.
    """
    operation.check(uid, body)
    selected = selection.of(uid, operation, body)
    if dry_run:
        return Started(plan=selection.plan(uid, operation, body, selected))
    return Started(job=_begun(uid, operation, body, selected))


def begin(uid: str, operation: Operation[Any], body: Chosen, **more: Any) -> Job:
    """Make a job as `start` does."""
    operation.check(uid, body)
    return _begun(uid, operation, body, selection.of(uid, operation, body), **more)


def _begun(uid: str, operation: Operation[Any], body: Chosen, selected: Selected, **more: Any) -> Job:
    job = Job(
        **stamp(uid),
        operation=operation.name,
        options=operation.options(body),
        total=len(selected.items),
        duplicates=selected.duplicates,
        **more,
    )
    return _store(job, selected.items)


def _store(job: Job, values: Sequence[Any], origins: Sequence[str] = ()) -> Job:
    """Store a job with its pieces; those that one commit does not hold come first: without a job they expire."""
    if ids.repeating() and (earlier := jobs.find(job.user_id, job.id)):
        return earlier  # by an attempt at this request that died
    if jobs.count_under_way(job.user_id) >= MAX_UNDER_WAY:
        raise Conflict(f"{MAX_UNDER_WAY} batch jobs are under way already; wait for one, or cancel one.")
    parts = divided(job, values, origins)
    used = {piece.lane for piece in parts}
    while len(parts) > _COMMITTED:
        firestore.client().commit([pieces.to_put(piece) for piece in parts[:_COMMITTED]])
        parts = parts[_COMMITTED:]
    beside = [pieces.to_put(piece) for piece in parts]
    stored = jobs.create(job, beside=[*beside, *lanes.to_wake(job.user_id, used)])
    lanes.hand_over(job.user_id, used, job.id)
    return stored


def divided(job: Job, values: Sequence[Any], origins: Sequence[str] = ()) -> list[Piece]:
    """The pieces of a job, spread over the lanes."""
    size = min(_MOST, max(_FEWEST, -(-len(values) // _PARTS)))
    parts: list[Piece] = []
    first = 0
    while first < len(values):
        share = size
        while share > 1 and len(packed(list(values[first : first + share]))) > _MOST_BYTES:
            share //= 2
        rows = list(values[first : first + share])
        lane = (crc32(job.id.encode()) + len(parts)) % lanes.LANES
        parts.append(
            Piece(
                **stamp(job.user_id, f"{job.id}~{first}", at=job.created_at),
                job_id=job.id,
                lane=lane,
                first=first,
                targets=packed(rows),
                origins=packed(list(origins[first : first + share])) if origins else b"",
                size=len(rows),
                expires_at=job.created_at + RETENTION,
            )
        )
        first += len(rows)
    return parts


def list_page(uid: str, query: JobQuery) -> Page[Job]:
    """A page of jobs, the newest first: one query, its total."""
    return jobs.of_status(uid, query.status, query.limit, query.cursor)


def get(uid: str, id: str) -> Job:
    """One read; raises NotFound."""
    return jobs.get(uid, id)


def items(uid: str, id: str, query: OutcomeQuery) -> Page[Outcome]:
    """A page of the items that are settled: one query, its total; a read of the job where there is none. Raises
    NotFound."""
    jobs.path(uid, id)
    page = outcomes.of_job(uid, id, query.status, query.limit, query.cursor)
    if not page.total:
        jobs.get(uid, id)
    return page


def pause(uid: str, id: str) -> Job:
    """Hold a job up within a handful of items: one read, one commit. Raises Conflict for one that is not under way."""
    return _turn(uid, id, UNDER_WAY, "paused")


def resume(uid: str, id: str) -> Job:
    """Let a job that is paused, or failed, go on where it was: one read, one commit, a task a lane. Raises Conflict for
    another."""
    every = range(lanes.LANES)
    afresh = {"error": None, "completed_at": None}
    job = _turn(uid, id, ("paused", "failed"), "queued", beside=lanes.to_wake(uid, every), **afresh)
    lanes.hand_over(uid, every, f"{id} {job.version}")
    return job


def cancel(uid: str, id: str) -> Job:
    """End a job within a handful of items: one read, one commit. What is done stays. Raises Conflict once it ended."""
    return _turn(uid, id, (*UNDER_WAY, "paused"), "cancelled", completed_at=clock.now())


def _turn(
    uid: str, id: str, before: Sequence[JobStatus], after: JobStatus, *, beside: Sequence[Any] = (), **more: Any
) -> Job:
    def change(job: Job) -> Edit[None]:
        if job.status not in before:
            raise Conflict(f"This job is {job.status}; only one that is {' or '.join(before)} can become {after}.")
        return Edit({"status": after, "updated_at": clock.now(), **more}, beside, None)

    return jobs.edit_with(uid, id, change)[0]


def retry(uid: str, id: str, data: BatchRetry) -> Job:
    """Make a job of the items that failed, or of some of them: a read for each, and what a new job costs.

    The same call again answers the same job, unless others have failed since. What an item makes it makes once, however
    often it is tried. Raises Conflict for a job that has not ended, BadRequest where nothing failed.
    """
    job = jobs.get(uid, id)
    if job.status not in ENDED:
        raise Conflict(f"This job is {job.status}; its failures can be tried again once it has ended.")
    failed = _failures(uid, id, data.numbers)
    numbers = ",".join(str(each.number) for each in failed)
    again = Job(
        **stamp(uid, derived_id("batch retry", id, numbers)),
        operation=job.operation,
        options=job.options,
        total=len(failed),
        retry_of=id,
        subject=job.subject,
    )
    if earlier := jobs.find(uid, again.id):
        return earlier
    try:
        return _store(again, [each.value for each in failed], [each.origin or each.id for each in failed])
    except AlreadyExists:
        return jobs.get(uid, again.id)


def _failures(uid: str, id: str, numbers: Sequence[int] | None) -> list[Outcome]:
    """The records of a job's items that failed, in their order; of these numbers, or of all. Raises Invalid for a
    number that has not failed, BadRequest where none has."""
    if numbers is None:
        failed = [*outcomes.failed(uid, id)]
        if not failed:
            raise BadRequest("No item of this job has failed.")
        return failed
    wanted = sorted({*numbers})
    ids = [outcome_id(id, number) for number in wanted]
    records = outcomes.of_ids(uid, ids)
    for number, each in zip(wanted, ids, strict=True):
        if each not in records or records[each].status != "failed":
            raise Invalid.at("numbers", f"item {number} has not failed")
    return [records[each] for each in ids]


def delete(uid: str, id: str, version: datetime | None = None) -> None:
    """Delete a job, which ends it, and what belongs to it: one commit, then a query and a batch for each 500."""
    jobs.delete(uid, id, version=version)
    pieces.delete_each(uid, [("job_id", "==", id)])
    outcomes.delete_each(uid, [("job_id", "==", id)])
