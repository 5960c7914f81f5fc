"""Stored prospects. A status that says no takes the address onto the suppression list in the same commit."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.domains.prospects.models import REFUSALS, Prospect, ProspectStatus
from shared.domains.suppression import service as suppression
from shared.gcp import firestore
from shared.gcp.firestore import Document
from shared.gcp.writes import Write
from shared.store.repository import NEWEST_FIRST, Repository


class ProspectRepository(Repository[Prospect]):
    """Every creation and change of a prospect goes through here: alone, of many, and as a step's effect."""

    def __init__(self) -> None:
        super().__init__(Prospect, "prospects", "prospect")

    def companions(self, before: Prospect | None, after: Prospect) -> Sequence[Write]:
        """The suppression of an address whose owner says no now, or of a new address of somebody who does."""
        unchanged = before is not None and before.refuses and before.email == after.email
        if not after.refuses or not after.email or unchanged:
            return ()
        return [suppression.to_suppress(after.user_id, after.email, after.refusal)]

    def to_update(self, uid: str, id: str, fields: Mapping[str, Any], *, version: datetime | None = None) -> Write:
        """A change that cannot say no. Raises TypeError for one that might: `to_change` knows the address."""
        if fields.get("status") in REFUSALS or "email" in fields:
            raise TypeError("the status and the address of a prospect are changed by edit or to_change")
        return super().to_update(uid, id, fields, version=version)

    def latest(self, uid: str, limit: int) -> list[Prospect]:
        """The newest prospects: one query."""
        return self.select(uid, order=NEWEST_FIRST, limit=limit)

    def best_fits(self, uid: str, limit: int) -> list[Prospect]:
        """The prospects with the highest fit: one query."""
        return self.select(uid, order=(("fit_score", "desc"),), limit=limit)

    def each_with_status(self, uid: str, status: ProspectStatus) -> Iterator[Prospect]:
        """All prospects of a status, as they are asked for: a round trip for every 300."""
        return self.each(uid, where=[("status", "==", status)])

    def with_email(self, uid: str, email: str, limit: int) -> list[Prospect]:
        """The prospects whose address is spelt so: one query."""
        return self.select(uid, where=[("email", "==", email)], limit=limit)


def documents(paths: Sequence[str]) -> dict[str, Document]:
    """Those of the documents that exist, by path, keys of addresses among them: one round trip."""
    return {document.path: document for document in firestore.client().get_all(paths) if document}


repository = ProspectRepository()
