"""Checks definitions in requests, in either spelling, short or full form, against triggers and actions."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from shared import findings
from shared.automations.actions.action import AnyAction
from shared.automations.catalog import names
from shared.automations.catalog.registry import ACTIONS
from shared.automations.catalog.registry import ALIASES as ACTION_ALIASES
from shared.automations.definitions import program
from shared.automations.definitions.models import (
    MAX_NESTING,
    MAX_STEPS,
    MAX_STEPS_BYTES,
    AutomationStatus,
    Step,
    StepFields,
)
from shared.automations.definitions.restrictions import Limits, Reentry
from shared.automations.engine.retry import RETRIED
from shared.automations.triggers import ALIASES as TRIGGER_ALIASES
from shared.automations.triggers import TRIGGERS
from shared.domains.prospects.models import ProspectStatus
from shared.errors import Invalid
from shared.kit.fields import Fields
from shared.kit.schema import Input, Metadata, Name, Text, Update


def _known_trigger(name: str) -> str:
    trigger = TRIGGER_ALIASES.get(name, name)
    if trigger not in TRIGGERS:
        raise ValueError(f"unknown trigger; use one of {', '.join(sorted(TRIGGERS))}")
    return trigger


def _known_action(name: str) -> str:
    action = ACTION_ALIASES.get(name, name)
    if action not in ACTIONS:
        raise ValueError(f"unknown action; use one of {', '.join(sorted(ACTIONS))}")
    return action


def _names(registered: Collection[str], aliases: Mapping[str, str]) -> FieldInfo:
    """Describes a field by every spelling that it accepts."""
    spellings = sorted([*registered, *(alias for alias, name in aliases.items() if name in registered)])
    field: FieldInfo = Field(json_schema_extra={"enum": [*spellings]})
    return field


# The API's own spelling; the existing frontend's is accepted.
TriggerName = Annotated[str, AfterValidator(_known_trigger), _names(TRIGGERS, TRIGGER_ALIASES)]
ActionName = Annotated[str, AfterValidator(_known_action), _names(ACTIONS, ACTION_ALIASES)]


# States of the prospect in which the automation's runs end.
StopWhen = Annotated[list[Literal[ProspectStatus, "unsubscribed"]], Field(max_length=20)]


def _one_form(present: str, empty: str) -> Fields:
    """The JSON schema of a definition that has one form of its steps and not the other."""
    return {"required": [present], "properties": {present: {"minItems": 1}, empty: {"maxItems": 0}}}


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
    stop_when: StopWhen = []
    limits: Limits = Limits()
    reentry: Reentry = "always"
    metadata: Metadata = {}


class AutomationUpdate(Update):
    """Any subset of a definition's fields.

    `status` does what the switch does: `active` activates, `inactive` deactivates, `paused` holds the runs and starts
    no more until it is activated.
    """

    name: Name | None = None
    description: Text | None = None
    trigger: TriggerName | None = None
    trigger_config: Metadata | None = None
    actions: Annotated[list[ActionName], Field(max_length=MAX_STEPS)] | None = None
    steps: Annotated[list[StepInput], Field(max_length=MAX_STEPS)] | None = None
    stop_when: StopWhen | None = None
    limits: Limits | None = None
    reentry: Reentry | None = None
    status: AutomationStatus | None = None
    metadata: Metadata | None = None


class AutomationQuery(Input):
    status: AutomationStatus | None = None
    trigger: TriggerName | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: str | None = None


def checked_trigger(name: str, settings: Fields) -> tuple[str, Fields]:
    """Validates a trigger's settings; answers its name and those that are set. Raises Invalid."""
    trigger = TRIGGERS[name]
    try:
        config = trigger.config.model_validate(settings, context={"written": True})
    except ValidationError as error:
        raise findings.invalid(error, within="trigger_config", model=trigger.config) from error
    if config.filter:
        names.check_filter("trigger_config.filter", config.filter)
    return trigger.name, config.model_dump(exclude_unset=True)


def checked_steps(actions: list[str], steps: list[StepInput]) -> list[Step]:
    """Validates the steps of either form; answers them with ids and the actions' own names. Raises Invalid."""
    if actions and steps:
        raise Invalid.at("steps", "give either actions or steps, not both")
    inputs = steps or [StepInput(action=action, config=dict(ACTIONS[action].short_form)) for action in actions]
    if not inputs:
        raise Invalid.at("actions", "an automation needs at least one action")
    field = "steps" if steps else "actions"
    checked = _checked_block(field, inputs, ids=set(), depth=0)
    size = len(json.dumps([step.model_dump() for step in checked], ensure_ascii=False).encode())
    if size > MAX_STEPS_BYTES:
        raise Invalid.at(field, f"together they have {size:,} bytes of JSON; at most {MAX_STEPS_BYTES:,} are kept")
    names.check_steps(field, checked)
    return checked


