"""Fills vaults with the texts of a collection, and asks them questions."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice

from infra.demo.client import Client, NotNow, wait_until
from shared.gcp import writes
from shared.gcp.firestore import Firestore

_TOP = 5  # passages of an answer


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


def wait_for_index(client: Client, *, patience: float) -> None:
    """Wait until the user's vault answers questions, whose first has its index built."""
    wait_until("the index is built", lambda: _answers(client), patience=patience)


def ask(client: Client, question: str) -> list[str]:
    """Ask, and answer the ids of the items that the passages are of."""
    results = client.post("/api/chat/", {"query": question, "top_k": _TOP})["results"]
    return [*{passage["source_id"] for passage in results}]


def _answers(client: Client) -> bool:
    """Whether the index is there."""
    try:
        ask(client, "warm")
    except NotNow:
        return False
    return True
