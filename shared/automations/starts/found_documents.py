"""Compares a written document with the saved searches of its owner, and has those tell that it has come to match.

Each match is a document of `search_matches`, stored once for search and document, with the step that made the write as
its cause. Its own event starts automations (triggers/saved_search_matched.py), so that chains of automations through
saved searches are bounded as any other.
"""

from itertools import chain

from shared.automations.definitions import subscriptions
from shared.automations.triggers import saved_search_matched
from shared.domains.saved_searches import announcing, watched
from shared.domains.saved_searches.announcing import Announcement
from shared.domains.saved_searches.models import SearchMatch
from shared.domains.saved_searches.watched import Watched
from shared.errors import AppError
from shared.gcp import firestore
from shared.kit.ids import derived_id
from shared.kit.schema import Cause, stamp
from shared.search import kinds
from shared.search.entries import Entry
from shared.search.kinds import Kind
from shared.store.changes import Change


def take(change: Change) -> None:
    """Tells of the searches that a document did not match before the change, and does now.

    No read where nothing changed that searches see, else one; of a file one more for each document that holds its
    passages, where there are searches for files. A match costs what `announcing.tell` says; that of a search without an
    alert a read, and what `announcing.store` says if an automation waits for it.
    """
    kind = searched(change)
    if kind is None:
        return
    searches = watched.of_kind(change, kind.name)
    if not searches:
        return
    after, before = _entries(change, kind)
    refused: list[AppError] = []
    for search in watched.comparable(searches, after):
        if not search.matches(after) or search.matches(before):
            continue
        try:
            _tell(change, kind, search)
        except AppError as refusal:  # the other searches tell nevertheless
            refused.append(refusal)
    if refused:
        raise max(refused, key=lambda refusal: refusal.retriable)


def searched(change: Change) -> Kind | None:
    """The kind of the document that has changed, if searches see a difference."""
    kind = kinds.KINDS.get(change.collection)
    return kind if kind and change.after is not None and any(map(change.changed, kind.fields)) else None


def _tell(change: Change, kind: Kind, search: Watched) -> None:
    announcement = _announcement(change, kind, search)
    if search.alert:
        announcing.tell(announcement)
    elif _is_awaited(change.uid, search.id):
        announcing.store(announcement)


def _entries(change: Change, kind: Kind) -> tuple[list[Entry], list[Entry]]:
    """What searches see of a document after a change, and what they saw before it."""
    path = f"users/{change.uid}/{change.collection}/{change.id}"
    versions = [change.after or {}, change.before or {}]
    named = [kind.companions(path, version) for version in versions]
    paths = list(dict.fromkeys(chain(*named)))
    texts = dict(zip(paths, firestore.client().get_all(paths), strict=True)) if paths else {}
    after, before = (
        kinds.entries_of(kind, change.id, version, [row.data if (row := texts[path]) else None for path in companions])
        for version, companions in zip(versions, named, strict=True)
    )
    return after, before if change.before else []


def _announcement(change: Change, kind: Kind, search: Watched) -> Announcement:
    fields = change.after or {}
    prospect = change.id if change.collection == "prospects" else fields.get("prospect_id")
    match = SearchMatch(
        **stamp(change.uid, derived_id(search.id, search.asks, change.collection, change.id)),
        saved_search_id=search.id,
        saved_search=search.name,
        kind=change.collection,
        document_id=change.id,
        title=kind.title_of(fields) or f"A document of {kind.name.replace('_', ' ')}",
        link=kind.link(change.id, fields),
        prospect_id=prospect if isinstance(prospect, str) else None,
        cause=Cause.model_validate(change.cause) if change.cause else None,
    )
    return Announcement(match, change.time)


def _is_awaited(uid: str, search: str) -> bool:
    """Whether a match of the search starts an automation, or some step may wait for it: one read."""
    subscription = subscriptions.find(uid, saved_search_matched.TRIGGER.name)
    wanted = {listed.trigger_config.get("saved_search_id") for listed in subscription.automations.values()}
    return bool(wanted & {None, search} or subscription.awaiting)
