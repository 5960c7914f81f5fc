"""Executions made directly, without the messages that usually start them."""

from typing import Any

from shared.automations.authoring import service
from shared.automations.authoring.validation import AutomationInput, StepInput
from shared.automations.definitions import store as definition_store
from shared.automations.runs import create
from shared.automations.runs import store as run_store
from shared.automations.runs.create import build_execution
from shared.automations.runs.models import Execution, TriggerEvent
from shared.automations.runs.queue import RunMessage
from shared.gcp import firestore
from shared.kit.ids import new_id

UID = "ann"


def automation(*steps: dict[str, Any], trigger: str = "manual", **more: Any) -> str:
    inputs = [StepInput.model_validate(step) for step in steps]
    return service.create(UID, AutomationInput(name="Test", trigger=trigger, steps=inputs, **more)).id


def execution(automation_id: str, **data: Any) -> RunMessage:
    """A stored execution that nobody was told about."""
    found = definition_store.automations.get(UID, automation_id)
    event = TriggerEvent(id=new_id(), trigger="manual", data=data)
    run = build_execution(UID, automation_id, found.name, found.definition, event)
    firestore.client().commit([*create.to_start(run)])
    return RunMessage(uid=UID, execution_id=run.id, automation_id=automation_id)


def stored(message: RunMessage) -> Execution:
    return run_store.executions.get(UID, message.execution_id)
