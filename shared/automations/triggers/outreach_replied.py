"""Fires when a prospect answers a message."""

from shared.automations.triggers.base import Trigger, TriggerConfig
from shared.automations.triggers.past import became

TRIGGER = Trigger(
    name="outreach_replied",
    title="A message is answered",
    config=TriggerConfig,
    collection="outreach",
    concerns=lambda change: change.became("status", "replied"),
    past=became("outreach", "Outreach replied", "draft_id", "status", "replied"),
)
