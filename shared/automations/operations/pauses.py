"""Resumes automations whose pause is over: those whose daily budget was used up, paused until the day's end."""

from collections.abc import Sequence

from shared.automations.definitions import store as definition_store
from shared.automations.definitions.models import Automation
from shared.automations.engine import notices, subscribing
from shared.automations.operations import control
from shared.automations.starts import schedules
from shared.errors import NotFound, PreconditionFailed
from shared.gcp import firestore
from shared.kit import clock
from shared.kit.fields import Fields
from shared.store.sweeps import Sweep

BATCH = 10  # each is resumed in several commits, one after the other
_THREADS = 16
# The fields of an automation that is not paused. `paused_until` is cleared once its executions are released.
NOT_PAUSED: Fields = {"paused_reason": None, "paused_at": None, "paused_from": None}


def sweep() -> dict[str, int]:
    """Resumes automations whose pause is over, also those that an earlier sweep left half resumed: a query for every
    10, and two commits for each."""
    this = Sweep("resumed", "failed", threads=_THREADS)
    this.each(definition_store.paused_until(clock.now(), BATCH), lambda paused: _resume_all(this, paused))
    return this.done()


def _resume_all(sweep: Sweep, paused: Sequence[Automation]) -> None:
    taken = 0
    for automation in paused:
        if sweep.over():
            return
        try:
            resumed = _resume(automation)
            sweep.count(resumed=resumed)
            taken += not resumed
            sweep.succeed()
        except (PreconditionFailed, NotFound):
            taken += 1  # the automation was changed meanwhile: the next sweep reads it anew
        except Exception as error:
            sweep.fail(error, automation_id=automation.id)
    sweep.leave_to_others(taken, len(paused))


def _resume(automation: Automation) -> bool:
    """Resumes an automation, or the rest of one that is half resumed; False where another call has ended that."""
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
    return release_executions(resumed)


def release_executions(automation: Automation) -> bool:
    """Releases the executions that were held with a resumed automation, then clears its `paused_until`.

    If the process dies before that, `sweep` repeats the release, as `paused_until` is in the past. False where the
    automation was changed meanwhile: a sweep that took it for half resumed has cleared it, or it is paused again.
    """
    uid, id = automation.user_id, automation.id
    control.release(uid, id)
    cleared = definition_store.automations.to_update(uid, id, {"paused_until": None}, version=automation.version)
    try:
        definition_store.automations.stamped(automation, firestore.client().commit([cleared]))
    except (PreconditionFailed, NotFound):
        return False
    automation.paused_until = None
    return True
