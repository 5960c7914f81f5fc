"""The link by which whoever gets a message can refuse all further ones (RFC 8058, one click)."""

import secrets
from typing import Any

from shared import settings
from shared.domains.contacts import repository
from shared.domains.prospects import service as prospects
from shared.domains.suppression import service as suppression
from shared.errors import NotFound, ProviderError
from shared.gcp import firestore
from shared.gcp.writes import Write
from shared.kit import clock

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
    return [repository.to_keep_link(token, offered)]


def find(token: str) -> str | None:
    """The address that the link is for, None where the account that had written is deleted: one read. Raises
    NotFound."""
    offered = _load(token)
    return None if _is_closed(offered) else str(offered["email"])


def take(token: str) -> str | None:
    """Never write to the address again, and its prospect is unsubscribed: two reads, one commit; done twice it is
    done once. Answers the address, None where the account that had written is deleted. Raises NotFound."""
    offered = _load(token)
    if _is_closed(offered):
        return None
    uid, email = offered["uid"], offered["email"]
    entered = suppression.to_suppress(uid, email, REASON)
    try:
        prospects.mark_unsubscribed(uid, offered["prospect_id"], beside=[entered])
    except NotFound:
        firestore.client().commit([entered])
    return str(email)


def _is_closed(offered: dict[str, Any]) -> bool:
    """What the link stood for is gone with its account (shared/domains/account/ownership.py)."""
    return bool(offered.get("closed"))


def _load(token: str) -> dict[str, Any]:
    offered = repository.find_link(token)
    if offered is None:
        raise NotFound("This link is not valid; answer the message instead, and ask to get no further ones.")
    return offered
