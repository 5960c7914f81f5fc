"""What a saved search is, what may be sent about one, and what is kept of a document that it has found."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from shared.kit.schema import Also, Entity, Input, Name, OneLine, Tag, Update
from shared.kit.whitespace import comma_separated
from shared.search import results
from shared.search.period import Period
from shared.search.text import syntax

MAX_SEARCHES = 100  # of one user: an event compares its document with all of them
RETENTION = timedelta(days=365)  # of what was found: so long no document is announced again


# Also as one text, as the query of GET /api/search has it: "prospects,vault".
_COMMAS = Also(comma_separated, {"type": "string", "maxLength": 2_000})
Words = Annotated[list[Tag], Field(max_length=20), _COMMAS]
Query = Annotated[str, StringConstraints(max_length=syntax.MAX_LENGTH), OneLine]


class Filters(Period):
    """The filters of `GET /api/search`, under the names that they have there."""

    model_config = ConfigDict(serialize_by_alias=True)

    kinds: Annotated[Words, Field(description="Only documents of these kinds. Empty: of any kind.")] = []
    tags: Annotated[Words, Field(description="Only documents with one of these tags. Empty: any.")] = []
    status: Annotated[Words, Field(description="Only documents in one of these states. Empty: any.")] = []

    @property
    def in_index(self) -> results.Filters:
        """The same, as the search index takes them."""
        return results.Filters(tuple(self.kinds), tuple(self.tags), tuple(self.status), self.since, self.until)


class SavedSearchInput(Input):
    """`query` as in `GET /api/search`; without one the filters alone decide. With `alert` each document that comes to
    match is a notification, once."""

    name: Name
    query: Query = ""
    filters: Filters = Filters()
    alert: bool = False


class SavedSearchUpdate(Update):
    name: Name | None = None
    query: Query | None = None
    filters: Filters | None = None
    alert: bool | None = None


class SavedSearchQuery(Input):
    alert: bool | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: str | None = None


class SavedSearch(Entity):
    """A search that its owner runs again, or is notified by."""

    name: str
    query: str = ""
    filters: Filters = Filters()
    alert: bool = False

    @property
    def asks(self) -> tuple[str, Filters]:
        """What it looks for: two searches that ask the same find the same."""
        return self.query, self.filters


class SearchMatch(Entity):
    """A document that a saved search has come to match: stored once for both, and the event of its automations.

    `counted_in` names the hour whose notification counts it; None where a notification tells of it alone, or none does.
    """

    saved_search_id: str
    saved_search: str
    kind: str
    document_id: str
    title: str
    link: str | None = None
    prospect_id: str | None = None
    counted_in: str | None = None

    def stored(self) -> dict[str, Any]:
        """With the time at which Firestore removes it."""
        return {**super().stored(), "expires_at": self.created_at + RETENTION}
