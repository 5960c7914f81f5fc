"""What was found lately, for others to build on."""

from shared.domains.research.models import Insight
from shared.domains.research.service import insights
from shared.store.repository import NEWEST_FIRST

MAX_INSIGHTS = 20


def recent(uid: str) -> list[Insight]:
    """The latest insights, at most `MAX_INSIGHTS`: one round trip."""
    return insights.select(uid, order=NEWEST_FIRST, limit=MAX_INSIGHTS)
