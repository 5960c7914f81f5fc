"""Fires when a message comes back: its address is dead, or refuses it."""

from shared.automations.triggers.base import Trigger, TriggerConfig
from shared.automations.triggers.past import became

TRIGGER = Trigger(
    name="outreach_bounced",
    title="A message bounces",
    config=TriggerConfig,
    collection="outreach",
    concerns=lambda change: change.became("delivery", "bounced"),
    past=became("outreach", "Outreach bounced", "draft_id", "delivery", "bounced"),
)
