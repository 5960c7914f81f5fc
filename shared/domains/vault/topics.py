"""Topics: what the vault's items are about, found in their content."""

from datetime import datetime

from pydantic import BaseModel

from shared.domains.vault.models import VaultItem
from shared.domains.vault.service import repository
from shared.kit.clustering import Cluster, cluster
from shared.store.repository import NEWEST_FIRST

MAX_ITEMS = 500
_MAX_CHARS = 2_000  # of each item's summary
_EXCERPT = 300


class TopicItem(BaseModel):
    """As much of an item as a list of topics shows."""

    id: str
    title: str
    summary: str
    category: str
    tags: list[str]
    created_at: datetime


class TopicCluster(BaseModel):
    topic: str
    item_count: int
    items: list[TopicItem]
    keywords: list[str]


class Topics(BaseModel):
    clusters: list[TopicCluster]


def find(uid: str) -> Topics:
    """Of the newest items, at most `MAX_ITEMS`: one round trip."""
    return topics_of(repository.select(uid, order=NEWEST_FIRST, limit=MAX_ITEMS))


def topics_of(items: list[VaultItem]) -> Topics:
    """The largest topic first. Pure."""
    found = cluster([_content(item) for item in items])
    return Topics(clusters=[_topic(one, [items[n] for n in one.members]) for one in found])


def _content(item: VaultItem) -> str:
    """Title and tags twice: they say in few words what the item is about."""
    named = [item.title, *item.tags]
    return "\n".join([*named, *named, item.summary[:_MAX_CHARS]])


def _topic(found: Cluster, items: list[VaultItem]) -> TopicCluster:
    briefs = [
        TopicItem(**item.model_dump(include=set(TopicItem.model_fields)) | {"summary": item.summary[:_EXCERPT]})
        for item in items
    ]
    label = _label(found.phrases) if len(items) > 1 else items[0].title
    return TopicCluster(topic=label, item_count=len(items), items=briefs, keywords=found.phrases)


def _label(phrases: list[str]) -> str:
    """The most characteristic phrase; a lone word says too little, so the next comes with it."""
    if not phrases:
        return "Other"
    label = phrases[0] if " " in phrases[0] or len(phrases) == 1 else f"{phrases[0]} and {phrases[1]}"
    return label[0].upper() + label[1:]
