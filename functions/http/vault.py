"""/api/vault: what the user knows, by topic, over time, and linked with what was made of it."""

from shared.domains.vault import service, suggestions, topics, trends
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
from shared.runtime.router import Fields, Many, Message, One, Router

router = Router("/api/vault")


@router.get("", Many("items", VaultItem))
def list_items(call: Call, query: VaultQuery) -> Page[VaultItem]:
    return service.list_page(call.uid, query)


@router.post("", One("item", VaultItem), status=201)
def create_item(call: Call, body: VaultInput) -> VaultItem:
    return service.create(call.uid, body)


@router.get("/topics", Fields(Topics))
@router.get("/topics/clusters", Fields(Topics))
def list_topics(call: Call) -> Topics:
    return topics.find(call.uid)


@router.get("/trendlines", Fields(Trendlines))
def list_trendlines(call: Call, query: TrendQuery) -> Trendlines:
    return trends.find(call.uid, query)


@router.get("/{id}", One("item", VaultItem))
def get_item(call: Call, id: str) -> VaultItem:
    return service.repository.get(call.uid, id)


@router.put("/{id}", One("item", VaultItem))
@router.patch("/{id}", One("item", VaultItem))
def update_item(call: Call, id: str, body: VaultUpdate) -> VaultItem:
    return service.update(call.uid, id, body.changes(VaultItem), call.if_match)


@router.delete("/{id}")
def delete_item(call: Call, id: str) -> Message:
    service.delete(call.uid, id, call.if_match)
    return Message(message="The vault item was deleted.")


@router.get("/{id}/suggestions", Fields(Suggested))
def suggest(call: Call, id: str) -> Suggested:
    return suggestions.find(call.uid, id)


@router.post("/{id}/link-outreach", One("item", VaultItem))
def link_outreach(call: Call, id: str, query: OutreachLink, body: OutreachLink) -> VaultItem:
    return service.link_outreach(call.uid, id, query.outreach_id, body.outreach_id, call.if_match)


@router.post("/{id}/link-content", One("item", VaultItem))
def link_content(call: Call, id: str, query: ContentLink, body: ContentLink) -> VaultItem:
    return service.link_content(call.uid, id, query.content_id, body.content_id, call.if_match)


vault = http_function("vault", router)
