"""Stores what arrives as a dead letter: each arrival once, what was redriven as another return of its letter."""

import json
from dataclasses import replace
from typing import Any

from shared import log
from shared.domains.account import deletion
from shared.domains.dead_letters import repository
from shared.domains.dead_letters.models import RETENTION, DeadLetter
from shared.errors import AlreadyExists, NotFound, PreconditionFailed
from shared.gcp import firestore
from shared.gcp.writes import Increment
from shared.kit import clock
from shared.kit.ids import derived_id, is_valid_id
from shared.kit.undelivered import LETTER, Undelivered

_ARRIVALS = 20  # keys of a letter's latest arrivals, by which one that comes twice is known


def keep(arrival: Undelivered) -> DeadLetter | None:
    """Store what was given up, and log one error line for the alert; None where this arrival is stored already, or its
    user's account was deleted.

    A read where it names a user, and a commit; a read more for a letter that comes back. Raises Unavailable.
    """
    arrival = replace(arrival, uid=arrival.uid or _owner(arrival.body))
    if arrival.uid and is_valid_id(arrival.uid) and deletion.is_closed(arrival.uid):
        log.info("dead letter for a deleted account dropped", source=arrival.source)
        return None
    named = arrival.letter or ""  # an id of ours, unless somebody else has sent the message
    id = named if is_valid_id(named) else derived_id(arrival.source, arrival.key)
    letter: DeadLetter | None
    try:
        letter = _create(id, arrival)
    except AlreadyExists:
        letter = _return(id, arrival)
    if letter:
        log.error(
            "dead letter",
            dead_letter=letter.id,
            source=letter.source,
            dead_function=letter.function,
            target=letter.target,
            attempts=letter.attempts,
            returned=letter.returned,
            error=letter.error,
        )
    return letter


def _create(id: str, arrival: Undelivered) -> DeadLetter:
    now = clock.now()
    letter = DeadLetter(
        id=id,
        source=arrival.source,
        function=arrival.function,
        target=arrival.target,
        uid=arrival.uid,
        attributes={name: value for name, value in arrival.attributes.items() if name != LETTER},
        size=len(arrival.body),
        attempts=arrival.attempts,
        returned=1 if arrival.letter else 0,  # its letter was deleted meanwhile
        error=arrival.error,
        created_at=now,
        died_at=now,
    )
    fields = letter.model_dump(exclude={"id"}) | {"arrivals": [arrival.key], "expires_at": now + RETENTION}
    pieces, create = repository.to_create(id, fields, arrival.body)
    firestore.client().apply_each(pieces)
    firestore.client().commit([create])
    return letter


def _owner(body: bytes) -> str | None:
    """The user whom a message names."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    uid = content.get("uid") if isinstance(content, dict) else None
    return uid if isinstance(uid, str) and is_valid_id(uid) else None


def _return(id: str, arrival: Undelivered) -> DeadLetter | None:
    """Reopen a letter for an arrival that it does not have yet."""
    while True:
        stored = repository.find(id)
        if stored is None:
            return _create(id, arrival)
        if arrival.key in stored.data["arrivals"]:
            return None
        now = clock.now()
        fields: dict[str, Any] = {
            "status": "open",
            "died_at": now,
            "error": arrival.error,
            "attempts": Increment(arrival.attempts),
            "returned": Increment(1),
            "arrivals": [*stored.data["arrivals"][1 - _ARRIVALS :], arrival.key],
            "expires_at": now + RETENTION,
        }
        try:
            firestore.client().commit([repository.to_update(id, fields, version=stored.version)])
        except (PreconditionFailed, NotFound):
            continue
        return repository.load(repository.get(id))
