"""Fires when a calendar event's day has come and the schedule has announced it."""

from shared.automations.triggers.base import Trigger, TriggerConfig
from shared.automations.triggers.past import became

TRIGGER = Trigger(
    name="follow_up_event_due",
    aliases=("followup_due",),
    title="A follow-up is due",
    config=TriggerConfig,
    collection="calendar_events",
    concerns=lambda change: change.became("announced", True),
    past=became("outreach", "Follow-up due", "event_id", "announced", True),
    consequence=True,
)
