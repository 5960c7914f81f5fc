"""Executions made directly, without the messages that usually start them."""

from typing import Any

from shared.automations import repository, service, spills
from shared.automations.definitions import AutomationInput, StepInput
from shared.automations.models import Execution, TriggerEvent
from shared.automations.queue import RunMessage
from shared.automations.start import build_execution
from shared.gcp import firestore
from shared.kit.ids import new_id

UID = "ann"


def automation(*steps: dict[str, Any], trigger: str = "manual", **more: Any) -> str:
    inputs = [StepInput.model_validate(step) for step in steps]
    return service.create(UID, AutomationInput(name="Test", trigger=trigger, steps=inputs, **more)).id


def execution(automation_id: str, **data: Any) -> RunMessage:
    """A stored execution that nobody was told about."""
    found = repository.automations.get(UID, automation_id)
    event = TriggerEvent(id=new_id(), trigger="manual", data=data)
    run = build_execution(UID, automation_id, found.name, found.definition, event)
    firestore.client().commit([*spills.to_start(run), repository.to_count_execution(run)])
    return RunMessage(uid=UID, execution_id=run.id, automation_id=automation_id)


def stored(message: RunMessage) -> Execution:
    return repository.executions.get(UID, message.execution_id)
