"""Fires when an execution of another automation fails."""

from typing import Annotated

from pydantic import Field

from shared.automations.triggers.base import Trigger, TriggerConfig
from shared.kit.schema import Id
from shared.store.changes import Change


class Config(TriggerConfig):
    """Runs of `automation_id` only; of every automation where it is left out, save for runs that were started by a
    failure themselves: automations that tell of failures do not set each other off. The automation's own failures
    never start it. Steps see `failure`: `automation_id`, `automation_name`, `execution_id`, `trigger`, `step`, `error`,
    and the `prospect_id` that the failed run was about."""

    automation_id: Annotated[Id | None, Field(examples=["Kq3vT8mZpX2c"])] = None


def _is_meant(change: Change, config: Config) -> bool:
    failure = change.after or {}
    if config.automation_id is None:
        return failure.get("trigger") != "automation_failed"
    return bool(config.automation_id == failure.get("automation_id"))


TRIGGER = Trigger(
    name="automation_failed",
    title="A run of another automation fails",
    config=Config,
    collection="failures",
    concerns=lambda change: change.created,
    fires=_is_meant,
)
