"""Stored jobs, pieces, lanes and records of items."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.batch.models import UNDER_WAY, Job, JobStatus, Lane, Outcome, Piece
from shared.gcp import firestore
from shared.gcp.queries import Query, Where, equal
from shared.gcp.writes import Write
from shared.kit.paging import Page
from shared.store import sweeps
from shared.store.repository import NEWEST_FIRST, Order, Repository

_OLDEST_FIRST: Order = (("created_at", "asc"),)
_BY_NUMBER: Order = (("number", "asc"),)


class JobRepository(Repository[Job]):
    def __init__(self) -> None:
        super().__init__(Job, "batch_jobs", "batch job")

    def under_way(self, uid: str, limit: int) -> list[Job]:
        """The jobs that may be done now, the oldest first: one query."""
        where: list[Where] = [("status", "in", list(UNDER_WAY))]
        return self.select(uid, where=where, order=_OLDEST_FIRST, limit=limit)

    def count_under_way(self, uid: str) -> int:
        """How many jobs may be done now: one count."""
        return self.count(uid, where=[("status", "in", list(UNDER_WAY))], order=_OLDEST_FIRST)

    def of_status(self, uid: str, status: JobStatus | None, limit: int, cursor: str | None) -> Page[Job]:
        """A page of jobs, the newest first: a query and a count."""
        return self.page(uid, where=equal(status=status), limit=limit, cursor=cursor)

    def latest_done(self, uid: str, subject: str, *, before: datetime) -> Job | None:
        """The latest job about a document that is done, of those made before a time: one query, one read."""
        where: list[Where] = [("subject", "==", subject), ("status", "==", "done"), ("created_at", "<", before)]
        done = self.select(uid, where=where, order=NEWEST_FIRST, limit=1)
        return done[0] if done else None


@dataclass(frozen=True)
class Sums:
    """How far the pieces of a job are, all together; `settled`: none is open."""

    done: int
    failed: int
    settled: bool


class PieceRepository(Repository[Piece]):
    def __init__(self) -> None:
        super().__init__(Piece, "batch_pieces", "batch piece")

    def to_put(self, piece: Piece) -> Write:
        """Store a piece of a job that is being made, in place of one that an earlier attempt has left."""
        return Write(self.path(piece.user_id, piece.id), piece.stored())

    def first_open(self, uid: str, job_id: str, lane: int) -> Piece | None:
        """The piece of a job that a lane is to do next: one query, one read."""
        where: list[Where] = [("job_id", "==", job_id), ("lane", "==", lane), ("open", "==", True)]
        pieces = self.select(uid, where=where, order=(("first", "asc"),), limit=1)
        return pieces[0] if pieces else None

    def has_open(self, uid: str, job_id: str) -> bool:
        """Whether a job has a piece that is open: one query of a name."""
        where: list[Where] = [("job_id", "==", job_id), ("open", "==", True)]
        names = Query(self.collection, parent=f"users/{uid}", where=where, limit=1, fields=("__name__",))
        return bool(firestore.client().query(names))

    def sums(self, uid: str, job_id: str) -> Sums:
        """How far a job is: one query, a read for each piece, of three numbers."""
        where: list[Where] = [("job_id", "==", job_id)]
        query = Query(self.collection, parent=f"users/{uid}", where=where, fields=("done", "failed", "open"))
        rows = [row.data for row in firestore.client().query(query)]
        done, failed = sum(row["done"] for row in rows), sum(row["failed"] for row in rows)
        return Sums(done, failed, not any(row["open"] for row in rows))


class OutcomeRepository(Repository[Outcome]):
    def __init__(self) -> None:
        super().__init__(Outcome, "batch_items", "batch item")

    def of_job(self, uid: str, job_id: str, status: str | None, limit: int, cursor: str | None) -> Page[Outcome]:
        """A page of a job's settled items, in their order: a query and a count."""
        where = equal(job_id=job_id, status=status)
        return self.page(uid, where=where, order=_BY_NUMBER, limit=limit, cursor=cursor)

    def all_of(self, uid: str, job_id: str) -> Iterator[Outcome]:
        """The settled items of a job, in their order: a round trip for every 300."""
        return self.each(uid, where=equal(job_id=job_id), order=_BY_NUMBER)

    def failed(self, uid: str, job_id: str) -> Iterator[Outcome]:
        """The items of a job that failed, in their order: a round trip for every 300."""
        return self.each(uid, where=equal(job_id=job_id, status="failed"), order=_BY_NUMBER)

    def sums(self, uid: str, job_id: str) -> Sums:
        """How many items of a job have a record: two counts, a read per 1,000."""
        wheres = [equal(job_id=job_id, status=status) for status in ("done", "failed")]
        done, failed = self.counts(uid, wheres, order=_BY_NUMBER)
        return Sums(done, failed, settled=False)

    def of_ids(self, uid: str, ids: Sequence[str]) -> dict[str, Outcome]:
        """Those of the records that there are, by id: one round trip."""
        return self.get_many(uid, ids)


class LaneRepository(Repository[Lane]):
    def __init__(self) -> None:
        super().__init__(Lane, "batch_lanes", "batch lane")

    def overdue(self, now: datetime, batch: int) -> Iterator[list[Lane]]:
        """Lanes of all users that nobody has served in time, in batches: a query each."""
        return sweeps.everywhere(self, where=sweeps.due("due_at", now), order=[("due_at", "asc")], batch=batch)


jobs = JobRepository()
pieces = PieceRepository()
outcomes = OutcomeRepository()
lanes = LaneRepository()
