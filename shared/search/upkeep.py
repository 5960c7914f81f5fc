"""Works on users' indexes for as long as a task lasts: compactions, and rebuilds that were asked for."""

from datetime import datetime, timedelta
from typing import Literal

from shared.kit import clock
from shared.kit.schema import Model, UserMessage
from shared.search import asking, changes, compaction, rebuilding
from shared.search import manifest as manifests
from shared.search.manifest import Manifest
from shared.store import optimistic

LEAST = 32  # changed documents are worth one; fewer wait for a day
_TURN = timedelta(seconds=60)  # of one user in one task

State = Literal["idle", "running", "done"]


class Reindex(Model):
    """The rebuild that is under way, else the last one."""

    id: str | None
    state: State
    documents: int  # indexed so far
    total: int | None  # how many there were when it began
    begun_at: datetime | None
    ended_at: datetime | None


def serve(message: UserMessage) -> None:
    """Compact an index, or go on with its rebuild; what a minute does not do goes to another task."""
    result = compaction.run(message.uid, clock.now() + _TURN, least=LEAST)
    if result.again_at:
        asking.enqueue(message.uid, "again", result.again_at + timedelta(seconds=1))


def start_reindex(uid: str) -> Reindex:
    """Begin to build the index anew, or answer the rebuild that is under way: a count for each kind, two reads, a
    commit and a task. Meanwhile the former index answers."""

    def attempt() -> Manifest:
        stored = manifests.read(uid)
        if stored and stored.building and stored.format == manifests.FORMAT:
            return stored
        look = changes.look(uid, changes.FIRST, 1)
        manifest = stored if stored and stored.is_searchable else rebuilding.unbuilt(uid, stored, look)
        manifest = rebuilding.begun(manifest, look, total=rebuilding.count(uid))
        return manifests.stored(
            manifest, optimistic.commit([manifests.to_store(manifest)], overtaken_by=manifests.TAKEN)
        )

    manifest = optimistic.in_turn(attempt, "search index")
    asking.enqueue(uid, f"rebuild {manifest.building and manifest.building.id}", clock.now())
    return _reindex(manifest)


def reindex_state(uid: str) -> Reindex:
    """The rebuild that is under way, else the last one: one read. One that nobody works on is taken up again."""
    manifest = manifests.read(uid)
    if manifest and manifest.building and (manifest.leased_until or clock.now()) <= clock.now():
        asking.ask(uid)
    return _reindex(manifest)


def _reindex(manifest: Manifest | None) -> Reindex:
    if manifest and (building := manifest.building):
        state: State = "running"
        return Reindex(
            id=building.id,
            state=state,
            documents=building.documents,
            total=building.total,
            begun_at=building.begun_at,
            ended_at=None,
        )
    if manifest and (rebuilt := manifest.rebuilt):
        times = {"begun_at": rebuilt.begun_at, "ended_at": rebuilt.ended_at}
        return Reindex(id=rebuilt.id, state="done", documents=rebuilt.documents, total=rebuilt.documents, **times)
    return Reindex(id=None, state="idle", documents=0, total=None, begun_at=None, ended_at=None)
