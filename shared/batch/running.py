"""Serves a lane: piece after piece, of one job after the other, until nothing is left or the turn is over."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared import context, log
from shared.batch import lanes, pieces, progress
from shared.batch.lanes import Held, LaneMessage, Lost
from shared.batch.models import UNDER_WAY, Job, Lane, Piece
from shared.batch.operations import OPERATIONS
from shared.batch.operations.base import Perform
from shared.batch.repository import jobs as stored_jobs
from shared.batch.repository import pieces as stored_pieces
from shared.batch.service import MAX_UNDER_WAY
from shared.context import Principal
from shared.errors import AppError, Conflict, NewerSchema, NotFound, PreconditionFailed
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.runtime import accounts

_HOPELESS = pieces.GIVEN_UP + 3  # deaths at one place, once the items there were given up
_TURN = timedelta(seconds=60)  # of a lane, before other users' lanes come
_AT_A_JOB = timedelta(seconds=10)  # before the user's next job comes
_REPORTED = timedelta(seconds=3)  # between two reports of how far a job is


@dataclass(frozen=True)
class Next:
    """What a lane does next: a piece of a job, or waits until `at`; neither where nothing is left."""

    job: Job | None = None
    piece: Piece | None = None
    at: datetime | None = None


def serve(message: LaneMessage) -> None:
    """Take a lane, and do its pieces for a turn. Of two workers one leaves at once."""
    call = context.current()
    call.principal, call.background = Principal(message.uid), True
    held = lanes.take(message)
    if held is None:
        return
    try:
        _serve(held, message, clock.now() + _TURN)
    except Lost:
        return
    except AppError:
        with suppress(Lost):
            held.leave()  # its task comes again
        raise


def _serve(held: Held, message: LaneMessage, until: datetime) -> None:
    uid, lane = message.uid, message.lane
    if held.left_at:
        _mend(uid, held.left_at)
    while not accounts.is_closed(uid):
        following = _next(held.lane)
        if following.job and following.piece:
            _at_a_job(held, following.job, following.piece, min(until, clock.now() + _AT_A_JOB))
            if clock.now() >= until:
                held.line_up()
                return
        elif held.rest(following.at):
            if following.at:
                lanes.hand_over(uid, [lane], derived_id("later", str(following.at)), at=following.at)
            return


def _next(lane: Lane) -> Next:
    """The piece whose turn it is: that of the job behind the one that was done last. A query for the jobs, one for each
    job that has no piece for this lane; such a job is ended if no lane has one."""
    uid, last = lane.user_id, (lane.job_at, lane.job)
    under_way = stored_jobs.under_way(uid, MAX_UNDER_WAY)
    place = next((n for n, job in enumerate(under_way) if lane.job_at and (job.created_at, job.id) > last), 0)
    soonest: datetime | None = None
    for job in [*under_way[place:], *under_way[:place]]:
        piece = stored_pieces.first_open(uid, job.id, int(lane.id))
        if piece is None:
            if not stored_pieces.has_open(uid, job.id):
                progress.report(uid, job.id)
        elif piece.retry_at is None or piece.retry_at <= clock.now():
            return Next(job, piece)
        else:
            soonest = min(filter(None, [soonest, piece.retry_at]))
    return Next(at=soonest)


def _at_a_job(held: Held, job: Job, piece: Piece, until: datetime) -> None:
    """Do a piece until it waits, is done, or the time is up; leave it where its job is no longer under way."""
    held.keep(job, piece.id)
    try:
        begun = _begun(job, piece)
        while begun and piece.open and clock.now() < until:
            held.keep(job, piece.id)
            current = _under_way(job)
            if current is None:
                break
            piece = pieces.handful(piece, *begun)
            if piece.retry_at:
                break
            if clock.now() - current.updated_at >= _REPORTED:
                progress.report(job.user_id, job.id)
    except (PreconditionFailed, NotFound):  # the piece is another's, or gone with its job
        return
    progress.report(job.user_id, job.id)


def _begun(job: Job, piece: Piece) -> tuple[Perform, int] | None:
    """What does an item of a job, and how many at once; None where it cannot be had: the piece waits then, or the job
    has failed."""
    try:
        if piece.stalls > _HOPELESS:
            raise Conflict("Whoever began it has died again and again; try to resume it later.")
        operation = OPERATIONS.get(job.operation)
        if operation is None:  # of a later version of the code than this
            raise NewerSchema(f"There is no operation {job.operation} now; resume the job when there is.")
        body = operation.body_of(job.options)
        return operation.begin(job.user_id, body), operation.at_once(body)
    except AppError as error:
        if not (error.retriable and pieces.put_off(piece, error)):
            progress.fail(piece, error.detail)
    except Exception as error:
        log.error("the beginning of a batch job met a bug", exception=error, job_id=job.id)
        progress.fail(piece, "Something is wrong on our side; it is in our log. Try to resume the job later.")
    return None


def _under_way(job: Job) -> Job | None:
    """The job as it is now, if it is still to be done: one read, and one commit when it begins."""
    if accounts.is_closed(job.user_id):
        return None
    current = stored_jobs.find(job.user_id, job.id)
    if current is None or current.status not in UNDER_WAY:
        return None
    if current.status == "queued":
        fields = {"status": "running", "started_at": current.started_at or clock.now()}
        stored_jobs.edit(job.user_id, job.id, lambda now: fields if now.status == "queued" else {})
    return current


def _mend(uid: str, piece_id: str) -> None:
    """Bring what a worker has left up to what it had done, whatever became of its job since."""
    piece = stored_pieces.find(uid, piece_id)
    if piece is None or not piece.open:
        return
    with suppress(PreconditionFailed, NotFound):
        pieces.mended(piece)
        progress.recount(uid, piece.job_id)
