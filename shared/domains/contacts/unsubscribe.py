"""The link by which whoever gets a message can refuse all further ones (RFC 8058, one click)."""

import secrets
from typing import Any

from shared import settings
from shared.domains.contacts import service
from shared.domains.contacts.models import SuppressionInput
from shared.domains.prospects import service as prospects
from shared.errors import NotFound
from shared.gcp import firestore, writes
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import derived_id

PATH = "/api/unsubscribe/"
REASON = "Unsubscribed by the link in a message."


def new_token() -> str | None:
    """Unguessable; None where the settings name no public address that a link could lead to."""
    return secrets.token_urlsafe(24) if settings.current().public_url else None


def url(token: str | None) -> str | None:
    base = settings.current().public_url
    return f"{base.rstrip('/')}{PATH}{token}" if base and token else None


def to_offer(token: str | None, uid: str, email: str, prospect_id: str) -> list[Write]:
    """What the link needs to find its way back, for the commit that claims the send."""
    if token is None:
        return []
    about = {"uid": uid, "email": email, "prospect_id": prospect_id, "created_at": clock.now()}
    return [writes.create(_path(token), about)]


def find(token: str) -> str:
    """The address that the link is for: one read. Raises NotFound."""
    return str(_load(token)["email"])


def take(token: str) -> str:
    """Never write to the address again: one read, two commits; done twice it is done once. Raises NotFound."""
    about = _load(token)
    uid = about["uid"]
    service.suppress(uid, SuppressionInput(email=about["email"], reason=REASON))
    if prospects.repository.find(uid, about["prospect_id"]):
        fields = {"status": "unsubscribed", "last_action": "unsubscribed", "updated_at": clock.now()}
        prospects.repository.edit(uid, about["prospect_id"], lambda current: fields)
    return str(about["email"])


def _load(token: str) -> dict[str, Any]:
    document = firestore.client().get(_path(token))
    if document is None:
        raise NotFound("This link is not known; write to the sender instead.")
    return document.data


def _path(token: str) -> str:
    """By the hash: who can read the store cannot use the link."""
    return f"unsubscribe_tokens/{derived_id('unsubscribe', token)}"
