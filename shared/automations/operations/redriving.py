"""Sends dead letters again: a message to its topic, a task to its queue, a document event to its handlers.

An event is taken in the operator's own call, as Eventarc takes none of ours back. If it fails again, the letter has
come back when the call ends; messages and tasks come back by the way they came.
"""

from contextlib import suppress
from datetime import timedelta

from shared import settings
from shared.automations.operations import takers
from shared.automations.operations.sources import handlers
from shared.domains.dead_letters import arrivals, service
from shared.domains.dead_letters.models import DeadLetter, RedriveInput, Redriven, Refused
from shared.errors import AppError, Conflict, Invalid
from shared.gcp import pubsub, tasks
from shared.kit import clock
from shared.kit.ids import derived_id, new_id
from shared.kit.undelivered import LETTER, Undelivered
from shared.runtime import events
from shared.store import document_events


def redrive(id: str, operator: str) -> DeadLetter:
    """Send an open letter again: two reads, two commits and what its function takes.

    Raises NotFound; Conflict where it is redriven already, or none of the deployment's functions takes it.
    """
    return service.redrive(id, operator, _send)


def redrive_each(query: RedriveInput, operator: str) -> Redriven:
    """Send open letters again, the oldest first, at most `limit`: a query, then as `redrive` for each.

    One at least, and no more once the time of a sweep is up; `next_cursor` is then that of the letters left.
    """
    until = clock.now() + timedelta(seconds=settings.current().sweep_seconds)
    letters, next_cursor = service.open_letters(query)
    sent, refused = 0, []
    for number, (id, behind) in enumerate(letters, 1):
        try:
            redrive(id, operator)
            sent += 1
        except AppError as error:
            refused.append(Refused(id=id, reason=error.detail))
        if clock.now() >= until and number < len(letters):
            return Redriven(redriven=sent, refused=refused, next_cursor=behind)
    return Redriven(redriven=sent, refused=refused, next_cursor=next_cursor)


def _send(letter: DeadLetter, body: bytes) -> None:
    function = letter.function or ""
    match letter.source:
        case "message" if topic := takers.TOPICS.get(function):
            pubsub.publish_raw(topic, [(letter.id, body)], letter.attributes | {LETTER: letter.id})
        case "task" if queue := takers.QUEUES.get(function):
            name = derived_id(letter.id, str(letter.returned), "redriven")
            headers = {"X-Dead-Letter": letter.id}
            tasks.create_raw(queue, name=name, function=function, body=body, at=clock.now(), headers=headers)
        case "event" if collection := takers.COLLECTIONS.get(function):
            _take(letter, body, collection)
        case _:
            raise Conflict(
                f"No function of this deployment takes it: {letter.function or letter.target or 'it names none'} is"
                " gone. Deploy that function again, or delete the letter."
            )


def _take(letter: DeadLetter, body: bytes, collection: str) -> None:
    """Have the handlers take an event again; keep it as another return of the letter if that fails."""
    named = {name.removeprefix("ce-"): value for name, value in letter.attributes.items()}
    try:
        change = document_events.change_of(named, body)
    except (ValueError, KeyError) as error:
        raise Invalid.of("id", "Its body is no document event; it can only be deleted.") from error
    try:
        events.take_again(str(letter.function), change, handlers(collection))
    except Exception as error:
        _come_back(letter, body, error)


def _come_back(letter: DeadLetter, body: bytes, error: Exception) -> None:
    reason = error.detail if isinstance(error, AppError) else f"unexpected error: {type(error).__name__}"
    with suppress(AppError):  # else the letter stays claimed, and is free again two minutes later
        arrivals.keep(
            Undelivered(
                letter.source,
                letter.function,
                letter.target,
                new_id(),
                body,
                letter.attributes | {LETTER: letter.id},
                error=reason,
            )
        )
