"""Tickets: what a browser opens a stream with, as its EventSource and its WebSocket send no header.

A ticket is used once, within 60 seconds, by whoever has it; it stands for the user who asked for it, and for no longer
than the ID token that it was asked for with. It is stored by its hash: who can read the store cannot use it.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.context import Principal, SignedIn
from shared.errors import NotFound, Unauthenticated
from shared.gcp import firestore, writes
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.kit.patterns import lazy_pattern

LIFETIME = timedelta(seconds=60)
_TICKET = lazy_pattern(r"[A-Za-z0-9_-]{43}")  # 256 random bits
_REFUSED = "The ticket is not valid: it was used, has expired, or never was one. Ask for another."


@dataclass(frozen=True)
class Ticket:
    """A new ticket; nobody can be told its text a second time."""

    text: str
    expires_at: datetime


def issue(user: SignedIn) -> Ticket:
    """A ticket that stands for a user, and for no longer than the ID token: one commit."""
    now, until = clock.now(), user.until
    ticket = Ticket(secrets.token_urlsafe(32), min(now + LIFETIME, until or datetime.max.replace(tzinfo=now.tzinfo)))
    fields = {
        "uid": user.principal.uid,
        "operator": user.principal.operator,
        "until": until,
        "issued_at": user.issued_at,
        "created_at": now,
        "expires_at": ticket.expires_at,  # which is when Firestore's TTL may remove it
    }
    firestore.client().commit([writes.create(_path(ticket.text), fields)])
    return ticket


def redeem(text: str) -> SignedIn:
    """Use a ticket up: one read, one commit, which only one of several at once gets through. Raises Unauthenticated.

    What is no ticket by its form costs nothing. A ticket whose removal got no answer is used up all the same.
    """
    if not _TICKET.fullmatch(text):
        raise Unauthenticated(_REFUSED)
    document = firestore.client().get(_path(text))
    if document is None:
        raise Unauthenticated(_REFUSED)
    try:
        firestore.client().commit([writes.delete(document.path, exists=True)])
    except NotFound as error:
        raise Unauthenticated(_REFUSED) from error
    return _admitted(document.data)


def _admitted(data: dict[str, Any]) -> SignedIn:
    if data["expires_at"] <= clock.now():
        raise Unauthenticated(_REFUSED)
    return SignedIn(Principal(data["uid"], operator=data["operator"]), data["until"], data.get("issued_at"))


def _path(text: str) -> str:
    return f"realtime_tickets/{derived_id('ticket', text)}"
