"""Pausing an automation whose daily budget is used up, until the day ends: its runs are held, and so are new ones."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from shared import log
from shared.automations import control, due, endings, repository, subscribing
from shared.automations.budgets import UsedUp
from shared.automations.models import Automation
from shared.domains import notifications
from shared.domains.notifications import Notification
from shared.errors import AppError, NotFound, PreconditionFailed, Unavailable
from shared.gcp import firestore
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.kit.links import page_of

BATCH = 200
_ATTEMPTS = 5
# Of an automation that is not paused. `paused_until` is cleared when its runs go on.
NOT_PAUSED: dict[str, Any] = {"paused_reason": None, "paused_at": None, "paused_from": None}


def pause(automation: Automation, asked: Callable[[Automation], UsedUp | None]) -> Automation:
    """Pause the automation if, as it is stored now, its budget is used up: one commit of which of several runners one
    succeeds, a read after a conflict. Answers the automation as it is then."""
    for _ in range(_ATTEMPTS):
        used_up = asked(automation)
        if automation.status == "paused" or used_up is None:
            return automation
        fields = {
            "status": "paused",
            "paused_reason": used_up.reason,
            "paused_at": clock.now(),
            "paused_until": used_up.until,
            "paused_from": automation.status,
            "next_run_at": None,
            "updated_at": clock.now(),
        }
        paused = automation.model_copy(update=fields)
        change = repository.automations.to_update(paused.user_id, paused.id, fields, version=automation.version)
        listed = [subscribing.to_subscribe(paused)] if paused.holds_starts else []
        try:
            firestore.client().commit([change, *listed, _notification(paused), endings.paused_entry(paused)])
        except PreconditionFailed:
            current = repository.automations.find(automation.user_id, automation.id)
            if current is None:
                return paused
            automation = current
        else:
            return paused
    raise Unavailable("The automation is being changed by others; its budget is asked again.")


def _notification(paused: Automation) -> Write:
    uid, now = paused.user_id, clock.now()
    notification = Notification(
        id=derived_id(paused.id, str(paused.paused_reason), f"{paused.paused_until}"),
        user_id=uid,
        created_at=now,
        updated_at=now,
        type="info",
        priority="high",
        title=f"{paused.name} is paused",
        message=f"It was paused because {paused.paused_reason}. {endings.until_when(paused)}",
        link=page_of("automations", paused.id),
    )
    return Write(notifications.repository.path(uid, notification.id), notification.stored())


def sweep() -> dict[str, int]:
    """Let automations go on whose pause is over, and complete what was cut off: a query, three commits for each."""
    counts = {"resumed": 0, "failed": 0}
    for automation in repository.paused_until(clock.now(), BATCH):
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
            "next_run_at": due.next_run(resumed, automation.paused_at or clock.now()) if active else None,
            "updated_at": clock.now(),
        }
        change = repository.automations.to_update(resumed.user_id, resumed.id, fields, version=automation.version)
        listed = [subscribing.to_subscribe(resumed)] if active else []
        written = firestore.client().commit([change, *listed, endings.resumed_entry(automation)])
        resumed = repository.automations.stamped(resumed, written)
    let_runs_go_on(resumed)


def let_runs_go_on(automation: Automation) -> None:
    """Release the runs that were held with the automation, which is not paused any more. Should this die, `sweep` does
    it again: `paused_until`, in the past by now, is cleared last."""
    uid, id = automation.user_id, automation.id
    control.release(uid, id)
    with suppress(PreconditionFailed, NotFound):
        cleared = repository.automations.to_update(uid, id, {"paused_until": None}, version=automation.version)
        repository.automations.stamped(automation, firestore.client().commit([cleared]))
        automation.paused_until = None
