"""Fills vaults with the texts of a collection."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice

from shared.gcp import writes
from shared.gcp.firestore import Firestore


def fill(store: Firestore, uid: str, texts: Iterable[tuple[str, tuple[str, str]]]) -> None:
    """Store texts as items of a user's vault, as they were made a day ago."""
    at = datetime.now(UTC) - timedelta(days=1)
    common = {"category": "paper", "tags": [], "created_at": at, "updated_at": at, "schema_version": 1}
    creates = (
        writes.create(f"users/{uid}/vault/{id}", {"title": title, "summary": body, **common})
        for id, (title, body) in texts
    )
    while batch := [*islice(creates, 500)]:
        store.batch_write(batch, announced=False)
