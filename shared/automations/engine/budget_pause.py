"""Pauses an automation whose daily budget is used up, until the day ends."""

from collections.abc import Callable

from shared.automations.definitions import store as definition_store
from shared.automations.definitions.models import Automation
from shared.automations.engine import notices, subscribing
from shared.automations.engine.budgets import UsedUp
from shared.domains import notifications
from shared.errors import PreconditionFailed, Unavailable
from shared.gcp import firestore
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.kit.links import page_of

_ATTEMPTS = 5


def pause(automation: Automation, used_up_by: Callable[[Automation], UsedUp | None]) -> Automation:
    """Pause the automation if, as it is stored now, its budget is used up. Answers the automation as it is then.

    One commit, in which one of several runners succeeds; a read after a conflict.
    """
    for _ in range(_ATTEMPTS):
        used_up = used_up_by(automation)
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
        change = definition_store.automations.to_update(paused.user_id, paused.id, fields, version=automation.version)
        listed = [subscribing.to_subscribe(paused)] if paused.holds_starts else []
        try:
            firestore.client().commit([change, *listed, _notification(paused), notices.paused_entry(paused)])
        except PreconditionFailed:
            current = definition_store.automations.find(automation.user_id, automation.id)
            if current is None:
                return paused
            automation = current
        else:
            return paused
    raise Unavailable("The automation is being changed by others; its budget is asked again.")


def _notification(paused: Automation) -> Write:
    notification = notifications.build(
        paused.user_id,
        f"{paused.name} is paused",
        f"It was paused because {paused.paused_reason}. {notices.until_when(paused)}",
        id=derived_id(paused.id, str(paused.paused_reason), f"{paused.paused_until}"),
        priority="high",
        link=page_of("automations", paused.id),
    )
    return notifications.to_put(notification)
