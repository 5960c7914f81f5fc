"""A Firestore client over Google's transport and messages: what is written, beside what is read (shared/gcp/reads.py).

Every call has a deadline and is counted in the context's cost.
"""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

import grpc

from shared import context, log, settings
from shared.errors import AppError, Invalid, NotFound, Withheld
from shared.gcp import (
    announcements,
    attempts,
    batches,
    channels,
    refusals,
    sizes,
    trace_marks,
    writes,
)
from shared.gcp.batches import MAX_COMMITTED as MAX_COMMITTED
from shared.gcp.batches import MAX_WRITES as MAX_WRITES
from shared.gcp.counted import Counted
from shared.gcp.documents import Document as Document
from shared.gcp.messages import firestore as _rpc
from shared.gcp.reads import Reads
from shared.gcp.values import decode_time
from shared.gcp.writes import Write
from shared.kit import failpoint


class Firestore(Reads):
    """One database. Safe for many threads; the channel opens on first use."""

    def __init__(self, project: str, emulator: str | None, *, timeout: float) -> None:
        super().__init__(project, emulator, timeout=timeout)
        unary = self._channel.unary_unary
        self._commit = channels.stub(unary, "Commit", _rpc.CommitRequest, _rpc.CommitResponse)
        self._batch_write = channels.stub(unary, "BatchWrite", _rpc.BatchWriteRequest, _rpc.BatchWriteResponse)

    def commit(self, changes: Sequence[Write]) -> datetime:
        """Apply all changes or none, and announce them; returns the first document's version, unchanged where its write
        changed nothing.

        Raises AlreadyExists, NotFound or PreconditionFailed when a precondition does not hold; DocumentTooLarge,
        CommitTooLarge or Invalid for what the store never takes; Unavailable for what it may take later.
        """
        return self.commit_counted(changes)[0]

    def commit_counted(self, changes: Sequence[Write]) -> tuple[datetime, Mapping[str, list[Any]]]:
        """Like `commit`; also returns, by document path, the values that its transforms produced, in their order."""
        changes = [*changes, *announcements.to_announce(changes)]
        request = _rpc.CommitRequest(database=self._database, writes=self._wire(changes))
        answer = self._apply(self._commit, request, demanding=request.writes)
        counted = Counted(changes, answer.write_results)
        first = answer.write_results[0] if answer.write_results else None
        written = first is not None and first.HasField("update_time")  # a delete leaves no version
        return decode_time(first.update_time if first and written else answer.commit_time), counted

    def require_room(self, change: Write) -> None:
        """Raise DocumentTooLarge where the store, or an event, does not take the whole document; nothing is sent."""
        refusals.raise_failures(map(refusals.of_write, self._wire([change])))

    def batch_write(self, changes: Sequence[Write], *, announced: bool = True) -> list[AppError | None]:
        """Apply each change on its own; returns an error or None for each.

        A round trip for every `MAX_WRITES` changes, or fewer where they are large; another for those that the store
        could not apply for the moment; and, unless not `announced`, a commit ahead of each and one right behind it.
        """
        outcomes: list[AppError | None] = []
        for batch in batches.of(self._wire(changes)):
            batched = changes[len(outcomes) : len(outcomes) + len(batch)]
            name = announcements.new_batch()
            outcomes.extend(news := self._write_batch(batch, batched if announced else (), name))
            if announced:
                self._announce([change for change, outcome in zip(batched, news, strict=True) if outcome is None], name)
        return outcomes

    def _announce(self, applied: Sequence[Write], batch: str) -> None:
        """Announce writes that were applied each on its own. What the store refuses now is no failure of theirs."""
        if entries := announcements.to_announce(applied, batch=batch):
            try:
                self.commit(entries)
            except AppError as error:
                log.warning("changes were not announced", exception=error, entries=len(entries))

    def apply_each(self, changes: Sequence[Write], *, announced: bool = True) -> int:
        """Apply each change on its own, ignoring documents that no longer exist; returns how many were applied.

        Raises another refusal, a retriable one first, once all changes were tried.
        """
        outcomes = self.batch_write(changes, announced=announced)
        refusals.raise_failures(outcomes, but=(NotFound,))
        return outcomes.count(None)

    def _write_batch(self, batch: Sequence[Any], announced: Sequence[Write], name: str) -> list[AppError | None]:
        outcomes: list[AppError | None] = [refusals.of_write(write) for write in batch]
        waiting = [number for number, refusal in enumerate(outcomes) if refusal is None]
        until = time.monotonic() + self._timeout
        for attempt in range(1, attempts.MOST + 1):
            if not waiting or (attempt > 1 and not attempts.paused(attempt - 1, until)):
                break
            request = _rpc.BatchWriteRequest(database=self._database, writes=[batch[n] for n in waiting])
            try:
                if entries := announcements.to_begin(announced, name):
                    self.commit(entries)
                statuses = self._apply(self._batch_write, request, demanding=()).status
            except AppError:
                if attempt == 1:
                    raise
                break  # those that wait have an error already
            rows = list(zip(waiting, statuses, strict=True))
            for number, status in rows:
                outcomes[number] = refusals.of_outcome(batch[number], status)
            waiting = [number for number, status in rows if refusals.may_repeat(batch[number], status)]
        return outcomes

    def _apply(self, stub: Any, request: Any, demanding: Sequence[Any]) -> Any:
        """Send writes; retries on ABORTED alone, which means that no write was applied.

        The refusal may be about a document that one of the `demanding` writes makes a demand on.
        """
        if request.ByteSize() > sizes.MAX_COMMIT:
            raise refusals.commit_too_large()
        refusals.raise_failures(map(refusals.of_write, request.writes))
        context.current().meter.cost.add(commits=1, writes=len(request.writes))
        failpoint.hit()
        answer = self._attempt(
            lambda left: stub(request, **left),
            lambda code, details: refusals.of_writes(code, details, demanding),
            (grpc.StatusCode.ABORTED,),
        )
        failpoint.hit()
        return answer

    def _wire(self, changes: Iterable[Write]) -> list[Any]:
        try:
            wire = [writes.to_wire(change, self._documents) for change in changes]
        except (TypeError, ValueError) as error:
            raise Invalid.of("body", f"a field cannot be stored: {error}") from error
        trace_marks.add(wire, self._documents)
        return wire

    def _fallen_silent(self) -> None:
        """Have others begin a new connection."""
        renew(self)


