"""Wakes the execution that waits for its drafted message to be approved, or corrected after approval."""

from contextlib import suppress

from shared.automations.runs import queue
from shared.automations.runs import store as run_store
from shared.errors import PreconditionFailed
from shared.kit import clock
from shared.store.changes import Change

_ATTEMPTS = 3
_CHECKED = ("subject", "body", "send_as_is")  # a change of these may make an unfit message fit to send


def take(change: Change) -> None:
    """Wakes the execution that drafted a message once the message is approved or corrected: a read, a commit, a
    publish.

    Does nothing for a message that no execution has drafted.
    """
    before, after = change.before or {}, change.after or {}
    if after.get("status") != "approved" or before.get("status") == "sending" or not change.made_by:
        return
    if before.get("status") == "approved" and all(before.get(name) == after.get(name) for name in _CHECKED):
        return
    for _ in range(_ATTEMPTS):
        run = run_store.executions.find(change.uid, change.made_by["execution_id"])
        if run is None or run.status != "waiting" or run.waiting is not None:
            return
        with suppress(PreconditionFailed):  # its runner was just committing the wait
            woken = {"wake_at": clock.now(), **run_store.sweep_soon()}
            run_store.executions.update(change.uid, run.id, woken, version=run.version)
            queue.hand_over([queue.message(run)])
            return
