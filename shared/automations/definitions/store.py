"""Stores automations, and of each the numbered definitions that its runs keep."""

from datetime import datetime

from shared.automations.definitions.models import Automation, Step
from shared.automations.definitions.sealed_steps import sealed_steps, unsealed_steps
from shared.gcp import firestore, writes
from shared.gcp.writes import Write
from shared.kit import clock
from shared.store.repository import Repository

automations = Repository(Automation, "automations", "automation")


def _definition_path(uid: str, automation_id: str, number: int) -> str:
    return f"{automations.path(uid, automation_id)}/definitions/{number}"


def to_keep_definition(automation: Automation) -> Write:
    """Steps of one definition, kept for the runs that started with it."""
    steps = sealed_steps(automation.user_id, [step.model_dump() for step in automation.steps])
    return writes.create(_definition_path(automation.user_id, automation.id, automation.definition), {"steps": steps})


def load_definition(uid: str, automation_id: str, number: int) -> list[Step] | None:
    document = firestore.client().get(_definition_path(uid, automation_id, number))
    steps = unsealed_steps(uid, document.data["steps"]) if document else None
    return [Step.model_validate(step) for step in steps] if steps is not None else None


def due(limit: int) -> list[Automation]:
    """Active automations of all users whose next time has come, the latest last: one round trip."""
    return automations.select_everywhere(
        where=[("status", "==", "active"), ("next_run_at", "<=", clock.now())],
        order=[("next_run_at", "asc")],
        limit=limit,
    )


def paused_until(moment: datetime, limit: int) -> list[Automation]:
    """Automations of all users whose pause is over by then: one round trip."""
    return automations.select_everywhere(
        where=[("paused_until", "<=", moment)], order=[("paused_until", "asc")], limit=limit
    )
