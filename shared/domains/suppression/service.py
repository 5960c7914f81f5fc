"""The suppression list: addresses and domains that no message is sent to, whatever sends it.

An entry is found by the mailbox's key (`shared/kit/mailboxes.py`), so its spelling does not matter.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.domains.suppression.models import Contact, SuppressionInput, SuppressionQuery
from shared.domains.suppression.repository import repository as repository
from shared.errors import AlreadyExists, Invalid, NotFound
from shared.gcp import writes
from shared.gcp.firestore import Document
from shared.gcp.writes import ArrayRemove, Write
from shared.kit import clock, mailboxes
from shared.kit.ids import derived_id
from shared.kit.mailboxes import Mailbox
from shared.kit.paging import Page
from shared.kit.schema import stamp
from shared.store import together
from shared.store.together import Lookup


def contact_id(address: str) -> str:
    """Of an address, or of a domain `@acme.io`, in any spelling."""
    return derived_id("contact", mailboxes.key_of(address))


def mailbox(email: str) -> Mailbox:
    """Raises Invalid for a stored text that is no address."""
    try:
        return mailboxes.parse(email)
    except ValueError as error:
        raise Invalid.at("email", f"“{email[:100]}” {error}") from error


def readable(address: str) -> str:
    """An address or domain as it is shown; what was stored by older rules and is neither, by its key."""
    try:
        return mailboxes.readable(address)
    except ValueError:
        return mailboxes.key_of(address)


def untagged(email: str) -> str:
    """The mailbox that the address delivers to, without a `+tag`."""
    try:
        return mailboxes.readable(mailboxes.parse(email).untagged_key)
    except ValueError:
        return mailboxes.key_of(email)


def paths(uid: str, box: Mailbox) -> list[str]:
    """The documents that can suppress the mailbox, to be read with others: that of its own address first."""
    return repository.paths(uid, box)


def entry_against(box: Mailbox, documents: Iterable[Document | None]) -> Contact | None:
    """Of the documents of `paths`, the entry by which the mailbox is suppressed; None where there is none."""
    return repository.against(box, documents)


def load(document: Document) -> Contact:
    """A contact of the documents of `paths`."""
    return repository.load(document)


def lookup(uid: str, email: str) -> Lookup[Contact]:
    """The lookup of what is kept of an address itself, to read it together with other documents."""
    return together.lookup(repository, uid, contact_id(email))


def lookup_entry(uid: str, email: str) -> Lookup[Contact]:
    """The lookup of what `to_suppress` enters for an address: of its whole mailbox."""
    return together.lookup(repository, uid, contact_id(untagged(email)))


def is_suppressed(uid: str, email: str) -> bool:
    """Whether nothing is sent to the address: one round trip, a read for the address and for each of its domains."""
    return find(uid, email) is not None


def find(uid: str, email: str) -> Contact | None:
    """The entry by which the address is suppressed, if it is: one round trip."""
    try:
        box = mailboxes.parse(email)
    except ValueError:  # stored by older rules: nothing can be sent there anyway
        contact = repository.find(uid, contact_id(email))
        return contact if contact and contact.suppressed else None
    return repository.find_against(uid, box)


def each_suppressed(uid: str) -> Iterator[Contact]:
    """All entries of the list, as they are asked for: a round trip for every 300."""
    return repository.each_suppressed(uid)


def to_suppress(uid: str, email: str, reason: str) -> Write:
    """Never write to the address again, whether it was written to before or not: no read is needed.

    Of an address with a tag, the whole mailbox is suppressed; how far an entry reaches that exists stays as it is.
    """
    address = untagged(email)
    fields = {"address": address, "reason": reason}
    return _to_enter(uid, fields if address == readable(email) else {**fields, "include_subaddresses": True})


def _to_enter(uid: str, fields: dict[str, Any]) -> Write:
    now = clock.now()
    path = repository.path(uid, contact_id(fields["address"]))
    return Write(path, {**fields, "suppressed": True, "created_at": now, "updated_at": now}, merge=True)


def suppress(uid: str, data: SuppressionInput) -> Contact:
    """Never write there again: one commit; one more and a read where the address was written to before."""
    address = _entered(data)
    contact = Contact(
        **stamp(uid, contact_id(address)),
        address=address,
        suppressed=True,
        reason=data.reason,
        include_subaddresses=data.include_subaddresses,
        include_subdomains=data.include_subdomains,
    )
    fields = contact.model_dump(
        include={"address", "suppressed", "reason", "updated_at", "include_subaddresses", "include_subdomains"}
    )
    try:
        return repository.create(contact)
    except AlreadyExists:
        return repository.edit(uid, contact.id, lambda known: fields)


def _entered(data: SuppressionInput) -> str:
    if data.email is None:
        return f"@{data.domain}"
    return untagged(data.email) if data.include_subaddresses else data.email


def unsuppress(uid: str, id: str, version: datetime | None) -> Contact:
    """The entry that was lifted: one read, one commit; what was sent there still counts."""
    contact = get(uid, id)
    if contact.address.startswith("@") or not contact.sent_at:
        repository.delete(uid, id, version=version or contact.version)
    else:
        repository.edit(uid, id, lambda known: {"suppressed": False, "reason": "", "soft_bounces": []}, version=version)
    return contact


def list_page(uid: str, query: SuppressionQuery) -> Page[Contact]:
    return repository.page(uid, where=[("suppressed", "==", True)], limit=query.limit, cursor=query.cursor)


def get(uid: str, id: str) -> Contact:
    """One read. Raises NotFound."""
    contact = repository.get(uid, id)
    if not contact.suppressed:
        raise NotFound("There is no suppression with this id.")
    return contact


def to_rekey(entry: Contact) -> list[Write]:
    """An entry that was stored under another spelling moves to where its address is looked for; else nothing.

    What was sent to that spelling is not counted any more."""
    as_it_is = entry.address.startswith("@") or not entry.include_subaddresses
    address = readable(entry.address) if as_it_is else untagged(entry.address)
    if entry.id == contact_id(address):
        return []
    fields = {"address": address, "reason": entry.reason, "include_subdomains": entry.include_subdomains}
    return [_to_enter(entry.user_id, fields), repository.to_delete(entry.user_id, entry.id)]


def to_count_send(uid: str, box: Mailbox, contact: Contact | None, at: datetime, *, keep: int) -> Write:
    """Keep the time of a send with the address, the latest `keep` of them. `contact` is as it was read: the
    commit fails where it has changed since."""
    if contact is None:
        created = Contact(**stamp(uid, contact_id(box.key), at=at), address=box.address, sent_at=[at])
        return repository.to_create(created)
    fields = {"sent_at": [*contact.sent_at, at][-keep:], "updated_at": at}
    return repository.to_update(uid, contact.id, fields, version=contact.version)


def to_suppress_beside(uid: str, email: str, reason: str, entry: Contact | None, *, gives_way: str) -> Write:
    """Like `to_suppress`, but an entry keeps its reason, unless that is `gives_way`. `entry` is as it was read: the
    commit fails where it has changed since."""
    if entry and entry.suppressed and (entry.reason != gives_way or reason == gives_way):
        return writes.unchanged(repository.path(uid, entry.id), entry.version)
    suppressed = to_suppress(uid, email, reason)
    return replace(suppressed, version=entry.version) if entry else replace(suppressed, exists=False)


def to_lift(uid: str, email: str, reason: str) -> list[Write]:
    """Lift what `to_suppress` has entered for this reason, if that still holds; what was sent there still counts. One
    read; the commit fails where the entry has changed since."""
    entry = repository.find(uid, contact_id(untagged(email)))
    if entry is None or not entry.suppressed or entry.reason != reason:
        return []
    if not entry.sent_at:
        return [repository.to_delete(uid, entry.id, version=entry.version)]
    fields = {"suppressed": False, "reason": "", "updated_at": clock.now()}
    return [repository.to_update(uid, entry.id, fields, version=entry.version)]


def to_note_soft_bounces(uid: str, email: str, message_ids: list[str], contact: Contact | None) -> Write:
    """Keep the messages that bounced for now. `contact` is as it was read: the commit fails where it has changed."""
    fields = {"soft_bounces": message_ids, "updated_at": clock.now()}
    if contact is not None:
        return repository.to_update(uid, contact.id, fields, version=contact.version)
    box = mailbox(email)
    fresh = Contact(**stamp(uid, contact_id(box.key)), address=box.address, soft_bounces=message_ids)
    return repository.to_create(fresh)


def to_release_send(uid: str, email: str, at: datetime) -> Write:
    """Take back what `to_count_send` has kept of that time."""
    return repository.to_update(uid, contact_id(email), {"sent_at": ArrayRemove((at,))})
