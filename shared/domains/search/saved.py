"""Runs and counts saved searches."""

from shared.domains.saved_searches import service as saved_searches
from shared.domains.search import service
from shared.domains.search.models import SavedRun, SearchAnswer
from shared.domains.search.service import Search


def run(uid: str, id: str, query: SavedRun) -> SearchAnswer:
    """One page of what a saved search finds now; a read more than a search. Raises NotFound."""
    return service.run(uid, _search(uid, id), limit=query.limit, cursor=query.cursor)


def count(uid: str, id: str) -> int:
    """How many documents match a saved search now. Raises NotFound."""
    return service.count(uid, _search(uid, id))


def _search(uid: str, id: str) -> Search:
    saved = saved_searches.get(uid, id)
    return Search(saved.query, saved.filters.in_index)
