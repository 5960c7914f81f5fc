"""Sweeps: a schedule's way through all rows, of all users, that a query finds.

It goes on until no row is left or the call's time is over; the next call begins at the front again. Rows are read in
batches, each behind the last, and several batches are dealt with at once. So a row that is refused is tried once a
sweep, whatever stands behind it. Every write has to make its row leave the query, and to name the version that was
read: of two sweeps at once each row is one's, and the sweep that comes second leaves.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from typing import TypeVar

from shared import log, settings
from shared.errors import AlreadyExists, AppError, NotFound, PreconditionFailed
from shared.gcp import firestore
from shared.gcp.firestore import Document
from shared.gcp.queries import Query, Where
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.shards import SHARDS
from shared.store import cursors
from shared.store.repository import M, Order, Repository

R = TypeVar("R")
BATCH = 500  # rows of one query, and of one batch of writes
THREADS = 8  # batches at once
_TAKEN = (PreconditionFailed, NotFound, AlreadyExists)  # somebody else has changed, deleted or made it meanwhile
_IN_VAIN = 30  # rows one after the other, after which the store is left alone until the next sweep


class Sweep:
    """One sweep: its time, what it counts, and what went wrong in it. Safe for the threads that deal with its rows."""

    def __init__(self, *counted: str, threads: int = THREADS) -> None:
        self._counts = Counter(dict.fromkeys(counted, 0))
        self._threads = threads
        self._until = clock.now() + timedelta(seconds=settings.current().sweep_seconds)
        self._trouble: AppError | None = None
        self._in_vain = 0
        self._overtaken = False
        self._lock = Lock()

    def late(self) -> bool:
        """Whether its time is up."""
        return clock.now() >= self._until

    def over(self) -> bool:
        """Whether it ends here: its time is up, another sweep is at the same rows, or the store does not answer."""
        return self.late() or self._overtaken or self._in_vain >= _IN_VAIN

    def count(self, **numbers: int) -> None:
        """Add to the counts."""
        with self._lock:
            self._counts.update(numbers)

    def each(self, batches: Iterable[Sequence[R]], work: Callable[[Sequence[R]], None]) -> None:
        """Have `work` deal with every batch, several at once, until the sweep is over.

        A batch in which `work` fails for good is dealt with in halves, until the row that it fails on is alone.
        """
        under_way: set[Future[None]] = set()
        if self.over():
            return
        with ThreadPoolExecutor(self._threads, thread_name_prefix="sweep") as pool:
            for rows in batches:
                under_way.add(pool.submit(copy_context().run, self._deal_with, rows, work))
                if len(under_way) == self._threads:
                    done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                    _raise_of(done)
                if self.over():
                    break
        _raise_of(under_way)

    def write(self, rows: Sequence[R], to_write: Callable[[R], Write], *, announced: bool = True) -> list[R]:
        """Write a row each, 500 a round trip; returns the rows that were written."""
        outcomes = firestore.client().batch_write([to_write(row) for row in rows], announced=announced)
        for row, refusal in zip(rows, outcomes, strict=True):
            if refusal is not None and not isinstance(refusal, _TAKEN):
                self.fail(refusal, row=_name(row))
        if None in outcomes:
            self.succeed()
        self.leave_to_others(sum(isinstance(refusal, _TAKEN) for refusal in outcomes), len(rows))
        return [row for row, refusal in zip(rows, outcomes, strict=True) if refusal is None]

    def succeed(self) -> None:
        """Note that a row was dealt with: the store answers."""
        self._in_vain = 0

    def leave_to_others(self, taken: int, number: int) -> None:
        """End the sweep where others have taken most of a batch: another sweep is at it, and goes on."""
        if taken * 2 > number:
            self._overtaken = True

    def fail(self, error: BaseException, **row: object) -> None:
        """Log a row that could not be dealt with, and count it. What a retry may mend makes the whole call fail."""
        log.error("a sweep passes a row", exception=error, **row)
        with self._lock:
            self._counts.update(failed=1)
            if isinstance(error, AppError) and error.retriable:
                self._trouble = self._trouble or error
                self._in_vain += 1

    def done(self) -> dict[str, int]:
        """What it has counted. Raises the first error that a retry may mend, so that the platform and people see it."""
        if self._trouble:
            log.warning("a sweep was hindered", result=dict(self._counts))
            raise self._trouble
        return dict(self._counts)

    def _deal_with(self, rows: Sequence[R], work: Callable[[Sequence[R]], None]) -> None:
        try:
            work(rows)
        except Exception as error:
            if (isinstance(error, AppError) and error.retriable) or len(rows) < 2:
                self.fail(error, rows=[_name(row) for row in rows[:3]])
                return
            middle = len(rows) // 2
            self._deal_with(rows[:middle], work)
            self._deal_with(rows[middle:], work)


def documents(query: Query, batch: int = BATCH) -> Iterator[list[Document]]:
    """All rows of a query, in batches: a round trip each, made as the caller advances."""
    after = query.after
    while True:
        rows = firestore.client().query(replace(query, limit=batch, after=after))
        if rows:
            yield rows
        if len(rows) < batch:
            return
        after = cursors.sort_values(rows[-1], query.order)


def everywhere(
    repository: Repository[M], *, where: Sequence[Where], order: Order = (), batch: int = BATCH
) -> Iterator[list[M]]:
    """The rows of all users that match, in batches; what does not fit the model is logged and passed."""
    query = Query(repository.collection, group=True, where=where, order=order)
    for rows in documents(query, batch):
        yield [*repository.readable(rows)]


def due(field: str, until: datetime, *where: Where) -> list[Where]:
    """The clauses that find documents of all users whose time `field` is not after `until`, in the order of that time.

    Their models are `swept`, and so stored with their shard: the index on it and the time has an end for each shard.
    """
    return [*where, ("shard", "in", list(SHARDS)), (field, "<=", until)]


def _name(row: object) -> str:
    """What the log calls a row: its id or path. Its content is the user's and is never logged."""
    return str(getattr(row, "id", None) or getattr(row, "path", None) or type(row).__name__)


def _raise_of(done: Iterable[Future[None]]) -> None:
    """Raises what is none of a row's: a crash."""
    for future in done:
        future.result()
