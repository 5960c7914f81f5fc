"""The stored outreach messages, and the queries for them."""

from datetime import datetime

from shared.domains.outreach.models import Outreach, OutreachQuery
from shared.gcp.queries import Where, equal
from shared.kit.paging import Page
from shared.store.repository import NEWEST_FIRST, Repository


class OutreachRepository(Repository[Outreach]):
    def __init__(self) -> None:
        super().__init__(Outreach, "outreach", "outreach message")

    def matching_page(self, uid: str, query: OutreachQuery) -> Page[Outreach]:
        """A page of the user's messages with this prospect and status, newest first: one query."""
        where = equal(prospect_id=query.prospect_id, status=query.status)
        return self.page(uid, where=where, limit=query.limit, cursor=query.cursor)

    def latest_sent(self, uid: str, prospect_id: str) -> Outreach | None:
        """The latest message to the prospect that has left, of the latest 20: one query."""
        latest = self.select(uid, where=[("prospect_id", "==", prospect_id)], order=NEWEST_FIRST, limit=20)
        return next((message for message in latest if message.status in ("sent", "replied")), None)

    def has_reply(self, uid: str, prospect_id: str, since: datetime) -> bool:
        """Whether any message to the prospect has a reply since then: one query."""
        where: list[Where] = [("prospect_id", "==", prospect_id), ("replied_at", ">=", since)]
        return bool(self.select(uid, where=where, order=[("replied_at", "asc")], limit=1))


repository = OutreachRepository()