def _checked_block(field: str, inputs: Sequence[StepInput], ids: set[str], depth: int) -> list[Step]:
    if inputs and depth > MAX_NESTING:
        raise Invalid.at(field, f"steps may be nested {MAX_NESTING} deep; use run_automation for more")
    return [_checked_step(f"{field}.{position}", step, ids, depth) for position, step in enumerate(inputs)]


def _checked_step(field: str, step: StepInput, ids: set[str], depth: int) -> Step:
    """Validates a step and gives it an id; adds its id and those of the steps within it to `ids`. Raises Invalid."""
    action = ACTIONS[step.action]
    id = step.id or _free_id(action.name, ids)
    if id in ids:
        raise Invalid.at(f"{field}.id", f"{id} is used by an earlier step")
    ids.add(id)
    if len(ids) > MAX_STEPS:
        raise Invalid.at(field, f"an automation has at most {MAX_STEPS} steps, those within others included")
    if (step.on_error == "branch") != bool(step.on_error_steps):
        raise Invalid.at(f"{field}.on_error_steps", "give them if, and only if, on_error is branch")
    if unknown := sorted(set(step.retry.only) - RETRIED):
        retried = ", ".join(sorted(RETRIED))
        raise Invalid.at(f"{field}.retry.only", f"{unknown[0]} is no error that is tried again; use one of {retried}")
    config = _checked_config(field, action, step.config, ids, depth)
    handler = _checked_block(f"{field}.on_error_steps", _inputs(field, step.on_error_steps), ids, depth + 1)
    plain = step.model_dump(exclude={"id", "action", "config", "on_error_steps"})
    return Step(**plain, id=id, action=action.name, config=config, on_error_steps=list(handler))


def _checked_config(field: str, action: AnyAction, config: Fields, ids: set[str], depth: int) -> Fields:
    """Validates a step's settings and the steps in them; placeholders are checked once they are filled. Raises
    Invalid."""
    try:
        valid = action.config.model_validate(config)
    except ValidationError as error:
        wrong = [problem for problem in error.errors(include_url=False) if not _judged_later(problem, action)]
        if wrong:
            raise findings.invalid_from(wrong, within=f"{field}.config", model=action.config) from error
    else:
        full = valid.model_dump(by_alias=True)
        if any(True for _ in action.blocks(full)):  # the short form of a block is written out
            config = full
    for awaited in action.awaits(config):
        config[awaited.field] = _known_event(f"{field}.config.{awaited.field}", awaited.event)
    for name, block in program.blocks(action.name, config):
        checked = _checked_block(f"{field}.config.{name}", _inputs(f"{field}.config.{name}", block), ids, depth + 1)
        block[:] = [step.model_dump() for step in checked]
    return config


def _judged_later(error: ErrorDetails, action: AnyAction) -> bool:
    """Whether an error is of a text with placeholders, which is checked once they are filled."""
    if error["type"] in ("extra_forbidden", "missing") or "{{" not in str(error["input"]):
        return False
    return bool(error["loc"]) and error["loc"][0] not in action.verbatim


def _known_event(field: str, name: str) -> str:
    """The event's own name for an accepted spelling. Raises Invalid."""
    event = TRIGGER_ALIASES.get(name, name)
    if event not in TRIGGERS or TRIGGERS[event].collection is None:
        events = sorted(trigger.name for trigger in TRIGGERS.values() if trigger.collection)
        raise Invalid.at(field, f"unknown event; use one of {', '.join(events)}")
    return event


def _inputs(field: str, steps: Sequence[Fields | StepFields]) -> list[StepInput]:
    """Parses the steps within a step. Raises Invalid."""
    try:
        return [
            StepInput.model_validate(step if isinstance(step, dict) else step.model_dump(exclude_unset=True))
            for step in steps
        ]
    except ValidationError as error:
        raise findings.invalid(error, within=field, model=StepInput) from error


def _free_id(name: str, ids: set[str]) -> str:
    if name not in ids:
        return name
    return next(f"{name}_{n}" for n in range(2, 1_000) if f"{name}_{n}" not in ids)
