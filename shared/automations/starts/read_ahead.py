"""Reads, in one round trip, what the other handlers of a document event compare it with."""

from shared.automations.definitions import subscriptions
from shared.automations.starts import found_documents, matching
from shared.domains.saved_searches.repository import watched_path
from shared.store.changes import Change


def take(change: Change) -> None:
    """Reads the subscriptions that the change concerns, and what the user's saved searches ask, if they see it."""
    paths = [subscriptions.path(change.uid, name) for name in matching.concerned(change)]
    if found_documents.searched(change):
        paths.append(watched_path(change.uid))
    change.read_ahead(paths)
