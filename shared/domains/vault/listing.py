"""Lists the items of a user's vault."""

from shared.domains.vault.models import VaultItem, VaultQuery, split_tags
from shared.domains.vault.repository import repository
from shared.gcp.queries import Where
from shared.kit.paging import Page
from shared.search import lists


def page(uid: str, query: VaultQuery) -> Page[VaultItem]:
    """Newest first; of several tags, any one is enough."""
    where: list[Where] = []
    if query.category:
        where.append(("category", "==", query.category))
    if query.tags:
        where.append(("tags", "array-contains-any", split_tags(query.tags)))
    if query.since:
        where.append(("created_at", ">=", query.since))
    return lists.page(repository, uid, query.search, where=where, limit=query.limit, cursor=query.cursor)
