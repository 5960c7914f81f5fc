"""Which documents outside of `users/{uid}` belong to a user, and what becomes of them when the account is deleted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from shared.gcp import writes
from shared.gcp.writes import Write
from shared.kit import clock

_LINKS_ANSWER = timedelta(days=365)  # a message may be opened, and answered, long after its sender is gone


@dataclass(frozen=True)
class Owned:
    """A collection at the top of the database, and the field that holds its documents' owner. `deep`: some have
    documents below them."""

    collection: str
    owner: str
    removal: Callable[[str], Write] = writes.delete
    deep: bool = False


def _closed_link(path: str) -> Write:
    """A link to unsubscribe still answers kindly; whom it was for, and who had written, is removed."""
    return Write(path, {"closed": True, "expires_at": clock.now() + _LINKS_ANSWER})


def _closed_token(path: str) -> Write:
    """What comes back for a message of a closed account is known for that, and dropped: else it would be kept as mail
    that is for nobody."""
    return Write(path, {"closed": True, "expires_at": clock.now() + _LINKS_ANSWER})


OWNED = (
    Owned("hook_tokens", "uid"),  # addresses of automations, first of all: nobody is to start anything any more
    Owned("webhook_secrets", "user_id"),
    Owned("realtime_tickets", "uid"),
    Owned("unsubscribe_tokens", "uid", _closed_link),
    Owned("mail_tokens", "uid", _closed_token),
    Owned("dead_letters", "uid", deep=True),
)
# Collections at the top that hold nothing of any user.
OF_NOBODY: Mapping[str, Any] = {
    "renewals": "how far all stored documents are renewed",
    "meters": "how often all users together have asked a provider",
    "listener_proofs": "what a listener of an instance proves that it hears by",
    "sweeps": "how far sweeps that go round have come",
    "readiness": "what readiness asks the store for, which is never there",
    "deleted_accounts": "tombstones of accounts, under the hash of the user's id",
}
