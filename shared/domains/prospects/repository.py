"""Stored prospects. A status that says no takes the address onto the suppression list in the same commit."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.domains.prospects.models import REFUSALS, Prospect
from shared.domains.suppression import service as suppression
from shared.gcp.writes import Write
from shared.store.repository import Repository


class ProspectRepository(Repository[Prospect]):
    """Every creation and change of a prospect goes through here: alone, of many, and as a step's effect."""

    def __init__(self) -> None:
        super().__init__(Prospect, "prospects", "prospect")

    def companions(self, before: Prospect | None, after: Prospect) -> Sequence[Write]:
        """The suppression of an address whose owner says no now, or of a new address of somebody who does."""
        known = before is not None and before.refuses and before.email == after.email
        if not after.refuses or not after.email or known:
            return ()
        return [suppression.to_suppress(after.user_id, after.email, after.refusal)]

    def to_update(self, uid: str, id: str, fields: Mapping[str, Any], *, version: datetime | None = None) -> Write:
        """A change that cannot say no. Raises TypeError for one that might: `to_change` knows the address."""
        if fields.get("status") in REFUSALS or "email" in fields:
            raise TypeError("the status and the address of a prospect are changed by edit or to_change")
        return super().to_update(uid, id, fields, version=version)
