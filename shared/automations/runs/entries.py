"""Decides whether a contact may enter an automation again, by a document for each contact that has entered.

One commit stores the execution and this document; it creates the document or demands the version that was read: of two
events at once, one starts an execution.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.automations.definitions.restrictions import Reentry, ReentryAfter, may_reenter
from shared.automations.runs import create
from shared.automations.runs import store as run_store
from shared.automations.runs.models import Execution
from shared.errors import AlreadyExists, PreconditionFailed, Unavailable
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.gcp.queries import Query
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.fields import Fields
from shared.kit.ids import derived_id

_COLLECTION = "automation_entries"
_ATTEMPTS = 5
_MAX_EARLIER = 100  # executions of one contact that are read


@dataclass(frozen=True)
class Earlier:
    """The execution with which the contact entered last, and when its event happened."""

    execution_id: str
    at: datetime


def restricts(reentry: Reentry, execution: Execution) -> bool:
    """Whether the automation's `reentry` may keep the execution's contact out."""
    return reentry != "always" and execution.subject is not None


def start(execution: Execution, reentry: Reentry, *, beside: Sequence[Write] = ()) -> Earlier | None:
    """Stores an execution if its contact may enter; answers the earlier execution that forbids it, None if it is
    stored.

    A read and a commit, which contains `beside`; one query more for a contact that has no entry; all again after a
    conflict.
    """
    for _ in range(_ATTEMPTS):
        entry = firestore.client().get(_path(execution))
        earlier = _last(execution, entry)
        if earlier and not _may_enter(execution, earlier, reentry):
            return None if _is_stored(execution, earlier) else earlier
        try:
            claim = _to_enter(execution, reentry, entry)
            begin = [*create.to_start(execution), claim, *beside]
            run_store.executions.stamped(execution, firestore.client().commit(begin))
        except (AlreadyExists, PreconditionFailed):
            if run_store.executions.find(execution.user_id, execution.id):
                return None  # by an earlier delivery of its event
        else:
            return None
    raise Unavailable("Too many events about this contact come at once; it is tried again later.")


def earlier(execution: Execution) -> Earlier | None:
    """The execution with which the contact of an execution that is not stored entered last: one read, and a query where
    there is no entry."""
    return _last(execution, firestore.client().get(_path(execution)))


def _last(execution: Execution, entry: Document | None) -> Earlier | None:
    return _recorded(entry) if entry else _unrecorded(execution)


def sentence(earlier: Earlier, reentry: Reentry) -> str:
    """Tells a person why the contact does not enter."""
    when = f"{earlier.at:%Y-%m-%d %H:%M} UTC"
    if isinstance(reentry, ReentryAfter):
        again = earlier.at + timedelta(days=reentry.after_days)
        return (
            f"The contact entered it on {when}, and may enter again after {reentry.after_days} days (reentry), on"
            f" {again:%Y-%m-%d %H:%M} UTC."
        )
    return f"The contact entered it on {when}, and may not enter again (reentry: never)."


def clear(uid: str, automation_id: str) -> None:
    """Deletes the entries of a deleted automation: a query and a batch per 500 contacts."""
    while True:
        query = Query(
            _COLLECTION,
            parent=f"users/{uid}",
            where=[("automation_id", "==", automation_id)],
            limit=firestore.MAX_WRITES,
        )
        contacts = firestore.client().query(query)
        firestore.client().apply_each([writes.delete(entry.path) for entry in contacts])
        if len(contacts) < firestore.MAX_WRITES:
            return


def _path(execution: Execution) -> str:
    id = derived_id(execution.automation_id, str(execution.subject))
    return f"users/{execution.user_id}/{_COLLECTION}/{id}"


def _to_enter(execution: Execution, reentry: Reentry, entry: Document | None) -> Write:
    at = execution.happened_at or execution.started_at
    fields: Fields = {
        "automation_id": execution.automation_id,
        "subject": execution.subject,
        "execution_id": execution.id,
        "at": at,
    }
    if isinstance(reentry, ReentryAfter):  # the entry forbids nothing any more by then
        fields["expire_at"] = max(at, clock.now()) + timedelta(days=reentry.after_days + 1)
    path = _path(execution)
    return Write(path, fields, version=entry.version) if entry else writes.create(path, fields)


def _recorded(entry: Document) -> Earlier:
    return Earlier(entry.data["execution_id"], entry.data["at"])


def _unrecorded(execution: Execution) -> Earlier | None:
    """The contact's last execution from before the automation restricted re-entry: one query.

    The query has no order: ordering by `happened_at` would leave out executions that were stored without it.
    """
    query = Query(
        run_store.executions.collection,
        parent=f"users/{execution.user_id}",
        where=[("automation_id", "==", execution.automation_id), ("subject", "==", execution.subject)],
        limit=_MAX_EARLIER,
        fields=["started_at", "happened_at"],
    )
    runs = [
        Earlier(run.path.rpartition("/")[2], run.data.get("happened_at") or run.data["started_at"])
        for run in firestore.client().query(query)
    ]
    return max(runs, key=lambda run: run.at, default=None)


def _may_enter(execution: Execution, earlier: Earlier, reentry: Reentry) -> bool:
    return may_reenter(reentry, (execution.happened_at or execution.started_at) - earlier.at)


def _is_stored(execution: Execution, earlier: Earlier) -> bool:
    """Whether an earlier delivery of the event has stored this execution: at most one read."""
    return earlier.execution_id == execution.id or bool(run_store.executions.find(execution.user_id, execution.id))
