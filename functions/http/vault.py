"""/api/vault: what the user knows, by topic, over time, and linked with what was made of it."""

from shared.domains import links
from shared.domains.vault import listing, service, suggestions, topics, trends
from shared.domains.vault.models import (
    ContentLink,
    OutreachLink,
    TrendQuery,
    VaultInput,
    VaultItem,
    VaultQuery,
    VaultUpdate,
)
from shared.domains.vault.suggestions import Suggested
from shared.domains.vault.topics import Topics
from shared.domains.vault.trends import Trendlines
from shared.kit.paging import Page
from shared.runtime.http import Call, http_function
from shared.runtime.router import HOURLY, Fields, Many, Message, One, Router

router = Router("/api/vault")


@router.get("", Many("items", VaultItem), tagged=HOURLY)
def list_items(call: Call, query: VaultQuery) -> Page[VaultItem]:
    """Items of the vault, newest first."""
    return listing.page(call.uid, query)


@router.post("", One("item", VaultItem), status=201)
def create_item(call: Call, body: VaultInput) -> VaultItem:
    """A new item."""
    return service.create(call.uid, body)


@router.get("/topics", Fields(Topics))
@router.get("/topics/clusters", Fields(Topics))
def list_topics(call: Call) -> Topics:
    """The newest 500 items by what they have in common. `/topics` and `/topics/clusters` are the same."""
    return topics.find(call.uid)


@router.get("/trendlines", Fields(Trendlines))
def list_trendlines(call: Call, query: TrendQuery) -> Trendlines:
    """How many items were added, day by day."""
    return trends.find(call.uid, query)


@router.get("/{id}", One("item", VaultItem))
def get_item(call: Call, id: str) -> VaultItem:
    """One item."""
    return service.get(call.uid, id)


@router.put("/{id}", One("item", VaultItem))
@router.patch("/{id}", One("item", VaultItem))
def update_item(call: Call, id: str, body: VaultUpdate) -> VaultItem:
    """Change the fields that are sent. A new summary brings new highlights, unless they are sent too."""
    return service.update(call.uid, id, body, call.if_match)


@router.delete("/{id}")
def delete_item(call: Call, id: str) -> Message:
    """Delete the item."""
    service.delete(call.uid, id, call.if_match)
    return Message(message="The vault item was deleted.")


@router.get("/{id}/suggestions", Fields(Suggested))
def suggest(call: Call, id: str) -> Suggested:
    """Prospects whom the item concerns, and ideas for texts and next steps."""
    return suggestions.find(call.uid, id)


@router.post("/{id}/link-outreach", One("item", VaultItem))
def link_outreach(call: Call, id: str, query: OutreachLink, body: OutreachLink) -> VaultItem:
    """Link the item with a message; the id stands in the body or in the query."""
    return links.link_outreach(call.uid, id, query.outreach_id, body.outreach_id, call.if_match)


@router.post("/{id}/link-content", One("item", VaultItem))
def link_content(call: Call, id: str, query: ContentLink, body: ContentLink) -> VaultItem:
    """Link the item with a template or another text; the id stands in the body or in the query."""
    return links.link_content(call.uid, id, query.content_id, body.content_id, call.if_match)


vault = http_function("vault", router)
