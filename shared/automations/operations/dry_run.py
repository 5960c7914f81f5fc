"""Runs an automation's steps without writing, sending or paying, and answers what each would write and send."""

from shared.automations.definitions import store as definition_store
from shared.automations.operations.rehearsal import rehearse
from shared.automations.operations.rehearsed import DryRun
from shared.automations.runs.create import build_execution
from shared.automations.runs.requests import RunInput
from shared.automations.starts.manual import event_by_hand


def dry_run(uid: str, automation_id: str, data: RunInput) -> DryRun:
    """Rehearses an automation on an event: three reads, and those of the steps; no write. Raises NotFound."""
    automation = definition_store.automations.get(uid, automation_id)
    event = event_by_hand(uid, automation, automation.trigger, data.input, data.document_id)
    execution = build_execution(uid, automation.id, automation.name, automation.definition, event)
    return rehearse(execution, automation)
