"""Prospects who exist already, and of whom a file says that they must not be written to: the file is believed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shared.domains.prospects.models import Prospect, ProspectStatus
from shared.domains.prospects.repository import repository
from shared.domains.suppression import service as suppression
from shared.errors import AppError, PreconditionFailed
from shared.gcp import firestore
from shared.gcp.writes import Write
from shared.kit import clock

_AT_ONCE = 150  # prospects in a commit: each may be several writes


@dataclass(frozen=True)
class Refusal:
    prospect_id: str
    status: ProspectStatus


def take_over(uid: str, refusals: Sequence[Refusal]) -> Mapping[str, str | None]:
    """Give each prospect the status: a read and a commit for `_AT_ONCE` of them.

    The answer names the prospects that were changed, with None, and those that could not be, with the reason. Who
    refuses already is not in it.
    """
    results: dict[str, str | None] = {}
    for start in range(0, len(refusals), _AT_ONCE):
        part = {refusal.prospect_id: refusal.status for refusal in refusals[start : start + _AT_ONCE]}
        current = repository.get_many(uid, list(part))
        changes = {id: _writes(p, part[id]) for id, p in current.items() if not p.refuses}
        results |= _commit(uid, changes, part)
    return results


def suppress_further(uid: str, addresses: Sequence[str]) -> None:
    """Put the addresses that people have beside a prospect's on the suppression list: they say no for all of theirs.
    A commit for `firestore.MAX_COMMITTED` of them."""
    reason = "The further address of somebody who has said no, by an import."
    writes = [suppression.to_suppress(uid, address, reason) for address in dict.fromkeys(addresses)]
    for start in range(0, len(writes), firestore.MAX_COMMITTED):
        firestore.client().commit(writes[start : start + firestore.MAX_COMMITTED])


def _commit(
    uid: str, changes: Mapping[str, list[Write]], statuses: Mapping[str, ProspectStatus]
) -> dict[str, str | None]:
    """All in one commit; where one has changed meanwhile, each by itself."""
    if not changes:
        return {}
    try:
        firestore.client().commit([write for writes in changes.values() for write in writes])
    except PreconditionFailed:
        return dict(_each(uid, changes, statuses))
    except AppError as error:
        return {id: f"the status could not be stored: {error.detail}" for id in changes}
    return dict.fromkeys(changes)


def _each(
    uid: str, ids: Mapping[str, object], statuses: Mapping[str, ProspectStatus]
) -> Iterator[tuple[str, str | None]]:
    for id in ids:
        try:
            repository.edit(uid, id, lambda current, status=statuses[id]: _fields(current, status))  # type: ignore[misc]
            yield id, None
        except AppError as error:
            yield id, f"the status could not be stored: {error.detail}"


def _writes(prospect: Prospect, status: ProspectStatus) -> list[Write]:
    return repository.to_change(prospect, _fields(prospect, status), version=prospect.version)


def _fields(prospect: Prospect, status: ProspectStatus) -> dict[str, object]:
    return {"status": status, "last_action": status, "updated_at": clock.now()}
