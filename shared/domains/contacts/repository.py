"""What is stored of a user's sending: the policy, the day's quota, the links to unsubscribe."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.domains.contacts.models import ContactPolicy
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.gcp.writes import Increment, Write
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.store.single import Single

policies = Single(ContactPolicy, "contact_policy", "contact policy")
_QUOTA_KEPT = timedelta(days=3)


@dataclass(frozen=True)
class Standing:
    """The documents that decide whether a message may leave, as they were at one moment."""

    policy: ContactPolicy
    quota: Document | None
    rekeyed: bool
    contacts: Sequence[Document | None]

    @property
    def sent_today(self) -> int:
        return int(self.quota.data["mails"]) if self.quota else 0


def read_standing(uid: str, now: datetime, contact_paths: Sequence[str]) -> Standing:
    """One round trip: three reads and one for each contact."""
    asked = [policies.path(uid), _quota_path(uid, now), _rekeyed_path(uid), *contact_paths]
    policy, quota, rekeyed, *contacts = firestore.client().get_all(asked)
    return Standing(policies.load(policy), quota, rekeyed is not None, contacts)


def read_contacts(paths: Sequence[str]) -> list[Document | None]:
    """One round trip, a read for each path."""
    return firestore.client().get_all(paths)


def to_spend(uid: str, now: datetime, quota: Document | None) -> Write:
    """Count a message in the day's quota, which must not have changed since it was read."""
    if quota is None:
        return writes.create(_quota_path(uid, now), {"mails": 1, "expire_at": now + _QUOTA_KEPT})
    return writes.update(_quota_path(uid, now), {"mails": Increment(1)}, version=quota.version)


def to_give_back(uid: str, at: datetime) -> Write:
    """Take a message of that time out of its day's quota."""
    return writes.merge(_quota_path(uid, at), {"mails": Increment(-1), "expire_at": at + _QUOTA_KEPT})


def to_mark_rekeyed(uid: str) -> Write:
    """Note that the user's suppressions are where `shared/kit/mailboxes.py` looks for them."""
    return writes.merge(_rekeyed_path(uid), {"rekeyed_at": clock.now()})


def to_keep_link(token: str, offered: dict[str, Any]) -> Write:
    """Store what a link to unsubscribe stands for; fails with AlreadyExists."""
    return writes.create(_link_path(token), offered)


def find_link(token: str) -> dict[str, Any] | None:
    """What the link stands for: one read."""
    document = firestore.client().get(_link_path(token))
    return document.data if document else None


def _quota_path(uid: str, now: datetime) -> str:
    return f"users/{uid}/meters/sends~{now:%Y-%m-%d}"


def _rekeyed_path(uid: str) -> str:
    return f"users/{uid}/settings/suppression_keys"


def _link_path(token: str) -> str:
    """By the hash: who can read the store cannot use the link."""
    return f"unsubscribe_tokens/{derived_id('unsubscribe', token)}"
