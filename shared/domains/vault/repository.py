"""Stored vault items, and the topics that they were found to be about."""

from shared.domains.vault.models import TopicMap, VaultItem
from shared.store.repository import NEWEST_FIRST, Repository


class VaultRepository(Repository[VaultItem]):
    def __init__(self) -> None:
        super().__init__(VaultItem, "vault", "vault item")

    def latest(self, uid: str, limit: int) -> list[VaultItem]:
        """The newest items: one query."""
        return self.select(uid, order=NEWEST_FIRST, limit=limit)


repository = VaultRepository()
topic_maps = Repository(TopicMap, "vault_topics", "topic map")
