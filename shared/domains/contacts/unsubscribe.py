"""The link by which whoever gets a message can refuse all further ones (RFC 8058, one click)."""

import secrets
from collections.abc import Mapping
from typing import Any

from shared import settings
from shared.domains.contacts import suppression
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import Prospect
from shared.errors import NotFound, ProviderError
from shared.gcp import firestore, writes
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import derived_id

PATH = "/api/unsubscribe/"
REASON = "Unsubscribed by the link in a message."


def new_token() -> str | None:
    """Unguessable; None on the local stack, where no public address is set that a link could lead to.

    Raises ProviderError elsewhere: no message leaves without a link.
    """
    config = settings.current()
    if not config.public_url and not config.local:
        raise ProviderError("A message needs an unsubscribe link; set PUBLIC_URL to where people reach the API.")
    return secrets.token_urlsafe(24) if config.public_url else None


def url(token: str | None) -> str | None:
    base = settings.current().public_url
    return f"{base.rstrip('/')}{PATH}{token}" if base and token else None


def with_link(body: str, token: str | None) -> str:
    """A message's text with the link below it, on a line of its own: mail programs make it one to click."""
    link = url(token)
    return f"{body.rstrip()}\n\n---\nTo get no further messages, unsubscribe here:\n{link}\n" if link else body


def to_offer(token: str | None, uid: str, email: str, prospect_id: str) -> list[Write]:
    """What the link needs to find its way back, for the commit that claims the send."""
    if token is None:
        return []
    offered = {"uid": uid, "email": email, "prospect_id": prospect_id, "created_at": clock.now()}
    return [writes.create(_path(token), offered)]


def find(token: str) -> str:
    """The address that the link is for: one read. Raises NotFound."""
    return str(_load(token)["email"])


def take(token: str) -> str:
    """Never write to the address again, and its prospect is unsubscribed: two reads, one commit; done twice it is
    done once. Raises NotFound."""
    offered = _load(token)
    uid, email = offered["uid"], offered["email"]
    entered = suppression.to_suppress(uid, email, REASON)
    try:
        prospects.repository.edit(uid, offered["prospect_id"], _unsubscribed, beside=lambda prospect: [entered])
    except NotFound:
        firestore.client().commit([entered])
    return str(email)


def _unsubscribed(current: Prospect) -> Mapping[str, Any]:
    """A status that says no already stays: it may say more."""
    if current.status == "unsubscribed" or (current.refuses and current.status != "not_interested"):
        return {}
    return {"status": "unsubscribed", "last_action": "unsubscribed", "updated_at": clock.now()}


def _load(token: str) -> dict[str, Any]:
    document = firestore.client().get(_path(token))
    if document is None:
        raise NotFound("This link is not valid; answer the message instead, and ask to get no further ones.")
    return document.data


def _path(token: str) -> str:
    """By the hash: who can read the store cannot use the link."""
    return f"unsubscribe_tokens/{derived_id('unsubscribe', token)}"
