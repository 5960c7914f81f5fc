"""How far a job is: sums of its pieces, which never go back, and its end."""

from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any

from shared import log
from shared.batch.models import UNDER_WAY, Job, Piece
from shared.batch.operations import OPERATIONS
from shared.batch.repository import Sums, jobs, outcomes, pieces
from shared.domains import notifications
from shared.errors import AppError, NotFound
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.store.optimistic import Edit


def report(uid: str, job_id: str) -> None:
    """Bring a job's numbers up to what its pieces say, and end it where all are settled: a read for each piece, one of
    the job, one commit."""
    sums = pieces.sums(uid, job_id)
    ending = _summed_up(uid, job_id) if sums.settled else {}
    try:
        _bring_up(uid, job_id, sums, ending)
    except AppError as error:
        if error.retriable or not ending:
            raise
        _bring_up(uid, job_id, sums, {"status": "failed", "error": error.detail})


def _summed_up(uid: str, job_id: str) -> dict[str, Any]:
    """What the items of a job come to together, where its operation says that, as its fields: what that reads."""
    job = jobs.find(uid, job_id)
    if job is None or job.status not in UNDER_WAY:
        return {}
    operation = OPERATIONS[job.operation]
    if operation.report is None:
        return {}
    try:
        return {"report": operation.report(job, operation.body_of(job.options)).model_dump()}
    except AppError as error:
        if error.retriable:
            raise
        return {"status": "failed", "error": error.detail}
    except Exception as error:  # else it would be summed up again and again
        log.error("the report of a batch job met a bug", exception=error, job_id=job_id)
        return {"status": "failed", "error": "Something is wrong on our side; it is in our log. Try it again later."}


def recount(uid: str, job_id: str) -> None:
    """Bring a job's numbers up to what its records say, where a worker died that had not counted yet: two counts, one
    read, one commit. It matters for a job that does not go on: else the next worker counts."""
    _bring_up(uid, job_id, outcomes.sums(uid, job_id))


def fail(piece: Piece, reason: str) -> None:
    """End the job of a piece that nobody can go on with, and count: a read for each piece, one of the job, one commit.
    Resumed, the piece is tried afresh."""
    sums = pieces.sums(piece.user_id, piece.job_id)
    afresh = pieces.to_update(piece.user_id, piece.id, {"tries": 0, "stalls": 0, "retry_at": None})

    def change(job: Job) -> Edit[None]:
        if job.status not in UNDER_WAY:
            return Edit({}, (), None)
        counted = {"done": max(job.done, sums.done), "failed": max(job.failed, sums.failed)}
        fields = {**counted, "status": "failed", "error": reason, "completed_at": clock.now()}
        return Edit({**fields, "updated_at": clock.now()}, [afresh, *_to_notify(job.model_copy(update=fields))], None)

    with suppress(NotFound):  # deleted meanwhile
        jobs.edit_with(piece.user_id, piece.job_id, change)


def _bring_up(uid: str, job_id: str, sums: Sums, ending: Mapping[str, Any] = MappingProxyType({})) -> None:
    with suppress(NotFound):  # deleted meanwhile
        jobs.edit_with(uid, job_id, lambda job: _changed(job, sums, ending))


def _changed(job: Job, sums: Sums, ending: Mapping[str, Any]) -> Edit[None]:
    now = clock.now()
    fields: dict[str, Any] = {"done": max(job.done, sums.done), "failed": max(job.failed, sums.failed)}
    ends = job.status in UNDER_WAY and sums.settled
    if ends:
        fields |= {"status": "done", "completed_at": now, **ending}
    elif fields == {"done": job.done, "failed": job.failed}:
        return Edit({}, (), None)
    ended = job.model_copy(update=fields)
    notice = _to_notify(ended) if ends else []
    return Edit({**fields, "updated_at": now}, notice, None)


def _to_notify(ended: Job) -> list[Write]:
    operation = OPERATIONS.get(ended.operation)  # there is none in code that is older than the job
    return [notifications.to_put(_notice(ended))] if operation is None or operation.notifies else []


def _notice(job: Job) -> notifications.Notification:
    title = "A batch job could not go on" if job.status == "failed" else "A batch job ended"
    failed = f" {job.failed:,} failed: their reasons are in the job's items." if job.failed else ""
    why = f" {job.error}" if job.error else ""
    return notifications.build(
        job.user_id,
        f"{title}: {job.operation.replace('_', ' ')}",
        f"{job.done:,} of {job.total:,} were done.{failed}{why}",
        id=derived_id("batch job ended", job.id),
        priority="medium" if job.failed or job.error else "low",
        metadata={"job_id": job.id},
    )
