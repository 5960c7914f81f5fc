"""A typed collection below each user: every query of a domain goes through one of these."""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from shared import log
from shared.errors import AlreadyExists, AppError, Conflict, NotFound, PreconditionFailed, Unreadable
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.gcp.queries import Direction, Query, Where
from shared.gcp.writes import Write
from shared.kit import ids, tokens
from shared.kit.ids import is_valid_id
from shared.kit.paging import Page, Searched, fingerprint
from shared.kit.schema import Entity
from shared.store import cursors

M = TypeVar("M", bound=Entity)
Order = Sequence[tuple[str, Direction]]
_SEARCHED = 1_000
_STRIDE = 300
NEWEST_FIRST: Order = (("created_at", "desc"),)
_EDIT_ATTEMPTS = 60  # of 200 at once on one document, the unluckiest needs about a third

_side_calls = ThreadPoolExecutor(max_workers=8, thread_name_prefix="store")


class Repository(Generic[M]):
    """Documents of one model in `users/{uid}/{collection}`. Costs are in round trips.

    Methods named `to_…` make a write for a commit that others share; the rest act at once.
    """

    def __init__(self, model: type[M], collection: str, noun: str) -> None:
        self.model = model
        self.collection = collection
        self.noun = noun

    def path(self, uid: str, id: str) -> str:
        """Where a document lives; an impossible id is simply not found."""
        if not is_valid_id(id):
            raise NotFound(f"There is no {self.noun} with this id.")
        return f"users/{uid}/{self.collection}/{id}"

    def find(self, uid: str, id: str) -> M | None:
        """One round trip, one read."""
        document = firestore.client().get(self.path(uid, id))
        return self.load(document) if document else None

    def get(self, uid: str, id: str) -> M:
        """Like `find`; raises NotFound."""
        found = self.find(uid, id)
        if found is None:
            raise NotFound(f"There is no {self.noun} with this id.")
        return found

    def get_many(self, uid: str, wanted: Sequence[str]) -> dict[str, M]:
        """Those that exist, by id: one round trip, a read each."""
        paths = [self.path(uid, id) for id in wanted if is_valid_id(id)]
        documents = firestore.client().get_all(paths)
        return {entity.id: entity for entity in self._readable(filter(None, documents))}

    def page(
        self,
        uid: str,
        *,
        where: Sequence[Where] = (),
        order: Order = NEWEST_FIRST,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[M]:
        """One page and the true total: a query and an aggregation, in parallel."""
        query_id = fingerprint(uid, self.collection, list(where), list(order))
        query = Query(
            self.collection,
            parent=f"users/{uid}",
            where=where,
            order=order,
            limit=limit + 1,
            after=cursors.decode(query_id, cursor),
        )
        counting = _side_calls.submit(copy_context().run, firestore.client().count, query)
        rows = firestore.client().query(query)
        more = rows[limit:]
        rows = rows[:limit]
        next_cursor = cursors.encode(query_id, _sort_values(rows[-1], order)) if more else None
        return Page([*self._readable(rows)], counting.result(), next_cursor)

    def search_page(
        self,
        uid: str,
        search: str | None,
        *,
        where: Sequence[Where] = (),
        order: Order = NEWEST_FIRST,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[M]:
        """Like `page`, of the rows in whose searchable fields every word of `search` begins some word.

        One word is an index look-up. Of several, the longest is, and the others are compared here, among
        the first `_SEARCHED` rows, as are array clauses of `where`: Firestore allows one a query. The page says so, and
        whether there were more rows than that.
        """
        sought = tokens.words(search or "")
        if not sought:
            return self.page(uid, where=where, order=order, limit=limit, cursor=cursor)
        longest = max(sought, key=len)[: tokens.LONGEST]
        arrays = [clause for clause in where if clause[1].startswith("array-")]
        filters: list[Where] = [clause for clause in where if clause not in arrays]
        filters.append(("search_tokens", "array-contains", longest))
        if len(sought) == 1 and not arrays:
            return self.page(uid, where=filters, order=order, limit=limit, cursor=cursor)
        rows = self.select(uid, where=filters, order=order, limit=_SEARCHED + 1)
        found = [
            row
            for row in rows[:_SEARCHED]
            if tokens.matches(search or "", row.search_tokens()) and all(_holds(row, clause) for clause in arrays)
        ]
        query_id = fingerprint(uid, self.collection, sought, list(where), list(order))
        after = cursors.decode(query_id, cursor)
        rest = [row for row in found if not after or _follows(row, order, after)]
        more = len(rest) > limit
        position = [*(getattr(rest[limit - 1], path) for path, _ in order), rest[limit - 1].id] if more else []
        searched = Searched(limit=_SEARCHED, complete=len(rows) <= _SEARCHED)
        return Page(rest[:limit], len(found), cursors.encode(query_id, position) if more else None, searched)

    def select(self, uid: str, *, where: Sequence[Where] = (), order: Order = (), limit: int | None = None) -> list[M]:
        """The rows of a bounded query: one round trip."""
        query = Query(self.collection, parent=f"users/{uid}", where=where, order=order, limit=limit)
        return [*self._readable(firestore.client().query(query))]

    def each(self, uid: str, *, where: Sequence[Where] = (), order: Order = ()) -> Iterator[M]:
        """All rows, however many: a round trip for every `_STRIDE`, as they are asked for."""
        after: Sequence[Any] = ()
        while True:
            query = Query(self.collection, parent=f"users/{uid}", where=where, order=order, limit=_STRIDE, after=after)
            rows = firestore.client().query(query)
            yield from self._readable(rows)
            if len(rows) < _STRIDE:
                return
            after = _sort_values(rows[-1], order)

    def select_everywhere(self, *, where: Sequence[Where], order: Order = (), limit: int) -> list[M]:
        """Rows of all users, for schedules: one round trip."""
        query = Query(self.collection, group=True, where=where, order=order, limit=limit)
        return [*self._readable(firestore.client().query(query))]

    def select_fields(
        self, uid: str, fields: Sequence[str], *, where: Sequence[Where] = (), order: Order = (), limit: int
    ) -> list[dict[str, Any]]:
        """Some fields of the rows of a bounded query: one round trip; billed like whole rows, but small."""
        query = Query(self.collection, parent=f"users/{uid}", where=where, order=order, limit=limit, fields=fields)
        return [row.data for row in firestore.client().query(query)]

    def count(self, uid: str, *, where: Sequence[Where] = (), order: Order = ()) -> int:
        """One round trip, billed a read per 1,000 rows. With a list's `order`, its index serves the count too."""
        return firestore.client().count(Query(self.collection, parent=f"users/{uid}", where=where, order=order))

    def counts(self, uid: str, wheres: Sequence[Sequence[Where]], *, order: Order = ()) -> list[int]:
        """A count for each filter, in parallel."""
        counting = [
            _side_calls.submit(copy_context().run, lambda where=where: self.count(uid, where=where, order=order))
            for where in wheres
        ]
        return [count.result() for count in counting]

    def create(self, entity: M, *, beside: Sequence[Write] = ()) -> M:
        """One commit; raises AlreadyExists. `beside` adds writes to it."""
        try:
            changes = [self.to_create(entity), *self.companions(None, entity), *beside]
            return self.stamped(entity, firestore.client().commit(changes))
        except AlreadyExists:
            if ids.is_repeatable(entity.id):  # an earlier attempt at this request died before it could answer
                return self.get(entity.user_id, entity.id)
            raise

    def create_each(self, entities: Sequence[M]) -> list[AppError | None]:
        """Create each on its own, 500 a round trip; the answer has the error or None for each."""
        return firestore.client().batch_write([self.to_create(entity) for entity in entities])

    def update(self, uid: str, id: str, fields: Mapping[str, Any], *, version: datetime | None = None) -> None:
        """One commit; raises NotFound, or PreconditionFailed if `version` is not the latest."""
        firestore.client().commit([self.to_update(uid, id, fields, version=version)])

    def edit(
        self,
        uid: str,
        id: str,
        change: Callable[[M], Mapping[str, Any]],
        *,
        version: datetime | None = None,
        beside: Callable[[M], Sequence[Write]] = lambda changed: (),
    ) -> M:
        """Change the fields that `change` answers for the current entity: one read, one commit.

        With `version` (a client's If-Match) a lost update is refused: raises PreconditionFailed. Without,
        a change in between is met by trying again. `beside` adds writes to the same commit. Raises NotFound.
        """
        for attempt in range(_EDIT_ATTEMPTS):
            current = self.get(uid, id)
            if version is not None and current.version != version:
                raise PreconditionFailed(f"The {self.noun} was changed meanwhile; read it again, then repeat.")
            fields = dict(change(current))
            changed = self.model.model_validate({**current.model_dump(exclude_computed_fields=True), **fields})
            if self.model.searchable:
                fields["search_tokens"] = changed.search_tokens()
            update = writes.update(self.path(uid, id), fields, version=current.version)
            changes = [update, *self.companions(current, changed), *beside(changed)]
            try:
                return self.stamped(changed, firestore.client().commit(changes))
            except PreconditionFailed:
                time.sleep(random.uniform(0, 0.02 * min(attempt + 1, 25)))  # noqa: S311
        raise Conflict(f"The {self.noun} is being changed by many at once; try again.")

    def delete(self, uid: str, id: str, *, version: datetime | None = None) -> None:
        """One commit; raises NotFound, or PreconditionFailed if `version` is not the latest."""
        firestore.client().commit([self.to_delete(uid, id, exists=True, version=version)])

    def write_each(self, uid: str, where: Sequence[Where], write: Callable[[str], Write]) -> int:
        """Make `write(id)` for every row of a query; answers how many were written.

        A query of bare names and a batch per 500 rows. The writes must take the rows out of the query.
        """
        written = 0
        while True:
            names = Query(
                self.collection, parent=f"users/{uid}", where=where, limit=firestore.MAX_WRITES, fields=("__name__",)
            )
            rows = firestore.client().query(names)
            outcomes = firestore.client().batch_write([write(row.path.rsplit("/", 1)[1]) for row in rows])
            done = sum(outcome is None for outcome in outcomes)
            written += done
            if len(rows) < firestore.MAX_WRITES or not done:
                return written

    def delete_each(self, uid: str, where: Sequence[Where]) -> int:
        """Delete every row of a query: a query and a batch per 500."""
        return self.write_each(uid, where, lambda id: self.to_delete(uid, id))

    def to_create(self, entity: M) -> Write:
        return writes.create(self.path(entity.user_id, entity.id), entity.stored())

    def to_update(self, uid: str, id: str, fields: Mapping[str, Any], *, version: datetime | None = None) -> Write:
        return writes.update(self.path(uid, id), fields, version=version)

    def to_delete(self, uid: str, id: str, *, exists: bool | None = None, version: datetime | None = None) -> Write:
        return writes.delete(self.path(uid, id), exists=exists, version=version)

    def to_change(self, entity: M, fields: Mapping[str, Any], *, version: datetime | None = None) -> list[Write]:
        """The update of an entity that was read, with its companions."""
        changed = self.model.model_validate({**entity.model_dump(exclude_computed_fields=True), **fields})
        update = writes.update(self.path(entity.user_id, entity.id), fields, version=version)
        return [update, *self.companions(entity, changed)]

    def companions(self, before: M | None, after: M) -> Sequence[Write]:
        """What belongs into the commit that creates `after`, or changes `before` into it."""
        return ()

    def load(self, document: Document) -> M:
        """The entity of a stored document: owner and id come from its path. Raises Unreadable."""
        _, uid, *_, id = document.path.split("/")
        try:
            entity = self.model.model_validate({**document.data, "id": id, "user_id": uid})
        except ValidationError as error:
            fields = ", ".join(sorted({str(problem["loc"][0]) for problem in error.errors() if problem["loc"]}))
            raise Unreadable(f"The stored {self.noun} {id} does not fit its model: {fields}.") from error
        return self.stamped(entity, document.version)

    def _readable(self, documents: Iterable[Document]) -> Iterator[M]:
        """The entities of these documents. One that cannot be read is logged and left out of them."""
        for document in documents:
            try:
                yield self.load(document)
            except Unreadable as error:
                log.error("a stored document was left out of a list", path=document.path, problem=error.detail)

    def stamped(self, entity: M, version: datetime) -> M:
        entity._version = version
        return entity


def page_of(rows: Sequence[M], query_id: str, *, limit: int, cursor: str | None) -> Page[M]:
    """One page of rows that are all at hand; the cursor is the id of the last row shown."""
    last = cursors.decode(query_id, cursor)
    start = next((n + 1 for n, row in enumerate(rows) if [row.id] == last), 0)
    shown = rows[start : start + limit]
    more = len(rows) > start + limit
    return Page(shown, len(rows), cursors.encode(query_id, [shown[-1].id]) if more else None)


def _follows(row: Entity, order: Order, position: Sequence[Any]) -> bool:
    """Whether a row in hand comes after a position, as Firestore sorts: null first, and ids in the last direction."""
    *_, (_, last) = order
    for (path, direction), value in zip([*order, ("id", last)], position, strict=True):
        own = getattr(row, path)
        if own != value:
            later = value is None or (own is not None and own > value)
            return later == (direction == "asc")
    return False


def _holds(row: Entity, clause: Where) -> bool:
    """Whether an array clause holds for a row in hand."""
    path, operator, operand = clause
    wanted = operand if operator == "array-contains-any" else [operand]
    return any(value in getattr(row, path) for value in wanted)


def _sort_values(row: Document, order: Order) -> list[Any]:
    return [*(row.data.get(path) for path, _ in order), row.path]
