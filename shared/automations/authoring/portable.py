"""Exports an automation's definition as JSON, and imports it into another account."""

from typing import Literal

from pydantic import Field

from shared.automations.authoring import service
from shared.automations.authoring.validation import AutomationInput
from shared.automations.definitions import masking
from shared.automations.definitions import store as definition_store
from shared.automations.definitions.models import Automation, Step
from shared.automations.definitions.restrictions import Limits, Reentry
from shared.automations.triggers import TRIGGERS
from shared.kit.fields import Fields
from shared.kit.schema import Input, Model

_FORMAT: Literal["automation"] = "automation"
_VERSION: Literal[1] = 1


class PortableAutomation(Model):
    """What a definition says, without whose it is: no ids, no address, no secret."""

    name: str
    description: str
    trigger: str
    trigger_config: Fields
    steps: list[Step]
    stop_when: list[str]
    limits: Limits
    reentry: Reentry
    metadata: Fields


class Portable(Model):
    format: Literal["automation"] = _FORMAT
    version: Literal[1] = _VERSION
    automation: PortableAutomation


class PortableInput(Input):
    """What an export has answered."""

    success: Literal[True] | None = Field(None, exclude=True)  # an answer has it
    format: Literal["automation"]
    version: Literal[1]
    automation: AutomationInput


def export(uid: str, id: str) -> Portable:
    """Exports an automation's definition without ids, address and secrets: one read. Raises NotFound."""
    automation = definition_store.automations.get(uid, id)
    trigger = TRIGGERS[automation.trigger]
    settings = trigger.config.model_validate(automation.trigger_config).model_dump(exclude_unset=True)
    plain = automation.model_dump(include=set(PortableAutomation.model_fields) - {"steps"})
    steps = masking.stripped([step.model_dump() for step in automation.steps])
    fields = {**plain, "trigger_config": settings, "steps": steps}
    return Portable(automation=PortableAutomation.model_validate(fields))


def create(uid: str, data: PortableInput) -> Automation:
    """Creates an inactive automation from an export, checked like any other: the cost of `service.create`. Raises
    Invalid."""
    return service.create(uid, data.automation)
