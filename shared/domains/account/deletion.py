"""Deletes an account with everything in it, for good, however often the process that does it dies.

A tombstone comes first: from then on calls of the user are refused, and events and messages that concern the user are
dropped (shared/runtime/accounts.py). Then everything that is there is removed, in passes, until a pass meets nothing;
`sweep` goes on with what an invocation has left. What calls under way wrote behind a pass is met by later ones: when
the last of these calls has ended, and when no event is delivered again any more. Only a pass at that time that meets
nothing ends the deletion; the tombstone then forgets who the user was, and stands for another month.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared import log, settings
from shared.domains.account import repository
from shared.domains.account.models import Deletion, DeletionProgress, DeletionState
from shared.errors import AlreadyExists, AppError, NotFound, PreconditionFailed
from shared.gcp import firestore
from shared.gcp.writes import DELETED, Increment, Write
from shared.kit import clock

_AT_ONCE = timedelta(seconds=10)  # within the request
_A_TURN = timedelta(seconds=20)  # of one account in a tick
_LEASE = timedelta(minutes=5)
_AGAIN = timedelta(minutes=1)  # after the store has refused
# The longest invocation takes 9 minutes, and learns of the tombstone within one.
_CALLS_ENDED = timedelta(minutes=15)
_EVENTS_ENDED = timedelta(hours=25)  # Eventarc delivers an event again for 24 hours
_ONCE_MORE = timedelta(hours=1)  # after the last pass has met something
_TOMBSTONE_KEPT = timedelta(days=30)
_MESSAGES: dict[DeletionState, str] = {
    "deleting": "The account is closed, and everything in it is being removed.",
    "verifying": "The account is closed, and everything in it was removed; that is verified once more within a day.",
    "deleted": "The account was deleted, and nothing of it is left.",
}


@dataclass(frozen=True)
class _Swept:
    removed: int
    complete: bool  # its last pass met nothing


def is_closed(uid: str) -> bool:
    """Whether the account was deleted, or is being deleted: one read."""
    return repository.find(uid) is not None


def close(uid: str) -> bool:
    """Close an account for good: one read and one commit; False where it is closed already. Whoever has closed it
    goes on with `begin`; else `sweep` does."""
    now = clock.now()
    try:
        firestore.client().commit([repository.to_begin(uid, now, now + _LEASE)])
    except (AlreadyExists, PreconditionFailed):
        return False
    log.info("an account is being deleted")
    return True


def begin(uid: str) -> DeletionProgress:
    """Remove from a closed account what can be removed at once: a query and a batch for every 500 documents, a read
    and a deletion each."""
    if deletion := repository.find(uid):
        _carry_on(deletion, clock.now() + _AT_ONCE)
    return progress(uid)


def progress(uid: str) -> DeletionProgress:
    """How far the deletion of an account has come: one read. Raises NotFound."""
    deletion = repository.find(uid)
    if deletion is None:
        raise NotFound("This account is not being deleted.")
    return DeletionProgress(
        state=deletion.state,
        requested_at=deletion.requested_at,
        documents=deletion.documents,
        message=_MESSAGES[deletion.state],
    )


def sweep() -> dict[str, int]:
    """Go on with deletions that are due: a query, and two commits for each beside what it removes."""
    until = clock.now() + timedelta(seconds=settings.current().sweep_seconds)
    due = repository.due(100)
    served = 0
    for deletion in due:
        if clock.now() >= until:
            break
        if claimed := _claim(deletion):
            _carry_on(claimed, min(until, clock.now() + _A_TURN))
            served += 1
    return {"deletions_due": len(due), "deletions_served": served}


def _claim(deletion: Deletion) -> Deletion | None:
    """The deletion, which no other tick takes for a while; None where another has it."""
    try:
        repository.change(deletion, {"due_at": clock.now() + _LEASE})
    except AppError as error:  # another tick has it, or the store takes nothing right now
        log.warning("a deletion goes on later", exception=error)
        return None
    return repository.reread(deletion)


def _carry_on(deletion: Deletion, until: datetime) -> None:
    """Remove what there is until the time is up, and note how far it has come: one commit."""
    assert deletion.uid is not None  # noqa: S101 -- none is due once it has ended
    try:
        swept = _swept(deletion.uid, until)
        with suppress(PreconditionFailed, NotFound):  # another tick has taken it over
            repository.change(deletion, _next(deletion, swept, clock.now()))
    except AppError as error:
        log.warning("a deletion goes on later", exception=error)


def _swept(uid: str, until: datetime) -> _Swept:
    removed = 0
    while True:
        met = gone = 0
        for batch in repository.removals(uid):
            met += len(batch)
            gone += _removed(batch)
            if clock.now() >= until:
                return _Swept(removed + gone, complete=False)
        removed += gone
        if not met or not gone:
            return _Swept(removed, complete=not met)


def _removed(batch: Sequence[Write]) -> int:
    """How many of these documents are gone now; what the store refuses, a later pass meets again."""
    try:
        return firestore.client().batch_write(batch, announced=False).count(None)
    except AppError as error:
        log.warning("a deletion meets these documents again", exception=error)
        return 0


def _next(deletion: Deletion, swept: _Swept, now: datetime) -> dict[str, object]:
    """The fields that say how far it has come, and when to look again."""
    since = deletion.requested_at
    fields: dict[str, object] = {"documents": Increment(swept.removed), "checked_at": now}
    if not swept.complete:
        return fields | {"due_at": now if swept.removed else now + _AGAIN}
    if now < since + _CALLS_ENDED:
        return fields | {"state": "verifying", "due_at": since + _CALLS_ENDED}
    if now < since + _EVENTS_ENDED:
        return fields | {"state": "verifying", "due_at": since + _EVENTS_ENDED}
    if swept.removed:
        return fields | {"state": "verifying", "due_at": now + _ONCE_MORE}
    log.info("an account was deleted", documents=deletion.documents)
    ended = {"state": "deleted", "uid": DELETED, "due_at": DELETED, "finished_at": now}
    return fields | ended | {"expires_at": now + _TOMBSTONE_KEPT}
