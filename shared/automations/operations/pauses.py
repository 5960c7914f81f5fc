"""Pausing an automation whose daily budget is used up, until the day ends: its runs are held, and so are new ones."""

from contextlib import suppress
from typing import Any

from shared import log
from shared.automations.definitions import store as definition_store
from shared.automations.definitions.models import Automation
from shared.automations.engine import notices, subscribing
from shared.automations.operations import control
from shared.automations.starts import schedules
from shared.errors import AppError, NotFound, PreconditionFailed
from shared.gcp import firestore
from shared.kit import clock

BATCH = 200
_ATTEMPTS = 5
# Of an automation that is not paused. `paused_until` is cleared when its runs go on.
NOT_PAUSED: dict[str, Any] = {"paused_reason": None, "paused_at": None, "paused_from": None}


def sweep() -> dict[str, int]:
    """Let automations go on whose pause is over, and complete what was cut off: a query, three commits for each."""
    counts = {"resumed": 0, "failed": 0}
    for automation in definition_store.paused_until(clock.now(), BATCH):
        try:
            _resume(automation)
            counts["resumed"] += 1
        except (PreconditionFailed, NotFound):
            continue  # it was changed meanwhile: the next sweep reads it anew
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
    let_runs_go_on(resumed)


def let_runs_go_on(automation: Automation) -> None:
    """Release the runs that were held with the automation, which is not paused any more. Should this die, `sweep` does
    it again: `paused_until`, in the past by now, is cleared last."""
    uid, id = automation.user_id, automation.id
    control.release(uid, id)
    with suppress(PreconditionFailed, NotFound):
        cleared = definition_store.automations.to_update(uid, id, {"paused_until": None}, version=automation.version)
        definition_store.automations.stamped(automation, firestore.client().commit([cleared]))
        automation.paused_until = None
