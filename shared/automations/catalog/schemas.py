"""Lists triggers and actions with the JSON schemas of their settings, from which a builder is generated."""

from shared.automations.actions.action import Action, AnyAction
from shared.automations.catalog import names
from shared.automations.catalog.registry import ACTIONS
from shared.automations.triggers import TRIGGERS
from shared.automations.triggers.base import AnyTrigger
from shared.kit.fields import Fields
from shared.kit.schema import Model


class CatalogEntry(Model):
    """A trigger or an action. `short_form` are the settings of an action that `actions` names and says no more of."""

    name: str
    title: str
    config_schema: Fields
    short_form: Fields = {}


class Catalog(Model):
    """`names` are what conditions and placeholders of steps may use; within a loop `item` and `index` besides."""

    triggers: list[CatalogEntry]
    actions: list[CatalogEntry]
    names: list[str]


def catalog() -> Catalog:
    """Builds the catalog of all triggers, actions and names."""
    return Catalog(
        triggers=[_entry(trigger) for trigger in TRIGGERS.values()],
        actions=[_entry(action) for action in ACTIONS.values()],
        names=sorted(names.EXECUTION_NAMES),
    )


def _entry(part: AnyTrigger | AnyAction) -> CatalogEntry:
    schema = part.config.model_json_schema()
    if inner := schema.get("$defs", {}).get("StepFields"):  # steps within a step name any action
        inner["properties"]["action"]["enum"] = sorted(ACTIONS)
    short_form = dict(part.short_form) if isinstance(part, Action) else {}
    return CatalogEntry(name=part.name, title=part.title, config_schema=schema, short_form=short_form)
