"""Resumes automations whose pause is over: those whose daily budget was used up, paused until the day's end."""

from contextlib import suppress

from shared import log
from shared.automations.definitions import store as definition_store
from shared.automations.definitions.models import Automation
from shared.automations.engine import notices, subscribing
from shared.automations.operations import control
from shared.automations.starts import schedules
from shared.errors import AppError, NotFound, PreconditionFailed
from shared.gcp import firestore
from shared.kit import clock
from shared.kit.fields import Fields

BATCH = 200
_ATTEMPTS = 5
# The fields of an automation that is not paused. `paused_until` is cleared once its executions are released.
NOT_PAUSED: Fields = {"paused_reason": None, "paused_at": None, "paused_from": None}


def sweep() -> dict[str, int]:
    """Resumes automations whose pause is over, also those that an earlier sweep left half resumed: a query, and two
    commits for each."""
    counts = {"resumed": 0, "failed": 0}
    for automation in definition_store.paused_until(clock.now(), BATCH):
        try:
            _resume(automation)
            counts["resumed"] += 1
        except (PreconditionFailed, NotFound):
            continue  # the automation was changed meanwhile: the next sweep reads it anew
        except AppError as error:
            log.error("an automation cannot go on", exception=error, automation_id=automation.id)
            counts["failed"] += 1
    return counts


def _resume(automation: Automation) -> None:
    resumed = automation
    if automation.status == "paused":
        resumed = automation.model_copy(update={**NOT_PAUSED, "status": automation.paused_from or "active"})
        active = resumed.status == "active"
        fields = {
            **NOT_PAUSED,
            "status": resumed.status,
            "next_run_at": schedules.next_run(resumed, automation.paused_at or clock.now()) if active else None,
            "updated_at": clock.now(),
        }
        change = definition_store.automations.to_update(resumed.user_id, resumed.id, fields, version=automation.version)
        listed = [subscribing.to_subscribe(resumed)] if active else []
        written = firestore.client().commit([change, *listed, notices.resumed_entry(automation)])
        resumed = definition_store.automations.stamped(resumed, written)
    release_executions(resumed)


def release_executions(automation: Automation) -> None:
    """Releases the executions that were held with a resumed automation, then clears its `paused_until`.

    If the process dies before that, `sweep` repeats the release, as `paused_until` is in the past.
    """
    uid, id = automation.user_id, automation.id
    control.release(uid, id)
    with suppress(PreconditionFailed, NotFound):
        cleared = definition_store.automations.to_update(uid, id, {"paused_until": None}, version=automation.version)
        definition_store.automations.stamped(automation, firestore.client().commit([cleared]))
        automation.paused_until = None
