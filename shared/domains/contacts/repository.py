"""What is stored of a user's sending: the policy, the day's quota, the links to unsubscribe."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.domains.contacts.models import ContactPolicy, SendingPause
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.gcp.writes import Increment, Write
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.kit.shares import share
from shared.store.single import Single

policies = Single(ContactPolicy, "contact_policy", "contact policy")
pauses = Single(SendingPause, "sending_pause", "pause of sending")
QUOTA_PARTS = 16  # so many sends at once get on in one round
_QUOTA_KEPT = timedelta(days=3)


@dataclass(frozen=True)
class Standing:
    """The documents that decide whether a message may leave, as they were at one moment."""

    policy: ContactPolicy
    pause: SendingPause
    part: "QuotaPart"
    rekeyed: bool
    contacts: Sequence[Document | None]


@dataclass(frozen=True)
class QuotaPart:
    """One of the parts of a day's quota, each a document of its own, so that sends at once rarely meet."""

    path: str
    number: int
    stored: Document | None

    def has_room(self, quota: int) -> bool:
        """Whether a message may still be counted in this part of the quota."""
        return (self.stored.data["mails"] if self.stored else 0) < share(quota, self.number, QUOTA_PARTS)

    def to_spend(self, now: datetime) -> Write:
        """Builds the write that counts a message in this part, which must not have changed since it was read."""
        if self.stored is None:
            return writes.create(self.path, {"mails": 1, "expire_at": now + _QUOTA_KEPT})
        return writes.update(self.path, {"mails": Increment(1)}, version=self.stored.version)


def read_standing(uid: str, now: datetime, contact_paths: Sequence[str]) -> Standing:
    """One round trip: four reads and one for each contact. The part of the quota is a random one."""
    number = random.randrange(QUOTA_PARTS)  # noqa: S311
    part = _quota_path(uid, now, number)
    asked = [policies.path(uid), pauses.path(uid), part, _rekeyed_path(uid), *contact_paths]
    policy, pause, quota, rekeyed, *contacts = firestore.client().get_all(asked)
    part_of_quota = QuotaPart(part, number, quota)
    return Standing(policies.load(policy), pauses.load(pause), part_of_quota, rekeyed is not None, contacts)


def read_responses(uid: str, now: datetime) -> tuple[ContactPolicy, SendingPause, dict[str, dict[str, int]]]:
    """The policy, the pause, and by day, today and yesterday, how many messages left, bounced and were reported: one
    round trip, 36 reads."""
    times = (now, now - timedelta(days=1))
    parts = {_quota_path(uid, at, part): f"{at:%Y-%m-%d}" for at in times for part in range(QUOTA_PARTS)}
    responses = {_responses_path(uid, at): f"{at:%Y-%m-%d}" for at in times}
    counted = [*parts.items(), *responses.items()]
    policy, pause, *documents = firestore.client().get_all(
        [policies.path(uid), pauses.path(uid), *(path for path, _ in counted)]
    )
    days: dict[str, Counter[str]] = {day: Counter() for day in responses.values()}
    for (_, day), document in zip(counted, documents, strict=True):
        numbers = document.data if document else {}
        days[day].update({name: numbers[name] for name in ("mails", "bounced", "complained") if name in numbers})
    return policies.load(policy), pauses.load(pause), {day: dict(counts) for day, counts in days.items()}


def to_count_responses(uid: str, counts: Mapping[str, int]) -> Write:
    """Count what came back today, for the sender's reputation."""
    now = clock.now()
    fields = {name: Increment(number) for name, number in counts.items()}
    return writes.merge(_responses_path(uid, now), {**fields, "expire_at": now + _QUOTA_KEPT})


def part_with_room(uid: str, now: datetime, quota: int) -> QuotaPart | None:
    """A random part of the day's quota that has room, None if it is used up: one round trip, a read for each part."""
    paths = [_quota_path(uid, now, number) for number in range(QUOTA_PARTS)]
    parts = [
        QuotaPart(path, number, stored)
        for number, (path, stored) in enumerate(zip(paths, firestore.client().get_all(paths), strict=True))
    ]
    with_room = [part for part in parts if part.has_room(quota)]
    return random.choice(with_room) if with_room else None  # noqa: S311


def read_contacts(paths: Sequence[str]) -> list[Document | None]:
    """One round trip, a read for each path."""
    return firestore.client().get_all(paths)


def to_give_back(uid: str, at: datetime) -> Write:
    """Take a message of that time out of its day's quota, of any part: their sum is what counts."""
    part = _quota_path(uid, at, random.randrange(QUOTA_PARTS))  # noqa: S311
    return writes.merge(part, {"mails": Increment(-1), "expire_at": at + _QUOTA_KEPT})


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


def _quota_path(uid: str, now: datetime, part: int) -> str:
    return f"users/{uid}/meters/sends~{now:%Y-%m-%d}~{part}"


def _responses_path(uid: str, at: datetime) -> str:
    return f"users/{uid}/meters/responses~{at:%Y-%m-%d}"


def _rekeyed_path(uid: str) -> str:
    return f"users/{uid}/settings/suppression_keys"


def _link_path(token: str) -> str:
    """By the hash: who can read the store cannot use the link."""
    return f"unsubscribe_tokens/{derived_id('unsubscribe', token)}"
