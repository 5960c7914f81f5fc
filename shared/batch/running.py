"""Serves a lane: piece after piece, of one job after the other, until nothing is left or the turn is over."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared import context
from shared.batch import lanes, pieces, progress
from shared.batch.lanes import Held, LaneMessage, Lost
from shared.batch.models import UNDER_WAY, Job, Piece
from shared.batch.operations import OPERATIONS
from shared.batch.repository import jobs as stored_jobs
from shared.batch.repository import pieces as stored_pieces
from shared.batch.service import MAX_UNDER_WAY
from shared.context import Principal
from shared.errors import AppError, NotFound, PreconditionFailed
from shared.kit import clock
from shared.kit.ids import derived_id, new_id
from shared.runtime import accounts

_TURN = timedelta(seconds=60)  # of a lane, before other users' lanes come
_AT_A_JOB = timedelta(seconds=10)  # before the user's next job comes
_TOLD = timedelta(seconds=3)  # between two reports of how far a job is


@dataclass(frozen=True)
class Next:
    """What a lane does next: a piece of a job, or waits until `at`; neither where nothing is left."""

    job: Job | None = None
    piece: Piece | None = None
    at: datetime | None = None


def serve(message: LaneMessage) -> None:
    """Take a lane, and do its pieces for a turn. Of two workers one leaves at once."""
    context.current().principal = Principal(message.uid)
    held = lanes.take(message.uid, message.lane)
    if held is None:
        return
    try:
        _serve(held, message, clock.now() + _TURN)
    except Lost:
        return
    except AppError:
        held.leave()  # its task comes again
        raise


def _serve(held: Held, message: LaneMessage, until: datetime) -> None:
    uid, lane = message.uid, message.lane
    if held.left_at:
        _mend(uid, held.left_at)
    while not accounts.is_closed(uid):
        seen = held.keep(piece=None)
        following = _next(uid, lane, held.lane.job)
        if following.job and following.piece:
            _at_a_job(held, following.job, following.piece, min(until, clock.now() + _AT_A_JOB))
            if clock.now() >= until:
                held.leave()
                lanes.hand_over(uid, [lane], new_id())
                return
        elif held.rest(seen, following.at):
            if following.at:
                lanes.hand_over(uid, [lane], derived_id("later", str(following.at)), at=following.at)
            return


def _next(uid: str, lane: int, last: str | None) -> Next:
    """The piece whose turn it is: that of the job behind the one that was done last. A query for the jobs, one for each
    job that has no piece for this lane; such a job is ended if no lane has one."""
    under_way = stored_jobs.under_way(uid, MAX_UNDER_WAY)
    place = next((n + 1 for n, job in enumerate(under_way) if job.id == last), 0)
    soonest: datetime | None = None
    for job in [*under_way[place:], *under_way[:place]]:
        piece = stored_pieces.first_open(uid, job.id, lane)
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
    operation, told = OPERATIONS[job.operation], clock.now()
    perform = operation.begin(job.user_id, operation.body_of(job.options))
    try:
        while piece.open and clock.now() < until:
            held.keep(piece=piece.id, job=job.id)
            if not _goes_on(job):
                break
            piece = pieces.handful(piece, perform)
            if piece.retry_at:
                break
            if clock.now() - told >= _TOLD:
                progress.report(job.user_id, job.id)
                told = clock.now()
    except (PreconditionFailed, NotFound):  # the piece is another's, or gone with its job
        return
    progress.report(job.user_id, job.id)


def _goes_on(job: Job) -> bool:
    """Whether a job is still to be done: one read, and one commit when it begins."""
    current = stored_jobs.find(job.user_id, job.id)
    if current is None or current.status not in UNDER_WAY:
        return False
    if current.status == "queued":
        fields = {"status": "running", "started_at": current.started_at or clock.now()}
        stored_jobs.edit(job.user_id, job.id, lambda now: fields if now.status == "queued" else {})
    return True


def _mend(uid: str, piece_id: str) -> None:
    """Bring what a worker has left up to what it had done, whatever became of its job since."""
    piece = stored_pieces.find(uid, piece_id)
    if piece is None or not piece.open:
        return
    try:
        before = piece.at
        piece = pieces.recount(piece)
        if piece.at == before:
            pieces.note_death(piece)
    except (PreconditionFailed, NotFound):
        return
    progress.recount(uid, piece.job_id)
