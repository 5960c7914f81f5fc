"""Fires when a prospect is created, by whatever means."""

from shared.automations.triggers.base import Trigger, TriggerConfig
from shared.automations.triggers.past import created_in

TRIGGER = Trigger(
    name="new_prospect_added",
    aliases=("new_prospect",),
    title="A prospect is added",
    config=TriggerConfig,
    collection="prospects",
    concerns=lambda change: change.created,
    past=created_in("prospects"),
)
