"""Renewals: every stored document of a collection, of all users, brought to what the present code and keys make of it.

A renewal goes through the collection in the order of paths, and notes how far it has come, so that it goes on wherever
it has died; a document costs a read, and a write where it differs, under the version that was read. Code or keys that
are being replaced may still store the former while it passes: it passes again an hour later, and then ever more seldom,
until a pass was refused nothing. Then it is finished, for as long as its target is the same: the former may be
dropped.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared import log, settings
from shared.errors import AlreadyExists, AppError, NotFound, PreconditionFailed
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.gcp.queries import Query
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.schema import Entity
from shared.store import older
from shared.store.repository import M, Repository

BATCH = 200
ROLLED_OUT = timedelta(hours=1)  # then no instance of the former code or keys is alive
_NEW: dict[str, Any] = {"after": None, "read": 0, "changed": 0, "refused": 0, "passes": 0, "finished_at": None}


@dataclass(frozen=True)
class Renewal:
    """`target` names what all are to be; another begins anew. `to_write` answers what one document takes to be it."""

    name: str
    collection: str
    target: str
    to_write: Callable[[Document], Sequence[Write]]


def of_model(repository: Repository[M], beside: Callable[[M], Sequence[Write]] = lambda entity: ()) -> Renewal:
    """The renewal of a model's documents to its present version, each with what `beside` writes with it."""
    model: type[Entity] = repository.model

    def to_write(document: Document) -> Sequence[Write]:
        entity = repository.load(document)
        fields = older.changes(model, document.data)
        update = writes.update(document.path, fields, version=document.version)
        return [update, *beside(entity)] if fields else []

    return Renewal(repository.collection, repository.collection, str(model.schema_version), to_write)


def go_on(renewals: Sequence[Renewal]) -> dict[str, int]:
    """Go on with each that is not finished: a read for each; then for every 200 documents a query, a write for each
    that differs, and the note of how far it has come."""
    until = clock.now() + timedelta(seconds=settings.current().sweep_seconds)
    counts = {"read": 0, "changed": 0, "refused": 0, "finished": 0}
    for renewal in renewals:
        state = _state(renewal)
        state = _advance(renewal, state, until, counts)
        counts["finished"] += state["finished_at"] is not None
    return counts


def state_of(renewal: Renewal) -> dict[str, Any]:
    """How far a renewal has come: one read. `finished_at` is None until it is finished."""
    return _state(renewal)


def _state(renewal: Renewal) -> dict[str, Any]:
    document = firestore.client().get(_path(renewal))
    if document and document.data["target"] == renewal.target:
        return {**document.data, "version": document.version}
    now = clock.now()
    version = document.version if document else None
    return {**_NEW, "target": renewal.target, "since": now, "began_at": now, "resumes_at": now, "version": version}


def _path(renewal: Renewal) -> str:
    return f"renewals/{renewal.name}"


def _advance(renewal: Renewal, state: dict[str, Any], until: datetime, counts: dict[str, int]) -> dict[str, Any]:
    """Renew page by page until the pass or the time is over."""
    while state["finished_at"] is None and clock.now() < until:
        if state["after"] is None and clock.now() < state["resumes_at"]:
            return state
        if state["after"] is None:
            state |= {"began_at": clock.now(), "read": 0, "changed": 0, "refused": 0}
        try:
            page = _renew_page(renewal, state)
            for name in ("read", "changed", "refused"):
                counts[name] += page[name]
                state[name] += page[name]
            state["after"] = page["after"]
            if state["after"] is None:
                _end_pass(renewal, state)
            state["version"] = _note(renewal, state)
        except (PreconditionFailed, AlreadyExists, NotFound):
            return state  # another process is at it
    return state


def _renew_page(renewal: Renewal, state: dict[str, Any]) -> dict[str, Any]:
    after = [state["after"]] if state["after"] else ()
    rows = firestore.client().query(Query(renewal.collection, group=True, limit=BATCH, after=after))
    page: dict[str, Any] = {"read": len(rows), "changed": 0, "refused": 0}
    for row in rows:
        try:
            if changes := renewal.to_write(row):
                firestore.client().commit(changes)
                page["changed"] += 1
        except AppError as error:  # it was changed meanwhile, or cannot be read: the next pass meets it again
            log.warning("a document was not renewed", exception=error, path=row.path)
            page["refused"] += 1
    page["after"] = rows[-1].path if len(rows) == BATCH else None
    return page


def _end_pass(renewal: Renewal, state: dict[str, Any]) -> None:
    state["resumes_at"] = clock.now() + ROLLED_OUT * 2 ** min(state["passes"], 7)  # what is refused for good costs less
    state["passes"] += 1
    if state["began_at"] >= state["since"] + ROLLED_OUT and not state["refused"]:
        state["finished_at"] = clock.now()
        log.info("a renewal is finished", renewal=renewal.name, target=renewal.target, read=state["read"])


def _note(renewal: Renewal, state: dict[str, Any]) -> datetime:
    """Store how far it has come, as it was read. Raises PreconditionFailed, AlreadyExists where another has."""
    fields = {name: value for name, value in state.items() if name != "version"}
    version = state["version"]
    return firestore.client().commit(
        [Write(_path(renewal), fields, exists=None if version else False, version=version)]
    )
