"""Repositories: typed access to a collection that each user has."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from shared import log
from shared.errors import AlreadyExists, AppError, BadRequest, NotFound, PreconditionFailed, Unreadable
from shared.gcp import announcements, firestore, refusals, writes
from shared.gcp.firestore import Document
from shared.gcp.queries import Direction, Query, Where
from shared.gcp.writes import Write
from shared.kit import ids
from shared.kit.ids import is_valid_id
from shared.kit.paging import Page, fingerprint
from shared.kit.schema import Entity, Update
from shared.store import cursors, older, optimistic, room
from shared.store.optimistic import Edit

M = TypeVar("M", bound=Entity)
R = TypeVar("R")
Order = Sequence[tuple[str, Direction]]
_STRIDE = 300
NEWEST_FIRST: Order = (("created_at", "desc"),)


class Repository(Generic[M]):
    """The documents of one model in `users/{uid}/{collection}`.

    Methods named `to_…` return writes for the caller's commit; all others act at once, at the cost they state.
    """

    def __init__(self, model: type[M], collection: str, noun: str) -> None:
        self.model = model
        self.collection = collection
        self.noun = noun

    def path(self, uid: str, id: str) -> str:
        """The path of a document. Raises NotFound for an invalid id."""
        if not is_valid_id(id):
            raise NotFound(f"There is no {self.noun} with this id.")
        return f"users/{uid}/{self.collection}/{id}"

    def find(self, uid: str, id: str) -> M | None:
        """The entity, or None: one round trip, one read."""
        document = firestore.client().get(self.path(uid, id))
        return self.load(document) if document else None

    def get(self, uid: str, id: str) -> M:
        """The entity: one round trip, one read. Raises NotFound."""
        entity = self.find(uid, id)
        if entity is None:
            raise NotFound(f"There is no {self.noun} with this id.")
        return entity

    def get_many(self, uid: str, wanted: Sequence[str]) -> dict[str, M]:
        """The entities that exist, by id: one round trip, a read each."""
        documents = firestore.client().get_all([self.path(uid, id) for id in wanted if is_valid_id(id)])
        return {entity.id: entity for entity in self.readable(filter(None, documents))}

    def page(
        self,
        uid: str,
        *,
        where: Sequence[Where] = (),
        order: Order = NEWEST_FIRST,
        limit: int = 100,
        cursor: str | None = None,
        fields: Sequence[str] = (),
    ) -> Page[M]:
        """A page of the rows that match, with their total: a query and a count, in parallel. Of each row all is read,
        or `fields` alone; other fields need a default, and are at it."""
        query_id = fingerprint(uid, self.collection, list(where), list(order))
        query = Query(
            self.collection,
            parent=f"users/{uid}",
            where=where,
            order=order,
            limit=limit + 1,
            after=cursors.decode(query_id, cursor),
            fields=(*fields, "schema_version") if fields else (),
        )
        total = firestore.client().begin_count(query)
        rows = firestore.client().query(query)
        rows, more = rows[:limit], rows[limit:]
        next_cursor = cursors.encode(query_id, cursors.sort_values(rows[-1], order)) if more else None
        return Page([*self.readable(rows)], total(), next_cursor)

    def select(self, uid: str, *, where: Sequence[Where] = (), order: Order = (), limit: int | None = None) -> list[M]:
        """The rows of a bounded query: one round trip."""
        query = Query(self.collection, parent=f"users/{uid}", where=where, order=order, limit=limit)
        return [*self.readable(firestore.client().query(query))]

    def each(self, uid: str, *, where: Sequence[Where] = (), order: Order = ()) -> Iterator[M]:
        """Iterate over all rows: a round trip for every `_STRIDE` rows, made as the caller advances."""
        after: Sequence[Any] = ()
        while True:
            query = Query(self.collection, parent=f"users/{uid}", where=where, order=order, limit=_STRIDE, after=after)
            rows = firestore.client().query(query)
            yield from self.readable(rows)
            if len(rows) < _STRIDE:
                return
            after = cursors.sort_values(rows[-1], order)

    def select_fields(
        self, uid: str, fields: Sequence[str], *, where: Sequence[Where] = (), order: Order = (), limit: int
    ) -> list[dict[str, Any]]:
        """Some fields of the rows of a bounded query: one round trip; billed as whole rows, but little data."""
        query = Query(self.collection, parent=f"users/{uid}", where=where, order=order, limit=limit, fields=fields)
        return [row.data for row in firestore.client().query(query)]

    def count(self, uid: str, *, where: Sequence[Where] = (), order: Order = ()) -> int:
        """The number of rows: one round trip, a read per 1,000 rows. With a list's `order`, its index serves it."""
        return firestore.client().count(Query(self.collection, parent=f"users/{uid}", where=where, order=order))

    def counts(self, uid: str, wheres: Sequence[Sequence[Where]], *, order: Order = ()) -> list[int]:
        """The number of rows for each filter: as many round trips, in parallel."""
        query = Query(self.collection, parent=f"users/{uid}", order=order)
        counting = [firestore.client().begin_count(replace(query, where=where)) for where in wheres]
        return [total() for total in counting]

    def create(self, entity: M, *, beside: Sequence[Write] = ()) -> M:
        """Store a new entity, in one commit with `beside`. Raises AlreadyExists."""
        try:
            changes = [self.to_create(entity), *self.companions(None, entity), *beside]
            return self.stamped(entity, firestore.client().commit(changes))
        except AlreadyExists:
            if ids.is_repeatable(entity.id):  # an earlier attempt at this request died before it could answer
                return self.get(entity.user_id, entity.id)
            raise

    def create_each(self, entities: Sequence[M]) -> list[AppError | None]:
        """Create each entity on its own, 500 a round trip; returns an error or None for each."""
        return firestore.client().batch_write([self.to_create(entity) for entity in entities])

    def update(self, uid: str, id: str, fields: Mapping[str, Any], *, version: datetime | None = None) -> None:
        """Change fields: one commit. Raises NotFound, or PreconditionFailed if `version` is outdated."""
        firestore.client().commit([self.to_update(uid, id, fields, version=version)])

    def edit(
        self, uid: str, id: str, change: Callable[[M], Mapping[str, Any]], *, version: datetime | None = None
    ) -> M:
        """Change the fields that `change` returns for the current entity: one read, one commit.

        Optimistic concurrency: with `version` (a client's If-Match) another writer's change raises PreconditionFailed;
        without, it is read and `change` is applied again. Raises NotFound.
        """
        return self.edit_with(uid, id, lambda current: Edit(change(current), (), None), version=version)[0]

    def edit_with(
        self, uid: str, id: str, change: Callable[[M], Edit[R]], *, version: datetime | None = None
    ) -> tuple[M, R]:
        """Like `edit`, in one commit with other writes; returns the changed entity and the edit's result."""

        def attempt() -> tuple[M, R]:
            current = self.get(uid, id)
            self.require_version(current, version)
            edit = change(current)
            changed = self.changed(current, edit.fields)
            room.require(self.collection, edit.fields, lambda: self.to_create(changed))
            fields = {**older.changes(self.model, current._outdated), **edit.fields}
            update = self._to_become(changed, fields, current.version)
            at = optimistic.commit([update, *self.companions(current, changed), *edit.beside])
            return self.stamped(changed, at), edit.result

        return optimistic.in_turn(attempt, self.noun)

    def changed(self, entity: M, fields: Mapping[str, Any]) -> M:
        """The entity with these fields in place of its own, as its model reads them; nothing is stored."""
        return self.model.model_validate({**entity.model_dump(exclude_computed_fields=True), **fields})

    def require_version(self, entity: M, version: datetime | None) -> None:
        """Raises PreconditionFailed where `version` (a client's If-Match) is not that of the entity as read."""
        if version is not None and entity.version != version:
            raise PreconditionFailed.changed(self.noun)

    def changes(self, data: Update) -> dict[str, Any]:
        """The fields that a client's update sets, as they are stored. Raises BadRequest where it sets none."""
        fields = data.changes(self.model)
        if not fields:
            raise BadRequest("No fields to update")
        return fields

    def delete(self, uid: str, id: str, *, version: datetime | None = None, beside: Sequence[Write] = ()) -> None:
        """Delete an entity: one commit. Raises NotFound, or PreconditionFailed if `version` is outdated."""
        firestore.client().commit([self.to_delete(uid, id, exists=True, version=version), *beside])

    def write_each(self, uid: str, where: Sequence[Where], write: Callable[[str], Write]) -> int:
        """Apply `write(id)` for every row of a query; returns how many were applied.

        A query of document names and a batch per 500 rows. The writes must remove the rows from the query.
        """
        written = 0
        while True:
            names = Query(
                self.collection, parent=f"users/{uid}", where=where, limit=firestore.MAX_WRITES, fields=("__name__",)
            )
            rows = firestore.client().query(names)
            outcomes = firestore.client().batch_write([write(row.path.rsplit("/", 1)[1]) for row in rows])
            refusals.raise_failures(outcomes)
            written += (done := outcomes.count(None))
            if len(rows) < firestore.MAX_WRITES or not done:
                return written

    def delete_each(self, uid: str, where: Sequence[Where]) -> int:
        """Delete every row of a query: a query and a batch per 500 rows."""
        return self.write_each(uid, where, lambda id: self.to_delete(uid, id))

    def to_create(self, entity: M) -> Write:
        return writes.create(self.path(entity.user_id, entity.id), entity.stored())

    def to_update(self, uid: str, id: str, fields: Mapping[str, Any], *, version: datetime | None = None) -> Write:
        return writes.update(self.path(uid, id), fields, version=version)

    def to_delete(self, uid: str, id: str, *, exists: bool | None = None, version: datetime | None = None) -> Write:
        return writes.delete(self.path(uid, id), exists=exists, version=version)

    def to_change(self, entity: M, fields: Mapping[str, Any], *, version: datetime | None = None) -> list[Write]:
        """The writes that change fields of an entity already read, with its companions."""
        changed = self.changed(entity, fields)
        room.require(self.collection, fields, lambda: self.to_create(changed))
        stored = {**older.changes(self.model, entity._outdated), **fields}
        return [self._to_become(changed, stored, version), *self.companions(entity, changed)]

    def _to_become(self, changed: M, fields: Mapping[str, Any], version: datetime | None) -> Write:
        """The write of fields by which a stored entity becomes `changed`, and what its announcement says."""
        shown = announcements.shown(self.collection, changed.stored())
        return writes.update(self.path(changed.user_id, changed.id), fields, version=version, announced=shown)

    def companions(self, before: M | None, after: M) -> Sequence[Write]:
        """The writes that belong in the commit that creates `after`, or changes `before` into it."""
        return ()

    def load(self, document: Document) -> M:
        """The entity of a stored document; its path gives owner and id. Raises Unreadable."""
        _, uid, *_, id = document.path.split("/")
        fields = older.present(self.model, self.noun, id, document.data)
        try:
            entity = self.model.model_validate({**fields, "id": id, "user_id": uid})
        except ValidationError as error:
            names = ", ".join(sorted({str(problem["loc"][0]) for problem in error.errors() if problem["loc"]}))
            raise Unreadable(f"The stored {self.noun} {id} does not fit its model: {names}.") from error
        entity.note_stored(document.version, {} if fields is document.data else document.data)
        return entity

    def readable(self, documents: Iterable[Document]) -> Iterator[M]:
        """The entities of the documents; logs and skips those that do not fit the model."""
        for document in documents:
            try:
                yield self.load(document)
            except Unreadable as error:
                log.error("a stored document was left out of a list", path=document.path, problem=error.detail)

    def stamped(self, entity: M, version: datetime) -> M:
        """Set the entity's version, and return it."""
        entity._version = version
        return entity
