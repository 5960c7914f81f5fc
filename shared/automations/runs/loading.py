"""Loads an execution together with its automation."""

from collections.abc import Mapping, Sequence

from shared.automations.definitions import store as definition_store
from shared.automations.definitions.models import Automation
from shared.automations.runs import store as run_store
from shared.automations.runs.models import Execution
from shared.gcp import firestore
from shared.kit.fields import Fields


def load_with_automation(
    uid: str, execution_id: str, automation_id: str | None, meters: Sequence[str] = ()
) -> tuple[Execution | None, Automation | None, Mapping[str, Fields]]:
    """Loads an execution, its automation and the fields of some meters: one round trip, a read each, which runners of
    one instance share."""
    paths = [run_store.executions.path(uid, execution_id)]
    if automation_id:
        paths.append(definition_store.automations.path(uid, automation_id))
    paths += meters
    stored = {document.path: document for document in firestore.client().get_together(paths) if document}
    run, definition = stored.get(paths[0]), stored.get(paths[1]) if automation_id else None
    return (
        run_store.executions.load(run) if run else None,
        definition_store.automations.load(definition) if definition else None,
        {path: stored[path].data for path in meters if path in stored},
    )
