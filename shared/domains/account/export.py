"""Exports an account: everything below the user, found by listing, in parts that can be downloaded for a week.

The export is a document. Each part is packed and stored below it, in documents of up to 900 KB, before one commit notes
the part and where to go on; so whoever does it may die anywhere, and `sweep` goes on behind the last part noted. A
small account is done within the request. Of two at one export at once one commits, and the other's pieces expire. A
document is as it was when its page was read, between `created_at` and `completed_at`: what is written meanwhile may be
in or not, and no document is half in.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared import log, settings
from shared.domains.account import archive, repository
from shared.domains.account.models import Export
from shared.domains.account.repository import exports
from shared.errors import AlreadyExists, AppError, NotFound, PreconditionFailed
from shared.gcp import firestore
from shared.gcp.announcements import STREAM
from shared.kit import clock
from shared.kit.ids import derived_id, new_id
from shared.kit.schema import stamp

PART_BYTES = 8_000_000  # of lines; packed, a part is smaller
_PIECE = 900_000  # bytes of a part in one document
_AT_ONCE = timedelta(seconds=5)  # within the request
_A_TURN = timedelta(seconds=20)  # of one export in a tick
_LEASE = timedelta(minutes=5)
_FRESH = timedelta(minutes=10)  # in which whoever asks again gets the same export
_KEPT = timedelta(days=7)
_GIVEN_UP = timedelta(days=1)
# Records of requests hold answers that may show a secret once; an export does not hold the earlier ones, nor the
# announcements of changes, which are kept for a month at most, nor the segments of the search index, which are made of
# the rest.
_LEFT_OUT = frozenset({"idempotency", repository.EXPORTS, STREAM, "search_segments"})


@dataclass(frozen=True)
class PartFile:
    """One part of an export, to save."""

    content: bytes
    name: str


def request(uid: str) -> Export:
    """The export that is under way, or was begun within ten minutes; else a new one, done as far as five seconds take
    it: two queries, and a commit; then a query for every 50 documents, a read each, and two commits a part."""
    if running := repository.running_export(uid):
        return running
    now = clock.now()
    slot = int(now.timestamp() // _FRESH.total_seconds())
    id = derived_id("export", uid, str(slot))  # of two requests at once, one creates it
    export = Export(**stamp(uid, id, at=now), due_at=now + _LEASE, expires_at=now + _KEPT)
    try:
        export = exports.stamped(export, firestore.client().commit([exports.to_create(export)]))
    except AlreadyExists:
        return exports.get(uid, id)
    log.info("an account is being exported")
    return _carry_on(export, now + _AT_ONCE)


def get(uid: str, id: str) -> Export:
    """One read. Raises NotFound, also for one that has expired."""
    export = exports.get(uid, id)
    if export.expires_at <= clock.now():
        raise NotFound("There is no export with this id.")
    return export


def part(uid: str, id: str, number: str) -> PartFile:
    """One part as a ZIP file: two round trips, a read for the export and one for every 900 KB. Raises NotFound."""
    export = get(uid, id)
    if not number.isascii() or not number.isdigit() or len(number) > 6 or not 1 <= int(number) <= export.parts:
        raise NotFound(f"This export has no such part; it has {export.parts} so far, counted from 1.")
    content = repository.read_part(export, int(number))
    if content is None:
        raise NotFound("This part is gone; ask for another export.")
    return PartFile(content, f"account-{export.created_at:%Y-%m-%d}-part-{int(number)}.zip")


def sweep() -> dict[str, int]:
    """Go on with exports that are due: a query, and two reads and a commit for each beside what it takes."""
    until = clock.now() + timedelta(seconds=settings.current().sweep_seconds)
    due = repository.due_exports(20)
    served = 0
    for export in due:
        if clock.now() >= until:
            break
        if claimed := _claim(export):
            _carry_on(claimed, min(until, clock.now() + _A_TURN))
            served += 1
    return {"exports_due": len(due), "exports_served": served}


def _claim(export: Export) -> Export | None:
    """The export, which no other tick takes for a while; None where another has it, or its account is closed."""
    try:
        if repository.find(export.user_id):
            return None  # what deletes the account removes it
        return _changed(export, {"due_at": clock.now() + _LEASE})
    except AppError as error:
        log.warning("an export goes on later", exception=error)
        return None


def _carry_on(export: Export, until: datetime) -> Export:
    """Make parts until all is in or the time is up, one at least; answers the export as it is then."""
    try:
        while export.status == "running":
            export = _next_part(export)
            if clock.now() >= until and export.status == "running":
                return _changed(export, {"due_at": clock.now()})
    except (PreconditionFailed, NotFound):
        log.info("another process is at this export", export_id=export.id)
    except AppError as error:
        log.warning("an export goes on later", exception=error, export_id=export.id)
        if clock.now() - export.created_at > _GIVEN_UP:
            with suppress(AppError):
                return _changed(export, {"status": "failed", "error": error.detail, "due_at": None})
    return export


def _next_part(export: Export) -> Export:
    """Store one part and note it: a query for every 50 documents, a batch of its pieces, a commit."""
    made = archive.Part(export.parts + 1)
    after = _fill(made, export)
    body = made.packed(clock.now())
    pieces = [body[at : at + _PIECE] for at in range(0, len(body), _PIECE)]
    attempt = new_id()
    firestore.client().apply_each(repository.to_keep_pieces(export, attempt, pieces))
    fields: dict[str, Any] = {
        "parts": made.number,
        "pieces": [*export.pieces, f"{attempt}:{len(pieces)}"],
        "documents": export.documents + made.documents,
        "bytes": export.bytes + len(body),
        "after": after,
        "updated_at": clock.now(),
        "due_at": clock.now() + _LEASE,
    }
    if after is None:
        fields |= {"status": "completed", "completed_at": clock.now(), "due_at": None}
    return _changed(export, fields)


def _fill(made: archive.Part, export: Export) -> str | None:
    """Add documents until the part is full; answers the last one's path, None once all are in."""
    account, after = f"users/{export.user_id}/", export.after
    while True:
        page = repository.page_of_everything(export.user_id, after)
        for row in page:
            after = row.path
            path = row.path.removeprefix(account)
            if (collection := path.split("/")[0]) in _LEFT_OUT:
                after = f"{account}{collection}/~"  # behind all ids there, which are letters and digits
                break
            made.add(path, row.data, row.version)
            if made.size >= PART_BYTES:
                return after
        else:
            if len(page) < repository.PAGE:
                return None


def _changed(export: Export, fields: dict[str, Any]) -> Export:
    """The export with these fields, stored. Raises PreconditionFailed, NotFound where it was changed meanwhile."""
    change = exports.to_update(export.user_id, export.id, fields, version=export.version)
    return exports.stamped(export.model_copy(update=fields), firestore.client().commit([change]))
