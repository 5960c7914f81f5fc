"""Wakes executions whose prospect has answered or changed its status: `stop_when` may end them, long before they
would wake by themselves."""

from shared.automations.runs import queue
from shared.automations.runs import store as run_store
from shared.gcp.queries import Where
from shared.store.changes import Change

_STATUSES = ("replied", "meeting_booked", "converted", "not_interested", "unsubscribed", "do_not_contact")
_ENDS = frozenset({*_STATUSES, "bounced", "complained"})  # what a sequence stops for; other statuses it waits out


def take(change: Change) -> None:
    """Hands the prospect's waiting executions over, which then stop or sleep on: one query for such a change."""
    fields = change.after or {}
    answered = change.changed("replied_at") and fields.get("replied_at")
    if change.created or change.deleted or not (answered or _has_ended(change)):
        return
    where: list[Where] = [("subject", "==", change.id), ("completed_at", "==", None)]
    waiting = (run for run in run_store.executions.each(change.uid, where=where) if run.status == "waiting")
    queue.hand_over([queue.message(run) for run in waiting])


def _has_ended(change: Change) -> bool:
    return change.changed("status") and (change.after or {}).get("status") in _ENDS
