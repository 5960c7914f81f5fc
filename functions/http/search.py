"""/api/search: one search over all that the user has, saved searches, synonyms."""

from shared.domains.saved_searches import service as saved_searches
from shared.domains.saved_searches.models import SavedSearch, SavedSearchInput, SavedSearchQuery, SavedSearchUpdate
from shared.domains.search import saved, service
from shared.domains.search.models import Count, SavedRun, SearchAnswer, SearchQuery, Synonyms, SynonymsInput
from shared.kit.paging import Page
from shared.runtime.http import Call, http_function
from shared.runtime.router import HOURLY, Fields, Many, Message, One, Router
from shared.search import service as search_index
from shared.search import upkeep
from shared.search.upkeep import Reindex

router = Router("/api/search")


@router.get("", Fields(SearchAnswer))
def find(call: Call, query: SearchQuery) -> SearchAnswer:
    """Find documents of all kinds by words and meaning, the best first."""
    return service.run(call.uid, service.of_query(query), limit=query.limit, cursor=query.cursor)


@router.get("/synonyms", Fields(Synonyms))
def get_synonyms(call: Call) -> Synonyms:
    """The user's synonyms."""
    return Synonyms(synonyms=search_index.synonyms_of(call.uid))


@router.put("/synonyms", Fields(Synonyms))
def replace_synonyms(call: Call, body: SynonymsInput) -> Synonyms:
    """Replace the user's synonyms by these."""
    search_index.set_synonyms(call.uid, body.synonyms)
    return Synonyms(synonyms=body.synonyms)


@router.post("/reindex", One("reindex", Reindex), status=202)
def reindex(call: Call) -> Reindex:
    """Build the index anew from the documents; meanwhile the former one answers. Under way already, it goes on."""
    return upkeep.start_reindex(call.uid)


@router.get("/reindex", One("reindex", Reindex))
def get_reindex(call: Call) -> Reindex:
    """How far the index has been built anew, else how it was the last time."""
    return upkeep.reindex_state(call.uid)


@router.get("/saved", Many("saved_searches", SavedSearch), tagged=HOURLY)
def list_saved_searches(call: Call, query: SavedSearchQuery) -> Page[SavedSearch]:
    """Saved searches, newest first."""
    return saved_searches.list_page(call.uid, query)


@router.post("/saved", One("saved_search", SavedSearch), status=201)
def create_saved_search(call: Call, body: SavedSearchInput) -> SavedSearch:
    """With `alert` you are notified of each document that comes to match from now on, new or changed."""
    return saved_searches.create(call.uid, body)


@router.get("/saved/{id}", One("saved_search", SavedSearch))
def get_saved_search(call: Call, id: str) -> SavedSearch:
    """One saved search."""
    return saved_searches.get(call.uid, id)


@router.put("/saved/{id}", One("saved_search", SavedSearch))
@router.patch("/saved/{id}", One("saved_search", SavedSearch))
def update_saved_search(call: Call, id: str, body: SavedSearchUpdate) -> SavedSearch:
    """Changed to ask something else, it may notify you of the same documents again."""
    return saved_searches.update(call.uid, id, body, call.if_match)


@router.delete("/saved/{id}")
def delete_saved_search(call: Call, id: str) -> Message:
    """Delete the saved search; what it has notified you of stays."""
    saved_searches.delete(call.uid, id, call.if_match)
    return Message(message="The saved search was deleted.")


@router.post("/saved/{id}/run", Fields(SearchAnswer))
def run_saved_search(call: Call, id: str, query: SavedRun) -> SearchAnswer:
    """What the saved search finds now."""
    return saved.run(call.uid, id, query)


@router.post("/saved/{id}/count", Fields(Count))
def count_saved_search(call: Call, id: str) -> Count:
    """How many documents match the saved search now."""
    return Count(count=saved.count(call.uid, id))


search = http_function("search", router)
