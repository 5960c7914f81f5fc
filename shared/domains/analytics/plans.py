"""Plans when a schedule has to deal with a user's rollups: numbers in one document of the user, each with its time.

There is one where the nightly fold has just asked for it, as something was counted.
"""

from collections.abc import Callable, Mapping, Sequence

from shared.domains.analytics import rollups
from shared.errors import AlreadyExists, NotFound, PreconditionFailed
from shared.gcp import writes
from shared.gcp.firestore import Document
from shared.gcp.queries import Query, Where
from shared.gcp.writes import Maximum, Write
from shared.kit.shards import SHARDS, shard_of
from shared.store import sweeps
from shared.store.sweeps import Sweep

BATCH = 20  # users
TAKEN = (PreconditionFailed, NotFound, AlreadyExists)  # another sweep deals with it, or it has changed meanwhile
DOCUMENT = "check"
CHECK = "check_on"  # the day, by its number, on which the rollups are compared with the documents
DIGEST = "digest_at"  # when the next digest is due, in seconds since 1970


def path(uid: str) -> str:
    return f"users/{uid}/{rollups.COLLECTION}/{DOCUMENT}"


def to_ask(uid: str) -> Write:
    """Has the user's rollups compared with the documents, and a digest planned, unless times for that are set
    already."""
    document = path(uid)
    return writes.merge(document, {"shard": shard_of(document), CHECK: Maximum(1), DIGEST: Maximum(1)})


def deal(sweep: Sweep, field: str, until: int, work: Callable[[Document], Mapping[str, int] | None]) -> None:
    """Have `work` deal with the plans of all users whose number in a field is due: a query for every 20. It answers
    what it has to count, and None for a plan that it leaves for later."""
    where: list[Where] = [("shard", "in", list(SHARDS)), (field, "<=", until)]
    query = Query(rollups.COLLECTION, group=True, where=where, order=[(field, "asc")])
    sweep.each(sweeps.documents(query, BATCH), lambda rows: _each(sweep, rows, work))


def _each(sweep: Sweep, rows: Sequence[Document], work: Callable[[Document], Mapping[str, int] | None]) -> None:
    for row in rows:
        if sweep.late():
            return
        try:
            counts = work(row)
        except TAKEN:
            continue
        except Exception as error:
            sweep.fail(error, path=row.path)
            continue
        if counts is not None:
            sweep.count(**counts)
            sweep.succeed()
