"""What an automation can be made of, with the settings' JSON schemas: a builder is generated from it."""

from typing import Any

from pydantic import BaseModel

from shared.automations.actions.action import Action
from shared.automations.catalog import names
from shared.automations.catalog.registry import ACTIONS
from shared.automations.triggers import TRIGGERS


class CatalogEntry(BaseModel):
    """A trigger or an action. `short_form` are the settings of an action that `actions` names and says no more of."""

    name: str
    title: str
    config_schema: dict[str, Any]
    short_form: dict[str, Any] = {}


class Catalog(BaseModel):
    """`names` are what conditions and placeholders of steps may use; within a loop `item` and `index` besides."""

    triggers: list[CatalogEntry]
    actions: list[CatalogEntry]
    names: list[str]


def catalog() -> Catalog:
    return Catalog(
        triggers=[_piece(trigger) for trigger in TRIGGERS.values()],
        actions=[_piece(action) for action in ACTIONS.values()],
        names=sorted(names.OF_A_RUN),
    )


def _piece(part: Any) -> CatalogEntry:
    schema = part.config.model_json_schema()
    if inner := schema.get("$defs", {}).get("StepFields"):  # steps within a step name any action
        inner["properties"]["action"]["enum"] = sorted(ACTIONS)
    short_form = dict(part.short_form) if isinstance(part, Action) else {}
    return CatalogEntry(name=part.name, title=part.title, config_schema=schema, short_form=short_form)
