"""Stored research tasks, and the insights that they found."""

from shared.domains.research.models import Insight, ResearchTask
from shared.store.repository import NEWEST_FIRST, Repository


class InsightRepository(Repository[Insight]):
    def __init__(self) -> None:
        super().__init__(Insight, "insights", "insight")

    def latest(self, uid: str, limit: int) -> list[Insight]:
        """The newest insights: one query."""
        return self.select(uid, order=NEWEST_FIRST, limit=limit)

    def delete_of_task(self, uid: str, task_id: str) -> int:
        """A query and a batch per 500."""
        return self.delete_each(uid, [("task_id", "==", task_id)])


repository = Repository(ResearchTask, "research_tasks", "research task")
insights = InsightRepository()
