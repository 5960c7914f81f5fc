"""Stored templates."""

from shared.domains.templates.models import Template
from shared.gcp.queries import Where
from shared.store.repository import NEWEST_FIRST, Repository


class TemplateRepository(Repository[Template]):
    def __init__(self) -> None:
        super().__init__(Template, "templates", "template")

    def find_first(self, uid: str) -> Template | None:
        """The newest of the favourites or, where there are none, the newest of all: one query, or two."""
        favorites: list[Where] = [("is_favorite", "==", True)]
        for where in (favorites, []):
            if newest := self.select(uid, where=where, order=NEWEST_FIRST, limit=1):
                return newest[0]
        return None


repository = TemplateRepository()
