"""Stored contacts: an address or a domain each, with its suppression and the sends to it."""

from collections.abc import Iterable, Iterator

from shared.domains.suppression.models import Contact
from shared.gcp import firestore
from shared.gcp.firestore import Document
from shared.kit import mailboxes
from shared.kit.ids import derived_id
from shared.kit.mailboxes import Mailbox
from shared.store.repository import Repository


class ContactRepository(Repository[Contact]):
    """A contact's id is derived from its mailbox's key (`shared/kit/mailboxes.py`): its spelling does not matter."""

    def __init__(self) -> None:
        super().__init__(Contact, "contacts", "suppression")

    def paths(self, uid: str, box: Mailbox) -> list[str]:
        """The documents that can suppress the mailbox: its own first, then those of the mailbox that its tag belongs
        to, of its domain, and of each domain above."""
        keys = dict.fromkeys([box.key, box.untagged_key, *box.domain_keys])
        return [self.path(uid, derived_id("contact", key)) for key in keys]

    def against(self, box: Mailbox, documents: Iterable[Document | None]) -> Contact | None:
        """Of the documents of `paths`, the contact by which the mailbox is suppressed; None where there is none."""
        contacts = [self.load(document) for document in documents if document]
        return next((contact for contact in contacts if contact.suppressed and _covers(contact, box)), None)

    def find_against(self, uid: str, box: Mailbox) -> Contact | None:
        """The contact by which the mailbox is suppressed: one round trip, a read for it and for each of its domains."""
        return self.against(box, firestore.client().get_all(self.paths(uid, box)))

    def each_suppressed(self, uid: str) -> Iterator[Contact]:
        """All that are suppressed, as they are asked for: a round trip for every 300."""
        return self.each(uid, where=[("suppressed", "==", True)])


def _covers(contact: Contact, box: Mailbox) -> bool:
    key = mailboxes.key_of(contact.address)
    if key.startswith("@"):
        return key == box.domain_keys[0] or contact.include_subdomains
    return key == box.key or contact.include_subaddresses


repository = ContactRepository()
