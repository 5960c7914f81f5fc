"""Does the items of a piece, a handful at a time.

An item's record is part of the commit in which it takes effect, so it takes effect once, whoever does it twice. The
piece's own numbers follow behind, under its version: they are what the records say.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from threading import Event
from typing import Any

from shared import log
from shared.batch.models import ItemStatus, Piece, outcome_id
from shared.batch.operations.base import Item, Perform
from shared.batch.repository import outcomes, pieces
from shared.errors import AlreadyExists, AppError, NotYet
from shared.gcp import firestore
from shared.kit import clock
from shared.runtime import accounts, calls

HANDFUL = 25
_LONG = timedelta(seconds=5)  # after which no further items of a handful are begun
_MOST_TRIES = 6  # of an item that might succeed later
_ALONE, GIVEN_UP = 2, 5  # deaths at the same place: then items are done one by one; then the first is given up
_BACKOFF = timedelta(seconds=5), timedelta(minutes=5)
_pool = ThreadPoolExecutor(max_workers=32, thread_name_prefix="batch")


@dataclass
class Done:
    """What became of the items of a handful, in their order, up to the first that has to wait; `begun` counts those
    that were begun, behind it too."""

    settled: list[ItemStatus] = field(default_factory=list)
    later: AppError | None = None
    begun: int = 0


def handful(piece: Piece, perform: Perform, at_once: int = 1) -> Piece:
    """Do the next items of a piece, some of them at once: what each costs, a read for each that may be settled already,
    and one commit.

    Raises PreconditionFailed or NotFound where somebody else has changed the piece meanwhile, or deleted it.
    """
    number = 1 if piece.stalls > _ALONE else HANDFUL
    todo = items(piece)[piece.at : piece.at + number]
    recorded = _recorded(todo[: max(0, piece.ahead - piece.at)])
    if todo and piece.stalls > GIVEN_UP and todo[0].id not in recorded:
        sentence = "Whoever was at this item has died again and again; try it again, and tell us if that goes on."
        recorded[todo[0].id] = _fail(todo[0], sentence, "given-up")
    is_last_try = piece.tries >= _MOST_TRIES
    return _advanced(piece, _done(todo, recorded, lambda item: _outcome(item, perform, last_try=is_last_try), at_once))


def put_off(piece: Piece, error: AppError) -> bool:
    """Have a piece wait that cannot even be begun: one commit. False, and nothing is done, after the last try."""
    if piece.tries >= _MOST_TRIES and not isinstance(error, NotYet):
        return False
    _advanced(piece, Done(later=error))
    return True


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


def _recorded(some: Sequence[Item]) -> dict[str, ItemStatus]:
    """What became of those that are settled, by their ids: one round trip, a read for each."""
    if not some:
        return {}
    return {id: outcome.status for id, outcome in outcomes.of_ids(some[0].uid, [item.id for item in some]).items()}


def _done(
    todo: Sequence[Item], recorded: dict[str, ItemStatus], do: Callable[[Item], ItemStatus | AppError], at_once: int
) -> Done:
    """Have some threads do items in their order, each the next, until one has to wait or the time is up."""
    results: dict[int, ItemStatus | AppError] = {}
    until, stopped = clock.now() + _LONG, Event()
    rest = iter(enumerate(todo))

    def goes_on() -> bool:
        calls.give_way()
        return not (stopped.is_set() or accounts.is_closed(todo[0].uid))

    def work() -> None:
        while goes_on() and (following := next(rest, None)):
            number, item = following
            results[number] = recorded.get(item.id) or do(item)
            if isinstance(results[number], AppError) or clock.now() >= until:
                stopped.set()

    workers = [_pool.submit(copy_context().run, work) for _ in range(min(at_once, len(todo)))]
    for worker in workers:
        worker.result()
    done = Done(begun=max(results, default=-1) + 1)
    for number in range(done.begun):
        result = results[number]
        if isinstance(result, AppError):
            done.later = result
            break
        done.settled.append(result)
    return done


def _outcome(item: Item, perform: Perform, *, last_try: bool) -> ItemStatus | AppError:
    """Do one item: it is done, it has failed, or an error that a later attempt may mend."""
    try:
        perform(item)
    except AppError as error:
        if earlier := outcomes.find(item.uid, item.id):
            return earlier.status  # of somebody else, who was at it too
        if isinstance(error, AlreadyExists):
            return _settle(item)
        if error.retriable and not (last_try and not isinstance(error, NotYet)):
            return error
        return _fail(item, error.detail, error.code)
    except Exception as error:
        log.error("an item of a batch job met a bug", exception=error, job_id=item.job_id, number=item.number)
        return _fail(item, "Something is wrong on our side; it is in our log. Try it again later.", "internal-error")
    return "done"


def _settle(item: Item) -> ItemStatus:
    """What an earlier attempt, of the job that this one retries, has made is there: nothing is left to do."""
    try:
        item.settle()
    except AlreadyExists:
        return outcomes.get(item.uid, item.id).status
    return "done"


def _fail(item: Item, sentence: str, code: str) -> ItemStatus:
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
        "ahead": max(piece.ahead, piece.at + done.begun),
        "done": piece.done + done.settled.count("done"),
        "failed": piece.failed + done.settled.count("failed"),
        "open": at < piece.size,
        "updated_at": clock.now(),
        **got_on,
    }
    if done.later:
        tries = (0 if done.settled else piece.tries) + (not isinstance(done.later, NotYet))
        fields |= {"tries": tries, "retry_at": _again_at(done.later, tries)}
    return _changed(piece, fields)


def _again_at(error: AppError, tries: int) -> datetime:
    least, most = _BACKOFF
    wait = min(most, least * 2**tries)
    return clock.now() + max(wait if tries else timedelta(seconds=1), timedelta(seconds=error.retry_after or 0))


def mended(piece: Piece) -> Piece:
    """A piece whose worker died, up to where its items are settled; that it died is counted where it had not got on: a
    read for each item of a handful, one commit."""
    todo = items(piece)[piece.at : piece.at + HANDFUL]
    recorded = _recorded(todo)
    settled = [recorded[item.id] for item in takewhile(lambda item: item.id in recorded, todo)]
    if settled:
        return _advanced(piece, Done(settled, begun=len(todo)))
    return _changed(piece, {"stalls": piece.stalls + 1, "ahead": max(piece.ahead, piece.at + len(todo))})


def _changed(piece: Piece, fields: Mapping[str, Any]) -> Piece:
    written = firestore.client().commit([pieces.to_update(piece.user_id, piece.id, fields, version=piece.version)])
    return pieces.stamped(piece.model_copy(update=fields), written)
