"""The addresses of a user's prospects: each is a key document, so that one address is one prospect.

A key is written in the commit that writes the prospect's address: created with it, deleted with it, moved with it.
"""

from collections.abc import Sequence

from shared.domains.prospects.repository import documents
from shared.errors import Conflict
from shared.gcp import writes
from shared.gcp.writes import Write
from shared.kit.ids import derived_id
from shared.kit.mailboxes import key_of


class AddressTaken(Conflict):
    """Another prospect of the user has the address. `suppressed`: it is on the suppression list by this request."""

    code = "address-taken"

    def __init__(self, email: str, holder: str, *, suppressed: bool = False) -> None:
        note = " The address was put on the suppression list." if suppressed else ""
        super().__init__(f"A prospect with the email {email} already exists: {holder}.{note}")
        self.holder, self.suppressed = holder, suppressed


def same(first: str | None, second: str | None) -> bool:
    """Whether both are the same mailbox, or both are none."""
    return (key_of(first) if first else None) == (key_of(second) if second else None)


def path(uid: str, email: str) -> str:
    return f"users/{uid}/prospect_addresses/{derived_id('address', key_of(email))}"


def to_claim(uid: str, email: str, prospect_id: str, request: str | None = None) -> Write:
    """Makes the address that of the prospect; its commit raises AlreadyExists where another has it.

    `request` tells the request that creates the prospect from all others, also after a crash.
    """
    return writes.create(path(uid, email), {"prospect_id": prospect_id, **({"request": request} if request else {})})


def to_release(uid: str, email: str | None) -> list[Write]:
    return [writes.delete(path(uid, email))] if email else []


def to_move(uid: str, prospect_id: str, before: str | None, after: str | None) -> Sequence[Write]:
    """What a change of a prospect's address changes in the keys; nothing where the mailbox stays."""
    if same(before, after):
        return []
    return [*to_release(uid, before), *([to_claim(uid, after, prospect_id)] if after else [])]


def holder(uid: str, email: str) -> str | None:
    """The id of the prospect that has the address: one read."""
    key = path(uid, email)
    stored = documents([key])
    return str(stored[key].data["prospect_id"]) if stored else None
