"""The contact governor: suppression, frequency, quiet hours and quota, checked in the commit that claims a send.

The documents that it reads decide, and their versions are preconditions of the claim. Two sends at once, or a
suppression or another status of the prospect in between, make the claim fail, and the question is asked again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from shared.domains.contacts import pacing, quiet, rekeying, repository
from shared.domains.contacts.models import MAX_PER_CONTACT, ContactPolicy, SendingPause
from shared.domains.contacts.repository import QuotaPart, Standing
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import Prospect
from shared.domains.suppression import service as suppression
from shared.domains.suppression.models import Contact
from shared.errors import Forbidden
from shared.gcp import writes
from shared.gcp.firestore import Document
from shared.gcp.writes import Write
from shared.kit.mailboxes import Mailbox
from shared.store.single import Versioned

Rule = Literal["paused", "quiet_hours", "away", "pacing", "per_contact", "daily_quota"]


@dataclass(frozen=True)
class Permit:
    """The message may leave now. `claim` goes into the commit that says so, before it does: that commit fails if
    anything has changed that the permit rests on."""

    claim: Sequence[Write]


@dataclass(frozen=True)
class Later:
    """Not before then, by one of the rules."""

    at: datetime
    reason: str
    rule: Rule


@dataclass(frozen=True)
class Automatic:
    """A message that no person has sent: it waits while the recipient is away, and for its time in the working hours.

    `ready` is when it could have left but for that."""

    message_id: str
    ready: datetime


def ask(
    uid: str,
    prospect: Prospect,
    box: Mailbox,
    now: datetime,
    *,
    automatic: Automatic | None = None,
    claimed: bool = False,
    dry: bool = False,
) -> Permit | Later:
    """Whether a message to the prospect's mailbox may leave now. Raises Forbidden if never.

    One round trip: six reads, one more for each domain above, and one for the mailbox of a `+tag`; a second one for
    the other parts of the daily quota where one part is used up. One that was claimed before, and did not leave, has
    its place already: only night and a no hold it up. In a `dry` run, whose time may have passed, nothing is
    written, and what went to the contact later does not count.
    """
    paths = suppression.paths(uid, box)
    standing = repository.read_standing(uid, now, paths)
    rekeyed = standing.rekeyed or dry
    if not rekeyed and rekeying.run(uid):
        return ask(uid, prospect, box, now, automatic=automatic, claimed=claimed)
    guards = _guards(prospect, box, paths, standing.contacts)
    policy = standing.policy
    zone = prospect.time_zone or policy.time_zone
    if later := _closed(standing, zone, now):
        return later
    if claimed:
        return Permit(guards)
    if automatic and (later := _not_yet(policy, prospect, zone, automatic, now)):
        return later
    own = suppression.load(standing.contacts[0]) if standing.contacts[0] else None
    if later := _too_many(policy, own, now, until=now if dry else None):
        return later
    part = _part_with_room(uid, standing, now)
    if isinstance(part, Later):
        return part
    counted = suppression.to_count_send(uid, box, own, now, keep=MAX_PER_CONTACT)
    marked = [] if rekeyed else [repository.to_mark_rekeyed(uid)]
    return Permit([counted, *guards[1:], part.to_spend(now), *marked])  # in place of the first guard: the same document


def ask_again(uid: str, prospect: Prospect, box: Mailbox) -> Permit:
    """Whether a message that may have left already may leave: only a no holds it up. Raises Forbidden.

    One round trip, a read for the address and for each of its domains.
    """
    paths = suppression.paths(uid, box)
    return Permit(_guards(prospect, box, paths, repository.read_contacts(paths)))


def _guards(prospect: Prospect, box: Mailbox, paths: Sequence[str], contacts: Sequence[Document | None]) -> list[Write]:
    """That neither the suppression list nor the prospect, both as read, changes before the claim. Raises Forbidden."""
    _refuse(prospect, suppression.entry_against(box, contacts))
    guards = [
        writes.unchanged(path, contact.version if contact else None)
        for path, contact in zip(paths, contacts, strict=True)
    ]
    return [*guards, *prospects.to_guard(prospect)]


def _refuse(prospect: Prospect, entry: Contact | None) -> None:
    if entry:
        because = f" ({entry.reason})" if entry.reason else ""
        raise Forbidden(f"{entry.address} is on the suppression list{because}; nothing is sent there.")
    if prospect.refuses:
        status = prospect.status.replace("_", " ")
        raise Forbidden(f"{prospect.name} is {status}; nothing is sent there. Another status lifts that.")


def _closed(standing: Standing, zone: str, now: datetime) -> Later | None:
    """Nothing leaves while sending is paused, or at night where the contact is."""
    if standing.pause.until and standing.pause.until > now:
        return Later(standing.pause.until, f"Sending is paused: {standing.pause.reason}", "paused")
    opens = quiet.opens_at(standing.policy.quiet_hours, zone, now)
    return Later(opens, f"It is quiet time where the contact is ({zone}).", "quiet_hours") if opens > now else None


def _part_with_room(uid: str, standing: Standing, now: datetime) -> QuotaPart | Later:
    """The part of the day's quota in which the message is counted; a round trip where the part that was read is used
    up."""
    policy, quota = standing.policy, pacing.quota_on(standing.policy, now.astimezone(UTC).date())
    if standing.part.has_room(quota):
        return standing.part
    if elsewhere := repository.part_with_room(uid, now, quota):
        return elsewhere
    warming = " of the warm-up" if quota < policy.daily_quota else ""
    return Later(
        quiet.next_day("UTC", now), f"The daily quota{warming} of {quota:,} messages is used up.", "daily_quota"
    )


def _not_yet(policy: ContactPolicy, prospect: Prospect, zone: str, automatic: Automatic, now: datetime) -> Later | None:
    if prospect.away_until and prospect.away_until > now:
        return Later(prospect.away_until, f"{prospect.name} is away, as an automatic answer says.", "away")
    if policy.pacing is None:
        return None
    slot = pacing.leaves_at(policy.pacing, zone, automatic.message_id, automatic.ready, now, policy.quiet_hours)
    if slot <= now:
        return None
    return Later(slot, f"It leaves at {slot:%Y-%m-%d %H:%M} UTC: the day's messages are spread ({zone}).", "pacing")


def _too_many(policy: ContactPolicy, own: Contact | None, now: datetime, *, until: datetime | None) -> Later | None:
    window = timedelta(days=policy.per_days)
    recent = sorted(at for at in (own.sent_at if own else []) if at > now - window and (until is None or at <= until))
    if len(recent) >= policy.max_per_contact:
        frees = recent[-policy.max_per_contact] + window
        return Later(
            frees,
            f"{len(recent)} message{'s' * (len(recent) != 1)} went to this contact in the last {policy.per_days} days.",
            "per_contact",
        )
    return None


def to_release(uid: str, email: str, at: datetime) -> list[Write]:
    """Take back what a send at that time had claimed: it did not leave."""
    return [suppression.to_release_send(uid, email, at), repository.to_give_back(uid, at)]


def get_pause(uid: str) -> Versioned[SendingPause]:
    """Whether sending is paused, and why: one read."""
    return repository.pauses.get(uid)


def get_policy(uid: str) -> Versioned[ContactPolicy]:
    """One read."""
    return repository.policies.get(uid)


def set_policy(uid: str, policy: ContactPolicy, version: datetime | None = None) -> Versioned[ContactPolicy]:
    """One commit. Raises PreconditionFailed if `version` is not the latest."""
    return repository.policies.put(uid, policy, version)
