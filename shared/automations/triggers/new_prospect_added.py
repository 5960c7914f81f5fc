"""Fires when a prospect is created, by whatever means."""

from shared.automations.triggers.base import Trigger, TriggerConfig

TRIGGER = Trigger(
    name="new_prospect_added",
    aliases=("new_prospect",),
    title="A prospect is added",
    config=TriggerConfig,
    collection="prospects",
    concerns=lambda change: change.created,
)
