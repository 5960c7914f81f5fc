"""Does the items of a piece, a handful at a time.

An item's record is part of the commit in which it takes effect, so it takes effect once, whoever does it twice. The
piece's own numbers follow behind, under its version: they are what the records say.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shared import log
from shared.batch.models import ItemStatus, Piece, outcome_id
from shared.batch.operations.base import Item, Perform
from shared.batch.repository import outcomes, pieces
from shared.errors import AlreadyExists, AppError, NotYet
from shared.gcp import firestore
from shared.kit import clock

HANDFUL = 25
THREADS = 4  # items of a piece at once
_LONG = timedelta(seconds=5)  # after which no further items of a handful are begun
_MOST_TRIES = 6  # of an item that might succeed later
_ALONE, _GIVEN_UP = 2, 5  # deaths at the same place: then items are done one by one; then the first is given up
_BACKOFF = timedelta(seconds=5), timedelta(minutes=5)
_pool = ThreadPoolExecutor(max_workers=32, thread_name_prefix="batch")


@dataclass
class Done:
    """What became of the items of a handful, in their order, up to the first that has to wait."""

    settled: list[ItemStatus] = field(default_factory=list)
    later: AppError | None = None


def handful(piece: Piece, perform: Perform) -> Piece:
    """Do the next items of a piece: a read for each that may be done already, what each costs, and one commit.

    Raises PreconditionFailed or NotFound where somebody else has changed the piece meanwhile, or deleted it.
    """
    number = 1 if piece.stalls > _ALONE else HANDFUL
    todo = items(piece)[piece.at : piece.at + number]
    recorded = {id: outcome.status for id, outcome in outcomes.of_ids(piece.user_id, [i.id for i in todo]).items()}
    if todo and piece.stalls > _GIVEN_UP and todo[0].id not in recorded:
        sentence = "Whoever was at this item has died again and again; try it again, and tell us if that goes on."
        recorded[todo[0].id] = _failed(todo[0], sentence, "given-up")
    return _advanced(piece, _done(todo, recorded, perform, last_try=piece.tries >= _MOST_TRIES))


def items(piece: Piece) -> list[Item]:
    """All items of a piece."""
    origins = piece.origin_of
    numbered = [(piece.first + place, place, value) for place, value in enumerate(piece.items)]
    return [
        Item(
            uid=piece.user_id,
            job_id=piece.job_id,
            number=number,
            id=(id := outcome_id(piece.job_id, number)),
            product_id=origins[place] if origins else id,
            value=value,
            expires_at=piece.expires_at,
        )
        for number, place, value in numbered
    ]


def _done(todo: Sequence[Item], recorded: dict[str, ItemStatus], perform: Perform, *, last_try: bool) -> Done:
    done, until = Done(), clock.now() + _LONG
    for at in range(0, len(todo), THREADS):
        rows = todo[at : at + THREADS]
        results = _each(rows, recorded, lambda item: _outcome(item, perform, last_try=last_try))
        for result in results:
            if done.later is None and isinstance(result, AppError):
                done.later = result
            elif done.later is None and not isinstance(result, AppError):
                done.settled.append(result)
        if done.later or clock.now() >= until:
            break
    return done


def _each(
    rows: Sequence[Item], recorded: dict[str, ItemStatus], do: Callable[[Item], ItemStatus | AppError]
) -> list[ItemStatus | AppError]:
    """What becomes of a few items, all at once; those that are recorded are not done again."""
    running = {item.id: _pool.submit(copy_context().run, do, item) for item in rows if item.id not in recorded}
    return [running[item.id].result() if item.id in running else recorded[item.id] for item in rows]


def _outcome(item: Item, perform: Perform, *, last_try: bool) -> ItemStatus | AppError:
    """Do one item: it is done, it has failed, or an error that a later attempt may mend."""
    try:
        perform(item)
    except AppError as error:
        if made := outcomes.find(item.uid, item.id):
            return made.status  # by somebody else, who was at it too
        if isinstance(error, AlreadyExists):
            return _recorded(item)
        if error.retriable and not (last_try and not isinstance(error, NotYet)):
            return error
        return _failed(item, error.detail, error.code)
    except Exception as error:
        log.error("an item of a batch job met a bug", exception=error, job_id=item.job_id, number=item.number)
        return _failed(item, "Something is wrong on our side; it is in our log. Try it again later.", "internal-error")
    return "done"


def _recorded(item: Item) -> ItemStatus:
    """What an earlier attempt, of the job that this one retries, has made is there: nothing is left to do."""
    try:
        item.settle()
    except AlreadyExists:
        return outcomes.get(item.uid, item.id).status
    return "done"


def _failed(item: Item, sentence: str, code: str) -> ItemStatus:
    try:
        firestore.client().commit([outcomes.to_create(item.outcome("failed", error=sentence, code=code))])
    except AlreadyExists:
        return outcomes.get(item.uid, item.id).status
    return "failed"


def _advanced(piece: Piece, done: Done) -> Piece:
    """The piece behind what was settled: one commit."""
    at = piece.at + len(done.settled)
    got_on: dict[str, Any] = {"tries": 0, "stalls": 0, "retry_at": None} if done.settled else {}
    fields: dict[str, Any] = {
        "at": at,
        "done": piece.done + done.settled.count("done"),
        "failed": piece.failed + done.settled.count("failed"),
        "open": at < piece.size,
        "updated_at": clock.now(),
        **got_on,
    }
    if done.later:
        tries = (0 if done.settled else piece.tries) + (not isinstance(done.later, NotYet))
        fields |= {"tries": tries, "retry_at": _again_at(done.later, tries)}
    written = firestore.client().commit([pieces.to_update(piece.user_id, piece.id, fields, version=piece.version)])
    return pieces.stamped(piece.model_copy(update=fields), written)


def _again_at(error: AppError, tries: int) -> datetime:
    least, most = _BACKOFF
    wait = min(most, least * 2**tries)
    return clock.now() + max(wait if tries else timedelta(seconds=1), timedelta(seconds=error.retry_after or 0))


def note_death(piece: Piece) -> Piece:
    """Count that a worker died at a piece: one commit."""
    fields = {"stalls": piece.stalls + 1}
    written = firestore.client().commit([pieces.to_update(piece.user_id, piece.id, fields, version=piece.version)])
    return pieces.stamped(piece.model_copy(update=fields), written)


def recount(piece: Piece) -> Piece:
    """A piece whose worker died, up to where its items are settled: a read for each item of a handful, one commit."""
    todo = items(piece)[piece.at : piece.at + HANDFUL]
    recorded = {id: outcome.status for id, outcome in outcomes.of_ids(piece.user_id, [i.id for i in todo]).items()}
    done = Done()
    for item in todo:
        if item.id not in recorded:
            break
        done.settled.append(recorded[item.id])
    return _advanced(piece, done) if done.settled else piece
