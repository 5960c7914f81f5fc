"""Reads the documents of hits, as they are now."""

from collections.abc import Iterable

from shared.gcp import firestore
from shared.gcp.firestore import Document
from shared.search.entries import Key
from shared.search.kinds import KINDS

Part = tuple[Key, int]


def read(uid: str, keys: Iterable[Key], parts: Iterable[Part]) -> tuple[dict[Key, Document], dict[Part, Document]]:
    """Those of some documents that there are, and what holds some parts where a document of its own does: one round
    trip, a read each."""
    by_path = {key.path(uid): key for key in keys if not KINDS[key.kind].shared}
    companions = {
        (key, part): kind.companion(key.path(uid), part) for key, part in parts if (kind := KINDS[key.kind]).pieces
    }
    paths = [*dict.fromkeys([*by_path, *companions.values()])]
    stored = dict(zip(paths, firestore.client().get_all(paths), strict=True)) if paths else {}
    documents = {key: document for path, key in by_path.items() if (document := stored[path])}
    return documents, {part: document for part, path in companions.items() if (document := stored[path])}
