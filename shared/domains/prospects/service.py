"""Prospects: storing them once each, finding and changing them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.domains.prospects import addresses, creation
from shared.domains.prospects.addresses import AddressTaken
from shared.domains.prospects.models import Prospect, ProspectInput, ProspectStatus, ProspectUpdate
from shared.domains.prospects.repository import repository as repository
from shared.domains.suppression import service as suppression
from shared.errors import AlreadyExists, AppError, Conflict
from shared.gcp import writes
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import derived_id, new_id
from shared.kit.schema import Model, stamp
from shared.store import optimistic, together
from shared.store.optimistic import Edit
from shared.store.together import Lookup

_ATTEMPTS = 8  # while others change the same addresses


def prospect_id(data: ProspectInput) -> str:
    """An id that follows from the address, as those had that were stored before addresses had keys; else a new id."""
    return derived_id("prospect", data.email) if data.email else new_id()


def build(uid: str, data: ProspectInput, id: str) -> Prospect:
    fields = data.model_dump() | {"fit_score": data.fit_score or 0.0}
    return Prospect(**stamp(uid, id), last_action="created", **fields)


def create(uid: str, data: ProspectInput) -> Prospect:
    """One commit; raises AddressTaken when the address is already a prospect's."""
    [outcome] = creation.create_each([build(uid, data, prospect_id(data))])
    if isinstance(outcome, AppError):
        raise outcome
    return outcome


def get(uid: str, id: str) -> Prospect:
    """One round trip; raises NotFound."""
    return repository.get(uid, id)


def find(uid: str, id: str) -> Prospect | None:
    """One round trip; None where there is no prospect with this id."""
    return repository.find(uid, id)


def find_by_address(uid: str, email: str) -> Prospect | None:
    """Returns the prospect that has the address, or None: two reads."""
    holder = addresses.holder(uid, email)
    return repository.find(uid, holder) if holder else None


def lookup(uid: str, id: str) -> Lookup[Prospect]:
    """The lookup of a prospect, to read it together with other documents. Raises NotFound for an impossible id."""
    return together.lookup(repository, uid, id)


def to_change(prospect: Prospect, fields: Mapping[str, Any]) -> list[Write]:
    """The writes that change a prospect as it was read, with the suppression of one who says no now."""
    return repository.to_change(prospect, {**fields, "updated_at": clock.now()}, version=prospect.version)


def change(
    uid: str, id: str, fields_of: Callable[[Prospect], Mapping[str, Any]], *, beside: Sequence[Write] = ()
) -> Prospect:
    """Changes a prospect by what it is: one read, one commit with `beside` in it; both again where another changes it
    meanwhile. Raises NotFound."""

    def edit(current: Prospect) -> Edit[None]:
        return Edit({**fields_of(current), "updated_at": clock.now()}, beside, None)

    return repository.edit_with(uid, id, edit)[0]


def best_fits(uid: str, limit: int) -> list[Prospect]:
    """Those with the highest fit: one query."""
    return repository.best_fits(uid, limit)


def latest(uid: str, limit: int) -> list[Prospect]:
    """The newest prospects: one query."""
    return repository.latest(uid, limit)


def each_with_status(uid: str, status: ProspectStatus) -> Iterator[Prospect]:
    """All prospects of a status, as they are asked for: a round trip for every 300."""
    return repository.each_with_status(uid, status)


def to_guard(prospect: Prospect) -> list[Write]:
    """Changes nothing, and fails the commit if the prospect has changed since it was read. In a dry run a prospect may
    not be stored: no write then."""
    if prospect.version is None:
        return []
    return [writes.unchanged(repository.path(prospect.user_id, prospect.id), prospect.version)]


class ChangedProspect(Model):
    """`note` says what the change means for the suppression list, where it means something."""

    prospect: Prospect
    note: str | None = None


def update(uid: str, id: str, data: ProspectUpdate, version: datetime | None) -> ChangedProspect:
    """As `apply`, without other writes."""
    return apply(uid, id, data, version=version)


def apply(
    uid: str, id: str, data: ProspectUpdate, *, version: datetime | None = None, beside: Sequence[Write] = ()
) -> ChangedProspect:
    """One read and one commit, with `beside` in it; a new address costs one query more, and a status that takes a no
    back one round trip.

    Raises AddressTaken.
    """
    fields = {name: value if value != "" else None for name, value in repository.changes(data).items()}
    fields |= {"updated_at": clock.now(), "last_action": data.status or "updated"}

    def edit(current: Prospect) -> Edit[Prospect]:
        if data.email and not addresses.same(current.email, data.email):
            _refuse_taken(uid, id, data.email)
        moved = addresses.to_move(uid, id, current.email, repository.changed(current, fields).email)
        return Edit(fields, [*moved, *beside], result=current)

    for _ in range(_ATTEMPTS):
        try:
            changed, before = repository.edit_with(uid, id, edit, version=version)
            return ChangedProspect(prospect=changed, note=_note(before, changed))
        except AlreadyExists:
            if not data.email:
                raise  # of `beside`
            holder = addresses.holder(uid, data.email)
            if holder not in (None, id):  # else it was released, or given to this one, meanwhile
                raise AddressTaken(data.email, holder) from None
    raise Conflict("Many change prospects with this address at once; try again.")


def mark_unsubscribed(uid: str, id: str, *, beside: Sequence[Write]) -> None:
    """One read, one commit, with `beside` in it. A status that says no stays: it may say more. Raises NotFound."""

    def change(current: Prospect) -> Edit[None]:
        if current.status == "unsubscribed" or (current.refuses and current.status != "not_interested"):
            return Edit({}, beside, None)
        return Edit({"status": "unsubscribed", "last_action": "unsubscribed", "updated_at": clock.now()}, beside, None)

    repository.edit_with(uid, id, change)


def _note(before: Prospect, after: Prospect) -> str | None:
    if repository.companions(before, after):
        return f"{after.email} is on the suppression list now, and stays there whatever becomes of the prospect."
    if not after.email or after.refuses or not before.refuses:
        return None
    entry = suppression.find(after.user_id, after.email)
    if entry is None:
        return None
    return (
        f"{entry.address} stays on the suppression list, so nothing is sent there; "
        f"DELETE /api/contacts/suppressions/{entry.id} lifts that."
    )


def delete(uid: str, id: str, version: datetime | None, *, beside: Sequence[Write] = ()) -> None:
    """Delete the prospect with the key of its address, and nothing else: one read, one commit, with `beside` in it.

    `shared/domains/removal.py` also deletes what belongs to the prospect.
    """

    def attempt() -> None:
        current = repository.get(uid, id)
        repository.require_version(current, version)
        removal = repository.to_delete(uid, id, version=current.version)
        optimistic.commit([removal, *addresses.to_release(uid, current.email), *beside])

    optimistic.in_turn(attempt, repository.noun)


def _refuse_taken(uid: str, id: str, email: str) -> None:
    """Prospects that were stored before there were keys are found by their field."""
    others = [p for p in repository.with_email(uid, email, 2) if p.id != id]
    if others:
        raise AddressTaken(email, others[0].id)
