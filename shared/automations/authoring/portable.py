"""A definition as data: taken out of one account as JSON and put into another."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from shared.automations.authoring import service
from shared.automations.authoring.validation import AutomationInput
from shared.automations.definitions import masking
from shared.automations.definitions import store as definition_store
from shared.automations.definitions.models import Automation, Step
from shared.automations.definitions.restrictions import Limits, Reentry
from shared.automations.triggers import TRIGGERS
from shared.kit.schema import Input

_FORMAT: Literal["automation"] = "automation"
_VERSION: Literal[1] = 1


class PortableAutomation(BaseModel):
    """What a definition says, without whose it is: no ids, no address, no secret."""

    name: str
    description: str
    trigger: str
    trigger_config: dict[str, Any]
    steps: list[Step]
    stop_when: list[str]
    limits: Limits
    reentry: Reentry
    metadata: dict[str, Any]


class Portable(BaseModel):
    format: Literal["automation"] = _FORMAT
    version: Literal[1] = _VERSION
    automation: PortableAutomation


class PortableInput(Input):
    """What an export has answered."""

    success: Literal[True] | None = Field(None, exclude=True)  # an answer has it
    format: Literal["automation"]
    version: Literal[1]
    automation: AutomationInput


def take_out(uid: str, id: str) -> Portable:
    """One read. Raises NotFound."""
    automation = definition_store.automations.get(uid, id)
    trigger = TRIGGERS[automation.trigger]
    settings = trigger.config.model_validate(automation.trigger_config).model_dump(exclude_unset=True)
    kept = automation.model_dump(include=set(PortableAutomation.model_fields) - {"steps"})
    steps = masking.stripped([step.model_dump() for step in automation.steps])
    given = {"trigger_config": settings, "steps": steps}
    return Portable(automation=PortableAutomation.model_validate({**kept, **given}))


def put_in(uid: str, data: PortableInput) -> Automation:
    """A new, inactive automation of that definition, checked like any other. Raises Invalid."""
    return service.create(uid, data.automation)
