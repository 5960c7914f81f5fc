"""Keeps saved searches, each in one commit with its place among those that events are compared with."""

from datetime import datetime

from shared.domains.saved_searches import checks, watched
from shared.domains.saved_searches.models import (
    MAX_SEARCHES,
    SavedSearch,
    SavedSearchInput,
    SavedSearchQuery,
    SavedSearchUpdate,
)
from shared.domains.saved_searches.repository import repository
from shared.errors import Conflict
from shared.gcp import firestore
from shared.gcp.queries import equal
from shared.kit import clock
from shared.kit.paging import Page
from shared.kit.schema import stamp
from shared.store.optimistic import Edit
from shared.store.repository import NEWEST_FIRST


def list_page(uid: str, query: SavedSearchQuery) -> Page[SavedSearch]:
    """Two round trips in parallel."""
    return repository.page(uid, where=equal(alert=query.alert), limit=query.limit, cursor=query.cursor)


def get(uid: str, id: str) -> SavedSearch:
    """One read. Raises NotFound."""
    return repository.get(uid, id)


def kinds_found(uid: str) -> dict[str, frozenset[str]]:
    """The kinds of documents whose writes each search is compared with, by its id: one query."""
    searches = repository.select(uid, order=NEWEST_FIRST, limit=MAX_SEARCHES)
    return {search.id: checks.watched_kinds(search) for search in searches}


def create(uid: str, data: SavedSearchInput) -> SavedSearch:
    """A count, one commit. Raises Invalid for what cannot be searched or watched, Conflict where there are too many."""
    search = SavedSearch(**stamp(uid), **dict(data))
    checks.require(search)
    if repository.count(uid) >= MAX_SEARCHES:
        raise Conflict(f"There may be at most {MAX_SEARCHES} saved searches; delete one, then try again.")
    return repository.create(search, beside=watched.to_watch(None, search))


def update(uid: str, id: str, data: SavedSearchUpdate, version: datetime | None) -> SavedSearch:
    """One read, one commit. What it has found stays found, unless it asks something else now."""
    fields = repository.changes(data) | {"updated_at": clock.now()}

    def change(current: SavedSearch) -> Edit[None]:
        changed = repository.changed(current, fields)
        checks.require(changed)
        return Edit(fields, watched.to_watch(current, changed), None)

    return repository.edit_with(uid, id, change, version=version)[0]


def delete(uid: str, id: str, version: datetime | None) -> None:
    """One commit: the search and its place among those that events are compared with."""
    gone = repository.to_delete(uid, id, exists=None if version else True, version=version)
    firestore.client().commit([gone, watched.to_forget(uid, id)])
