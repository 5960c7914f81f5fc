"""Fires when an insight is saved in the knowledge vault, by whatever means."""

from shared.automations.triggers.base import Trigger, TriggerConfig
from shared.automations.triggers.past import created_in

TRIGGER = Trigger(
    name="vault_item_added",
    title="An insight is added to the vault",
    config=TriggerConfig,
    collection="vault",
    concerns=lambda change: change.created,
    past=created_in("vault", by_steps=True),
)
