"""Loads an execution together with its automation."""

from shared.automations.definitions import store as definition_store
from shared.automations.definitions.models import Automation
from shared.automations.runs import store as run_store
from shared.automations.runs.models import Execution
from shared.gcp import firestore


def load_with_automation(
    uid: str, execution_id: str, automation_id: str | None
) -> tuple[Execution | None, Automation | None]:
    """Loads an execution and its automation: one round trip, two reads."""
    paths = [run_store.executions.path(uid, execution_id)]
    if automation_id:
        paths.append(definition_store.automations.path(uid, automation_id))
    run, *automation = firestore.client().get_all(paths)
    definition = automation[0] if automation else None
    return (
        run_store.executions.load(run) if run else None,
        definition_store.automations.load(definition) if definition else None,
    )
