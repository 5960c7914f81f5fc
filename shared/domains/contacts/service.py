"""The contact governor: suppression, frequency, quiet hours and quota, checked in the commit that claims a send.

What it reads decides; what it read is a precondition of the claim. Two sends at once, or a suppression
in between, make the claim fail, and the question is asked again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domains.contacts import quiet
from shared.domains.contacts.models import MAX_PER_CONTACT, Contact, ContactPolicy, SuppressionInput, SuppressionQuery
from shared.errors import AlreadyExists, Forbidden, NotFound
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.gcp.writes import ArrayRemove, Increment, Write
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.kit.paging import Page
from shared.store.repository import Repository
from shared.store.single import Single, Versioned

repository = Repository(Contact, "contacts", "suppression")
_policies = Single(ContactPolicy, "contact_policy", "contact policy")
_KEPT = timedelta(days=3)


@dataclass(frozen=True)
class Permit:
    """The message may leave now. `claim` goes into the commit that says so, before it does."""

    claim: Sequence[Write]


@dataclass(frozen=True)
class Later:
    """Not before then."""

    at: datetime
    reason: str


def contact_id(address: str) -> str:
    return derived_id("contact", address.lower())


def ask(uid: str, email: str, zone: str | None, now: datetime, *, claimed: bool = False) -> Permit | Later:
    """Whether a message to the address may leave now: one round trip, four reads. Raises Forbidden if never.

    One that was claimed before, and did not leave, has its place already: only night and suppression hold it up.
    """
    domain = "@" + email.rpartition("@")[2]
    quota_path = _quota_path(uid, now)
    policy_at, own_at, domain_at, quota = firestore.client().get_all(
        [_policies.path(uid), _path(uid, email), _path(uid, domain), quota_path]
    )
    policy = _policies.load(policy_at)
    own = repository.load(own_at) if own_at else None
    for known in filter(None, [own, repository.load(domain_at) if domain_at else None]):
        if known.suppressed:
            because = f" ({known.reason})" if known.reason else ""
            raise Forbidden(f"{known.address} is on the suppression list{because}; nothing is sent there.")
    opens = quiet.opens_at(policy.quiet_hours, zone or policy.time_zone, now)
    if opens > now:
        return Later(opens, f"It is quiet time where the contact is ({zone or policy.time_zone}).")
    if claimed:
        return Permit(())
    if later := _too_many(policy, own, quota.data["mails"] if quota else 0, now):
        return later
    nobody_else = writes.delete(_path(uid, domain), exists=False)  # the domain is still not suppressed
    return Permit([_to_count(uid, email, own, now), _to_spend(quota_path, quota, now), nobody_else])


def _too_many(policy: ContactPolicy, own: Contact | None, sent: int, now: datetime) -> Later | None:
    window = timedelta(days=policy.per_days)
    recent = sorted(at for at in (own.sent_at if own else []) if at > now - window)
    if len(recent) >= policy.max_per_contact:
        frees = recent[-policy.max_per_contact] + window
        return Later(
            frees,
            f"{len(recent)} message{'s' * (len(recent) != 1)} went to this contact in the last {policy.per_days} days.",
        )
    if sent >= policy.daily_quota:
        return Later(quiet.next_day("UTC", now), f"The daily quota of {policy.daily_quota:,} messages is used up.")
    return None


def _to_count(uid: str, email: str, own: Contact | None, now: datetime) -> Write:
    if own is None:
        contact = Contact(
            id=contact_id(email), user_id=uid, created_at=now, updated_at=now, address=email, sent_at=[now]
        )
        return repository.to_create(contact)
    latest = [*own.sent_at, now][-MAX_PER_CONTACT:]
    return repository.to_update(uid, own.id, {"sent_at": latest, "updated_at": now}, version=own.version)


def _to_spend(path: str, quota: Document | None, now: datetime) -> Write:
    if quota is None:
        return writes.create(path, {"mails": 1, "expire_at": now + _KEPT})
    return writes.update(path, {"mails": Increment(1)}, version=quota.version)


def to_release(uid: str, email: str, at: datetime) -> list[Write]:
    """Take back what a send at that time had claimed: it did not leave."""
    spent = writes.merge(_quota_path(uid, at), {"mails": Increment(-1), "expire_at": at + _KEPT})
    return [repository.to_update(uid, contact_id(email), {"sent_at": ArrayRemove((at,))}), spent]


def get_policy(uid: str) -> Versioned[ContactPolicy]:
    """One read."""
    return _policies.get(uid)


def set_policy(uid: str, policy: ContactPolicy, version: datetime | None = None) -> Versioned[ContactPolicy]:
    """One commit. Raises PreconditionFailed if `version` is not the latest."""
    return _policies.put(uid, policy, version)


def list_suppressed(uid: str, query: SuppressionQuery) -> Page[Contact]:
    return repository.page(uid, where=[("suppressed", "==", True)], limit=query.limit, cursor=query.cursor)


def get_suppressed(uid: str, id: str) -> Contact:
    """One read. Raises NotFound."""
    contact = repository.get(uid, id)
    if not contact.suppressed:
        raise NotFound("There is no suppression with this id.")
    return contact


def is_suppressed(uid: str, email: str) -> bool:
    """Whether the address, or everybody at its domain, is never written to: one round trip, two reads."""
    domain = "@" + email.rpartition("@")[2]
    known = firestore.client().get_all([_path(uid, email), _path(uid, domain)])
    return any(repository.load(document).suppressed for document in known if document)


def suppress(uid: str, data: SuppressionInput) -> Contact:
    """Never write there again: one commit; one more and a read where the address was written to before."""
    now = clock.now()
    address = data.email or f"@{data.domain}"
    contact = Contact(
        id=contact_id(address),
        user_id=uid,
        created_at=now,
        updated_at=now,
        address=address,
        suppressed=True,
        reason=data.reason,
    )
    try:
        return repository.create(contact)
    except AlreadyExists:
        fields = {"suppressed": True, "reason": data.reason, "updated_at": now}
        return repository.edit(uid, contact.id, lambda known: fields)


def unsuppress(uid: str, id: str, version: datetime | None) -> None:
    """One read, one commit; what was sent there still counts."""
    contact = get_suppressed(uid, id)
    if contact.address.startswith("@") or not contact.sent_at:
        repository.delete(uid, id, version=version or contact.version)
    else:
        repository.edit(uid, id, lambda known: {"suppressed": False, "reason": ""}, version=version)


def _path(uid: str, address: str) -> str:
    return repository.path(uid, contact_id(address))


def _quota_path(uid: str, now: datetime) -> str:
    return f"users/{uid}/meters/sends~{now:%Y-%m-%d}"