class _ReadOnly(Firestore):
    """Another client's connection that takes no writes."""

    def __init__(self, other: Firestore) -> None:
        vars(self).update(vars(other))

    def _apply(self, stub: Any, request: Any, demanding: Sequence[Any]) -> Any:
        raise Withheld("A dry run writes nothing.")


_lock = threading.Lock()
_clients: dict[tuple[str, str | None], Firestore] = {}
_read_only: ContextVar[bool] = ContextVar("read_only", default=False)


@contextmanager
def read_only() -> Iterator[None]:
    """Have `client` answer one that raises Withheld instead of writing, for the length of a block."""
    token = _read_only.set(True)
    try:
        yield
    finally:
        _read_only.reset(token)


def client() -> Firestore:
    """The client of the database that the settings in force name."""
    shared = _shared()
    return _ReadOnly(shared) if _read_only.get() else shared


def renew(failed: Firestore) -> None:
    """Have `client` answer one with a new connection, in place of one whose connection may have fallen silent."""
    with _lock:
        for key, each in [*_clients.items()]:
            if each._channel is failed._channel:
                _clients[key] = Firestore(*key, timeout=each._timeout)


def _shared() -> Firestore:
    config = settings.current()
    key = (config.project, config.firestore_emulator_host)
    with _lock:
        if key not in _clients:
            _clients[key] = Firestore(*key, timeout=config.rpc_seconds)
        return _clients[key]
