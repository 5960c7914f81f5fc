"""Prospects: storing them once each, finding and changing them."""

from collections.abc import Sequence
from datetime import datetime

from shared.domains.prospects.models import Prospect, ProspectInput, ProspectQuery, ProspectUpdate
from shared.errors import AlreadyExists, AppError, BadRequest, Conflict
from shared.gcp.queries import Where
from shared.kit import clock
from shared.kit.ids import derived_id, new_id
from shared.kit.paging import Page
from shared.store.repository import Order, Repository

repository = Repository(Prospect, "prospects", "prospect")


def prospect_id(data: ProspectInput) -> str:
    """The id of the person with this address, so that one address is one prospect; else a new id."""
    return derived_id("prospect", data.email) if data.email else new_id()


def build(uid: str, data: ProspectInput, id: str) -> Prospect:
    now = clock.now()
    fields = data.model_dump() | {"fit_score": data.fit_score or 0.0}
    return Prospect(id=id, user_id=uid, created_at=now, updated_at=now, last_action="created", **fields)


def create(uid: str, data: ProspectInput) -> Prospect:
    """One commit; raises Conflict when the address is already a prospect."""
    prospect = build(uid, data, prospect_id(data))
    try:
        return repository.create(prospect)
    except AlreadyExists as error:
        raise Conflict(f"A prospect with the email {data.email} already exists: {prospect.id}.") from error


def create_each(uid: str, rows: Sequence[tuple[str, ProspectInput]]) -> list[AppError | None]:
    """Create (id, data) pairs, 500 a round trip; those that exist are left as they are."""
    return repository.create_each([build(uid, data, id) for id, data in rows])


def get(uid: str, id: str) -> Prospect:
    """One round trip; raises NotFound."""
    return repository.get(uid, id)


def list_page(uid: str, query: ProspectQuery) -> Page[Prospect]:
    where: list[Where] = [("status", "==", query.status)] if query.status else []
    order: Order = [(query.sort_by, query.sort_order or ("asc" if query.sort_by == "company" else "desc"))]
    return repository.search_page(uid, query.search, where=where, order=order, limit=query.limit, cursor=query.cursor)


def best_fits(uid: str, limit: int) -> list[Prospect]:
    """Those with the highest fit: one query."""
    return repository.select(uid, order=(("fit_score", "desc"),), limit=limit)


def update(uid: str, id: str, data: ProspectUpdate, version: datetime | None) -> Prospect:
    """One read and one commit; a new address costs one query more."""
    fields = {name: value if value != "" else None for name, value in data.given().items()}
    if not fields:
        raise BadRequest("No fields to update")
    if data.email:
        _refuse_taken(uid, id, data.email)
    fields |= {"updated_at": clock.now(), "last_action": data.status or "updated"}
    return repository.edit(uid, id, lambda current: fields, version=version)


def delete(uid: str, id: str, version: datetime | None) -> None:
    """The prospect alone; `removal` takes what belongs to it."""
    repository.delete(uid, id, version=version)


def _refuse_taken(uid: str, id: str, email: str) -> None:
    """An id follows from the address at first and stays, so a changed address is looked up."""
    others = [p for p in repository.select(uid, where=[("email", "==", email)], limit=2) if p.id != id]
    if others:
        raise Conflict(f"A prospect with the email {email} already exists: {others[0].id}.")
