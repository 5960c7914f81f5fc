"""Fires when a prospect answers a message."""

from shared.automations.triggers.base import Trigger, TriggerConfig

TRIGGER = Trigger(
    name="outreach_replied",
    title="A message is answered",
    config=TriggerConfig,
    collection="outreach",
    concerns=lambda change: change.became("status", "replied"),
)
