"""Fires when the recipient reports a message as spam."""

from shared.automations.triggers.base import Trigger, TriggerConfig
from shared.automations.triggers.past import became

TRIGGER = Trigger(
    name="outreach_complained",
    title="A message is reported as spam",
    config=TriggerConfig,
    collection="outreach",
    concerns=lambda change: change.became("delivery", "complained"),
    past=became("outreach", "Outreach reported as spam", "draft_id", "delivery", "complained"),
)
