"""The search index of a user, for whoever searches."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from shared import log
from shared.errors import AppError
from shared.providers import embed
from shared.search import asking
from shared.search import manifest as manifests
from shared.search.blobs import MissingSegment
from shared.search.cache import cache
from shared.search.index import Index
from shared.search.manifest import Manifest
from shared.search.packing import DamagedIndex
from shared.search.segments import Segment
from shared.store import optimistic

R = TypeVar("R")
MOST_WAITING = 200  # changed documents; beyond, a compaction is asked for


def index_of(uid: str, *, common: Sequence[Segment] = (), kinds: Collection[str] = ()) -> Index:
    """The user's index with all that was committed before this call, and the segments that all users share. Whoever
    names `kinds` asks for documents of these alone, and reads none of others that have changed.

    Warm: one round trip and two reads, where nothing has changed; else another, and a read for each document that has.
    The first search of a user builds the index. Raises Unavailable while a large one is being built.
    """
    reader = cache.reader(uid)
    index = reader.current(common, kinds)
    cache.shrink()
    if reader.waiting > MOST_WAITING:
        asking.ask(uid)
    return index


def answer(
    uid: str, question: Callable[[Index], R], *, common: Sequence[Segment] = (), kinds: Collection[str] = ()
) -> R:
    """What the user's index (as `index_of` gives it) answers. Parts of it are read when a question first needs them:
    where one is damaged or gone, the index is built anew, and asked again."""
    index = index_of(uid, common=common, kinds=kinds)
    try:
        return question(index)
    except (DamagedIndex, MissingSegment) as error:
        log.error("a search index is damaged, and is built anew", exception=error)
        cache.reader(uid).give_up(index)
        return question(index_of(uid, common=common, kinds=kinds))


def synonyms_of(uid: str) -> dict[str, list[str]]:
    """The user's synonyms: one read."""
    manifest = manifests.read(uid)
    return manifest.synonyms if manifest else {}


def set_synonyms(uid: str, synonyms: Mapping[str, Sequence[str]]) -> None:
    """Replace the user's synonyms: what `index_of` costs, one read and one commit."""
    index_of(uid)

    def attempt() -> None:
        manifest = manifests.read(uid)
        if manifest is not None:
            changed: Manifest = manifest.changed(synonyms={word: list(others) for word, others in synonyms.items()})
            optimistic.commit([manifests.to_store(changed)], overtaken_by=manifests.TAKEN)

    optimistic.in_turn(attempt, "search index")


def vector_of(index: Index, text: str) -> Any:
    """The meaning of what is looked for; None where the index has vectors of another model, until it is made anew, or
    the model does not answer: then words alone are searched."""
    model = embed.configured()
    if model.name != index.model:
        return None
    try:
        return model.embed([text], "query")[0]
    except AppError as error:
        log.warning("a search was not embedded", exception=error)
        return None
