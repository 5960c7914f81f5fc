"""The stored uses and runs of playbooks, and the queries for them."""

from shared.domains.playbooks.models import PlaybookRun, PlaybookUse, RunsQuery
from shared.kit.paging import Page
from shared.store.repository import Repository


class RunRepository(Repository[PlaybookRun]):
    def __init__(self) -> None:
        super().__init__(PlaybookRun, "playbook_runs", "playbook run")

    def page_of_playbook(self, uid: str, playbook_id: str, query: RunsQuery) -> Page[PlaybookRun]:
        """A page of the user's runs of a playbook, newest first: one query."""
        return self.page(uid, where=[("playbook_id", "==", playbook_id)], limit=query.limit, cursor=query.cursor)


uses = Repository(PlaybookUse, "playbooks", "playbook")
runs = RunRepository()
