"""Definitions as they are sent: either spelling, short or full form, checked against triggers and actions."""

from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, ValidationError

from shared.automations import expressions
from shared.automations.actions import ACTIONS
from shared.automations.actions import ALIASES as ACTION_ALIASES
from shared.automations.models import MAX_STEPS, Step, StepFields
from shared.automations.triggers import ALIASES as TRIGGER_ALIASES
from shared.automations.triggers import TRIGGERS
from shared.errors import FieldError, Invalid
from shared.kit.schema import Input, Metadata, Name, Text


def _known_trigger(name: str) -> str:
    own = TRIGGER_ALIASES.get(name, name)
    if own not in TRIGGERS:
        raise ValueError(f"unknown trigger; use one of {', '.join(sorted(TRIGGERS))}")
    return own


def _known_action(name: str) -> str:
    own = ACTION_ALIASES.get(name, name)
    if own not in ACTIONS:
        raise ValueError(f"unknown action; use one of {', '.join(sorted(ACTIONS))}")
    return own


def _names(own: Any, aliases: dict[str, str]) -> Any:
    """For the description: every spelling that is accepted."""
    return Field(json_schema_extra={"enum": sorted([*own, *(a for a, name in aliases.items() if name in own)])})


# The API's own spelling; the existing frontend's is accepted.
TriggerName = Annotated[str, AfterValidator(_known_trigger), _names(TRIGGERS, TRIGGER_ALIASES)]
ActionName = Annotated[str, AfterValidator(_known_action), _names(ACTIONS, ACTION_ALIASES)]


def _one_form(given: str, empty: str) -> dict[str, Any]:
    return {"required": [given], "properties": {given: {"minItems": 1}, empty: {"maxItems": 0}}}


class StepInput(StepFields):
    """A step as it is sent: the id defaults to the action's name."""

    action: ActionName


class AutomationInput(Input):
    """A definition as it is sent: `actions` is the short form of `steps`; one of them is given."""

    # Within allOf, so that generated clients join the forms with the fields, not take them for all there is.
    model_config = ConfigDict(
        json_schema_extra={"allOf": [{"anyOf": [_one_form("actions", "steps"), _one_form("steps", "actions")]}]}
    )

    name: Name
    description: Text = ""
    trigger: TriggerName
    trigger_config: Metadata = {}
    actions: Annotated[list[ActionName], Field(max_length=MAX_STEPS)] = []
    steps: Annotated[list[StepInput], Field(max_length=MAX_STEPS)] = []
    metadata: Metadata = {}


class AutomationUpdate(Input):
    """Any subset of a definition's fields."""

    name: Name | None = None
    description: Text | None = None
    trigger: TriggerName | None = None
    trigger_config: Metadata | None = None
    actions: Annotated[list[ActionName], Field(max_length=MAX_STEPS)] | None = None
    steps: Annotated[list[StepInput], Field(max_length=MAX_STEPS)] | None = None
    metadata: Metadata | None = None


def checked_trigger(name: str, settings: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The trigger and its settings, validated. Raises Invalid."""
    trigger = TRIGGERS[name]
    try:
        config = trigger.config.model_validate(settings)
    except ValidationError as error:
        raise _invalid_fields("trigger_config", error) from error
    if config.filter:
        expressions.check(config.filter)
    return trigger.name, config.model_dump(exclude_unset=True)


def checked_steps(actions: list[str], steps: list[StepInput]) -> list[Step]:
    """The steps of either form, with the actions' own names and valid settings. Raises Invalid."""
    if actions and steps:
        raise _invalid("steps", "give either actions or steps, not both")
    inputs = steps or [StepInput(action=action) for action in actions]
    if not inputs:
        raise _invalid("actions", "an automation needs at least one action")
    checked: list[Step] = []
    for position, step in enumerate(inputs):
        field = f"steps.{position}" if steps else f"actions.{position}"
        checked.append(_checked_step(field, step, taken={s.id for s in checked}))
    return checked


def _checked_step(field: str, step: StepInput, taken: set[str]) -> Step:
    action = ACTIONS[step.action]
    try:
        action.config.model_validate(step.config)
    except ValidationError as error:
        if "{{" not in str(step.config):  # placeholders are checked when they are filled
            raise _invalid_fields(f"{field}.config", error) from error
    if step.when:
        expressions.check(step.when)
    id = step.id or _free_id(action.name, taken)
    if id in taken:
        raise _invalid(f"{field}.id", f"{id} is used by an earlier step")
    return Step(**step.model_dump(exclude={"id", "action"}), id=id, action=action.name)


def _free_id(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    return next(f"{name}_{n}" for n in range(2, 1_000) if f"{name}_{n}" not in taken)


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(f"{field}: {message}.", errors=[FieldError(field, message)])


def _invalid_fields(prefix: str, error: ValidationError) -> Invalid:
    errors = [FieldError(".".join([prefix, *map(str, e["loc"])]), e["msg"]) for e in error.errors()]
    return Invalid("; ".join(f"{e.field}: {e.message}" for e in errors) + ".", errors=errors)
