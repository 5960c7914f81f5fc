"""The secrets that deliveries are signed with, in a collection that no client can read."""

import secrets
from base64 import b64encode
from datetime import timedelta

from shared.gcp import writes
from shared.gcp.firestore import Document
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import derived_id

_OVERLAP = timedelta(hours=24)  # in which the receiver may still check with the secret that was replaced


def new() -> str:
    return f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"


def path(uid: str, id: str) -> str:
    return f"webhook_secrets/{derived_id(uid, id)}"


def to_keep(uid: str, id: str, secret: str) -> Write:
    return writes.create(path(uid, id), {"user_id": uid, "webhook_id": id, "secret": secret})


def to_rotate(uid: str, id: str, secret: str, replaced: str | None) -> Write:
    """Sign with `secret` from now on, and with the one it replaces for a day."""
    fields = {"user_id": uid, "webhook_id": id, "secret": secret}
    overlap = {"replaced": replaced, "replaced_until": clock.now() + _OVERLAP} if replaced else {}
    return Write(path(uid, id), {**fields, **overlap})


def valid(document: Document | None) -> list[str]:
    """The secrets that a delivery is signed with, the newest first."""
    if document is None:
        return []
    data = document.data
    overlapping = data.get("replaced") and data["replaced_until"] > clock.now()
    return [data["secret"], data["replaced"]] if overlapping else [data["secret"]]
